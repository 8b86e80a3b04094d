"""How often one address may guess: a counter in memory under a key that tells nobody who it was.

Addresses are never stored. The key is an HMAC of the address under a secret made when the process
starts, and forgotten when it ends; the counters go with it.
"""

import hmac
import secrets

from flask import Flask, request
from flask_limiter import Limiter

_KEY = secrets.token_bytes(32)


def guess_key(about: str = "") -> str:
    """Who is guessing (and, with `about`, at what), as a digest that can't be turned back."""
    guesser = f"{request.remote_addr or ''}\n{about}"
    return hmac.new(_KEY, guesser.encode("utf-8", "replace"), "sha256").hexdigest()


limiter = Limiter(guess_key, storage_uri="memory://", strategy="fixed-window")


def init_limits(app: Flask) -> None:
    """Ready the counters. A view is limited by `@limiter.limit("5 per minute")`; refusals are 429."""
    app.config.setdefault("RATELIMIT_HEADERS_ENABLED", False)
    limiter.init_app(app)
