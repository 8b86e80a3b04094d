"""What a mail server's reply means for the mail it is about. Plain values in, a meaning out.

Decides by the numbers of RFC 5321 and RFC 3463; words are looked at only where a server gives no
number beyond 550. Where a refusal might be our own set-up's fault, nobody's address is blamed.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Meaning(StrEnum):
    YES = "yes"  # go on
    NOT_NOW = "not now"  # nothing was accepted; the same mail may pass later
    NEVER = "never"  # this mail won't pass
    CLOSING = "closing"  # the server is about to hang up
    UNHEARD = "unheard"  # no answer to what was said: the two sides have lost each other


@dataclass(frozen=True)
class Reply:
    """A reply as it came: its code and its lines, without the codes before them."""

    code: int
    text: bytes = b""

    @property
    def words(self) -> str:
        """The reply as a person reads it, on one line and no longer than a line should be."""
        printable = "".join(
            c if c.isprintable() else " " for c in self.text.decode(errors="replace")
        )
        return f"{self.code} {' '.join(printable.split())}".strip()[:300]


# "The mailbox isn't there" in RFC 3463's numbers: no such mailbox, no such domain, not an address,
# moved away, a domain that takes no mail, switched off. 5.1.7 and 5.1.8 are about the sender.
_GONE = frozenset(
    {(5, 1, 1), (5, 1, 2), (5, 1, 3), (5, 1, 6), (5, 1, 10), (5, 2, 1)},
)
# "The mailbox isn't there" where a server gives no such number (RFC 5321 §4.2.3).
_NOBODY_THERE = (550, 551, 553)
_ENHANCED = re.compile(rb"([245])\.(\d{1,3})\.(\d{1,3})(?!\d|\.\d)")
# What servers say with a bare 550 when they mean us and not the address.
_ABOUT_US = re.compile(
    rb"relay|spam|block|black|reject(?:ed)? (?:by|due|for)|polic|authent|reputation|denied|sender|dmarc"
    rb"|spf|dkim|quota|full|too (?:many|large|big)|not allowed|prohibit|listed|virus|content",
    re.IGNORECASE,
)


def meaning_of(code: int, *, expected: int = 2) -> Meaning:
    """What a reply means; `expected` is the first digit of the yes (3 after DATA)."""
    if code == 421:
        return Meaning.CLOSING
    first = code // 100
    if first == expected:
        return Meaning.YES
    return {4: Meaning.NOT_NOW, 5: Meaning.NEVER}.get(first, Meaning.UNHEARD)


def is_recipient_gone(reply: Reply) -> bool:
    """Whether a refusal at RCPT says that nobody is at the address, and says it for certain."""
    enhanced = _ENHANCED.match(reply.text)
    if enhanced is not None:
        return tuple(map(int, enhanced.groups())) in _GONE
    return reply.code in _NOBODY_THERE and not _ABOUT_US.search(reply.text)
