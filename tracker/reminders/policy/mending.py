"""A mail that was given up, in plain words: what went wrong, and what a person can do about it.

Decides from the reason that was written down and from what is known of the reader now. Promises
nothing about the next try.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Remedy(StrEnum):
    ADDRESS = "address"  # correct the reader's address, then send it again
    AGAIN = "again"  # send it again
    NONE = "none"  # there is nobody to send it to


@dataclass(frozen=True)
class DeadLetter:
    """A mail that was given up, and its reader as they are now (a subscriber has no name)."""

    reason: str
    name: str
    has_left: bool = False
    is_bounced: bool = False
    has_address: bool = True  # whether what stands there can be written on a mail


@dataclass(frozen=True)
class Advice:
    what: str
    how: str
    remedy: Remedy


_FULL = re.compile(r"^5\d\d 5\.2\.2|\b(?:quota|mailbox (?:is )?full)\b", re.IGNORECASE)
_TOO_BIG = re.compile(r"^5\d\d 5\.(?:2\.3|3\.4)")
_REFUSED = re.compile(r"^5\d\d\b")
BAD_ADDRESS = "The address can't be written on a mail."
_UNSURE = "It may have been sent"
_UNWRITTEN = "It could not be written"


def advice_on(letter: DeadLetter) -> Advice:
    """What went wrong and how to mend it. The first thing that stands in the way comes first."""
    name = letter.name or "the reader"
    if letter.has_left:
        gone = f"{letter.name} has left." if letter.name else "The reader wants no more mails."
        return Advice(gone, "There is nobody to send it to.", Remedy.NONE)
    if not letter.has_address:
        return Advice(
            f"What stands as the address of {name} is no e-mail address.",
            "Correct the address, then send the mail again.",
            Remedy.ADDRESS,
        )
    if letter.is_bounced:
        return Advice(
            f"The mail server says that nobody is at the address of {name}.",
            "Correct the address, then send the mail again.",
            Remedy.ADDRESS,
        )
    what, how = _by_reason(letter.reason, name)
    return Advice(what, how, Remedy.AGAIN)


def _by_reason(reason: str, name: str) -> tuple[str, str]:
    if _UNSURE in reason:
        return (
            "The mail server took the mail several times, and the line died before it said so.",
            f"Ask {name} whether it arrived. If you send it again and it did, both copies carry one "
            "Message-ID.",
        )
    if reason.startswith(_UNWRITTEN):
        return (
            "The mail could not be put into words.",
            "That is a fault in Loopkeeper or in a changed template: the log says where. Once it is "
            "mended, send the mail again.",
        )
    if _FULL.search(reason):
        return f"The mailbox of {name} is full.", "Ask for room in it, then send the mail again."
    if _TOO_BIG.search(reason):
        return (
            "The mail server finds the mail too big.",
            "Ask whoever looks after your mail server to take bigger ones, then send it again.",
        )
    if _REFUSED.search(reason):
        return (
            "The mail server refused the mail for good.",
            "Show its answer to whoever looks after your mail server, then send the mail again.",
        )
    if reason == BAD_ADDRESS:
        return "The address was no e-mail address.", "It is one now: send the mail again."
    return (
        "The mail server put the mail off each time, for most of a day.",
        "Once the mail server takes mails again, send it again.",
    )
