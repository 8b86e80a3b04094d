"""What mail providers post when a mail fails: whether it is really them, and what they say.

Each provider signs in its own way; every comparison takes the same time whatever was sent. Posting
the same thing again is harmless, because one mail comes back at most once.
"""

import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.bounces.policy.reports import Report, as_address, as_message_id, as_words

MOST_AT_ONCE = 100
# How far the clocks may be apart. Mailgun posts again for eight hours what was not taken.
_FRESH_SECONDS, _FRESH_SECONDS_MAILGUN = 300, 86_400
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


class BadPost(ValueError):
    """What was posted isn't in the provider's form; the words say what is missing."""


@dataclass(frozen=True)
class Post:
    """One request as it came. `data` is the JSON in `body`; header names are in small letters."""

    headers: Mapping[str, str]
    body: bytes
    data: Any


@dataclass(frozen=True)
class Provider:
    """Somebody who posts bounces: how they prove who they are, and how they say it.

    `setting`: the field of the settings that holds the secret shared with them.
    """

    setting: str
    is_genuine: Callable[[Post, str, float], bool]
    read: Callable[[Any], list[Report]]


def _says_own_secret(post: Post, secret: str, now: float) -> bool:
    """Our own form: HMAC-SHA256 over the time, a full stop and the body (docs/bounces.md)."""
    stamp = post.headers.get("loopkeeper-timestamp", "")
    signature = post.headers.get("loopkeeper-signature", "")
    expected = _hmac(secret, stamp.encode("utf-8", "replace") + b"." + post.body)
    is_right = _same(signature, f"sha256={expected}")
    return is_right and _is_fresh(stamp, now, _FRESH_SECONDS)


def _says_token(post: Post, secret: str, _now: float) -> bool:
    """GOV.UK Notify sends the bearer token that was entered beside the address of the callback."""
    return _same(post.headers.get("authorization", ""), f"Bearer {secret}")


def _says_mailgun(post: Post, secret: str, now: float) -> bool:
    """Mailgun signs inside of the body: HMAC-SHA256 over time and token, beside the event.

    documentation.mailgun.com, user manual, "Securing webhooks".
    """
    signed = _of(_of(post.data, {}).get("signature"), {})
    stamp, token = str(signed.get("timestamp", "")), str(signed.get("token", ""))
    is_right = _same(
        str(signed.get("signature", "")), _hmac(secret, (stamp + token).encode("utf-8", "replace"))
    )
    return is_right and _is_fresh(stamp, now, _FRESH_SECONDS_MAILGUN)


def _read_own(data: Any) -> list[Report]:
    """One bounce, or several under `bounces`."""
    bounces = data.get("bounces", [data]) if isinstance(data, dict) else None
    if not isinstance(bounces, list) or not bounces or len(bounces) > MOST_AT_ONCE:
        raise BadPost(f"Send one bounce, or up to {MOST_AT_ONCE} in a list named bounces.")
    return [_read_own_one(each) for each in bounces]


def _read_own_one(bounce: Any) -> Report:
    said = {name: value for name, value in _of(bounce, {}).items() if isinstance(value, str)}
    message_id, recipient = (
        as_message_id(said.get("message_id", "")),
        _listed(said.get("recipient")),
    )
    status = said.get("status", "").strip()
    if not message_id or not recipient or not _STATUS.fullmatch(status):
        raise BadPost(
            'Each bounce needs message_id ("<…@…>"), recipient (an address) and status ("5.1.1").'
        )
    if status.startswith("2"):
        raise BadPost("A status that begins with 2 is no bounce.")
    return Report((message_id,), recipient, status, None, as_words(said.get("words", "")))


# What GOV.UK Notify says in place of a status code, as its page about callbacks explains it
# (notifications-admin, views/callbacks.html; docs.notifications.service.gov.uk, "Delivery receipts").
# A technical failure is about Notify, not the address.
_NOTIFY = {
    "permanent-failure": ("5.1.1", "GOV.UK Notify: the address doesn't exist"),
    "temporary-failure": ("4.4.7", "GOV.UK Notify: the mailbox is full or couldn't be reached"),
}


def _read_notify(data: Any) -> list[Report]:
    """A delivery receipt. Its `reference` is the Message-ID that the mail was handed over with."""
    if not isinstance(data, dict) or not isinstance(data.get("status"), str):
        raise BadPost("This is no delivery receipt: it has no status.")
    if data.get("notification_type") != "email" or data["status"] not in _NOTIFY:
        return []
    status, words = _NOTIFY[data["status"]]
    reference = as_message_id(str(data.get("reference") or ""))
    recipient = _listed(data.get("to"))
    return [Report((reference,), recipient, status, None, words)] if reference and recipient else []


def _read_mailgun(data: Any) -> list[Report]:
    """A "permanent failure". A temporary one is a mail still on its way.

    documentation.mailgun.com, user manual, "Webhook payloads".
    """
    event = _of(_of(data, {}).get("event-data"), None)
    if event is None:
        raise BadPost("This is no event of Mailgun: it has no event-data.")
    if event.get("event") != "failed" or event.get("severity") != "permanent":
        return []
    headers = _of(_of(event.get("message"), {}).get("headers"), {})
    message_id = as_message_id(str(headers.get("message-id") or ""))
    recipient = _listed(event.get("recipient"))
    if not message_id or not recipient:
        return []
    return [_of_mailgun(event, message_id, recipient)]


# Mailgun's own code for "not delivering to an address that bounced before".
_SUPPRESSED = 605


def _of_mailgun(event: dict[str, Any], message_id: str, recipient: frozenset[str]) -> Report:
    said = _of(event.get("delivery-status"), {})
    words = as_words(
        str(said.get("message") or said.get("description") or event.get("reason") or "")
    )
    code = said.get("code") if isinstance(said.get("code"), int) else None
    stated = str(said.get("enhanced-code") or "")
    status = stated if _STATUS.fullmatch(stated) else ""
    if code == _SUPPRESSED:
        code, status = None, "5.1.1"
    return Report((message_id,), recipient, status, code, words)


PROVIDERS = {
    "generic": Provider("bounce_secret", _says_own_secret, _read_own),
    "notify": Provider("bounce_notify_token", _says_token, _read_notify),
    "mailgun": Provider("bounce_mailgun_key", _says_mailgun, _read_mailgun),
}


def _hmac(secret: str, content: bytes) -> str:
    return hmac.digest(secret.encode(), content, "sha256").hex()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())


def _is_fresh(stamp: str, now: float, seconds: int) -> bool:
    is_number = stamp.isascii() and stamp.isdigit() and len(stamp) <= 12
    return is_number and abs(now - int(stamp)) <= seconds


def _listed(address: Any) -> frozenset[str]:
    found = as_address(address) if isinstance(address, str) else ""
    return frozenset({found} - {""})


def _of(value: Any, otherwise: Any) -> Any:
    return value if isinstance(value, dict) else otherwise
