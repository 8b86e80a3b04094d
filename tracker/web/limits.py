"""How often one address may guess: a counter in memory under a key that tells nobody who it was.

Addresses are never stored. The key is an HMAC of the address under a secret that is drawn at random
every day and never kept: by tomorrow nobody, not even we, can tell whose the digest was.
"""

import hmac
import secrets
from datetime import date
from ipaddress import IPv6Address, ip_address

from flask import Flask, request
from flask_limiter import Limiter

from tracker.clock import utc_now


class DailySecret:
    """A secret of the day, drawn anew when the day is over; yesterday's is forgotten."""

    def __init__(self) -> None:
        self._of: date | None = None
        self._secret = b""

    def on(self, day: date) -> bytes:
        if day != self._of:
            self._of, self._secret = day, secrets.token_bytes(32)
        return self._secret


_secret = DailySecret()


def guess_key(about: str = "") -> str:
    """Who is guessing (and, with `about`, at what), as a digest that can't be turned back."""
    guesser = f"{connection_of(request.remote_addr or '')}\n{about}"
    key = _secret.on(utc_now().date())
    return hmac.new(key, guesser.encode("utf-8", "replace"), "sha256").hexdigest()


def connection_of(address: str) -> str:
    """What one household or school is given: an IPv4 address, or the first half of an IPv6 one."""
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if isinstance(read, IPv6Address) and read.ipv4_mapped is None:
        return str(IPv6Address(int(read) >> 64 << 64))
    return address


limiter = Limiter(guess_key, storage_uri="memory://", strategy="fixed-window")


def init_limits(app: Flask) -> None:
    """Ready the counters. A view is limited by `@limiter.limit("5 per minute")`; refusals are 429."""
    app.config.setdefault("RATELIMIT_HEADERS_ENABLED", False)
    limiter.init_app(app)
