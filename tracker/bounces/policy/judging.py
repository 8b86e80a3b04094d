"""What a mail server's refusal means for an address: nobody there, full, refused, or not reached.

Enhanced status codes are those of RFC 3463 and its registry; where a server gives none, or the one
that says nothing (5.0.0), its reply code (RFC 5321 §4.2) and its words decide.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum


class BounceKind(StrEnum):
    """Why a mail came back."""

    GONE = "gone"  # nobody is at the address: one is enough
    FULL = "full"  # the mailbox is full
    REFUSED = "refused"  # the server won't have this mail: policy, content, size
    UNREACHED = "unreached"  # given up after days of trying


KIND_LABELS = {
    BounceKind.GONE: "Nobody is at this address",
    BounceKind.FULL: "The mailbox is full",
    BounceKind.REFUSED: "Their mail server refused it",
    BounceKind.UNREACHED: "It couldn't be delivered for days",
}

# So many days with a bounce within so many days, and the address is taken to be dead.
SOFT_DAYS = 3
SOFT_WITHIN = timedelta(days=30)
# Mail servers try for five days (RFC 5321 §4.5.4.1), some for a week. What comes later is no bounce.
LATEST = timedelta(days=14)
KEPT = timedelta(days=90)

_NOT_THERE = re.compile(
    r"(user|recipient|mailbox|account|address)\W+(\w+\W+){0,3}?"
    r"(unknown|not found|unavailable|disabled|inactive|invalid|does ?n.t exist|does not exist)"
    r"|(no such|unknown|invalid) (\w+ )?(user|recipient|mailbox|account|address|person)"
    r"|no mailbox here|doesn.t have an? \S+ account",
    re.IGNORECASE,
)
_ABOUT_US = re.compile(r"\b(sender|rate|spam|blocked|blacklist|policy|reputation)", re.IGNORECASE)
_FULL = re.compile(
    r"(mailbox|inbox|storage|quota)\W+(\w+\W+){0,3}?(full|exceeded)|over ?quota", re.IGNORECASE
)
# The address itself (5.1), but for those about the sender; a mailbox that was switched off; a domain
# that isn't there. 5.4.1 and 5.4.310 are how Exchange Online says the same.
_GONE_CODES = frozenset({"5.2.1", "5.4.1", "5.4.4", "5.4.310"})
_SENDER_CODES = frozenset({"5.1.7", "5.1.8"})
_NOBODY_THERE = (550, 551, 553)
_OVER_QUOTA = (452, 552)


def kind_of(status: str, code: int | None, words: str) -> BounceKind:
    """The kind of a failure from its enhanced status ("" if none), reply code and words."""
    if status.endswith(".2.2") or (_says_little(status) and _is_full(code, words)):
        return BounceKind.FULL
    if status.startswith("4") or (not status and code is not None and code < 500):
        return BounceKind.UNREACHED
    if _is_gone(status, code, words):
        return BounceKind.GONE
    return BounceKind.UNREACHED if status.startswith("5.4.") else BounceKind.REFUSED


def _is_gone(status: str, code: int | None, words: str) -> bool:
    if status in _SENDER_CODES:
        return False
    if status.startswith("5.1.") or status in _GONE_CODES:
        return not _ABOUT_US.search(words) or bool(_NOT_THERE.search(words))
    if not _says_little(status):
        return False
    if code in _NOBODY_THERE and not _ABOUT_US.search(words):
        return True
    return bool(_NOT_THERE.search(words)) and not _ABOUT_US.search(words)


def _says_little(status: str) -> bool:
    return status in ("", "5.0.0", "5.5.0", "4.0.0")


def _is_full(code: int | None, words: str) -> bool:
    return code in _OVER_QUOTA or bool(_FULL.search(words))


def is_given_up(bounces: Iterable[tuple[BounceKind, date]], today: date) -> bool:
    """Whether an address is dead, by its bounces (kind, local day) that nobody has settled."""
    days = set()
    for kind, day in bounces:
        if kind is BounceKind.GONE:
            return True
        if day > today - SOFT_WITHIN:
            days.add(day)
    return len(days) >= SOFT_DAYS


def is_timely(sent_at: datetime | None, now: datetime) -> bool:
    """Whether what comes now can be a bounce of a mail sent then (None: its outcome is open yet)."""
    return sent_at is None or now - sent_at <= LATEST
