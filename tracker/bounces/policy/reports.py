"""A report that a mail failed, as plain values, whoever told it."""

import re
from dataclasses import dataclass

WORDS_KEPT = 500
_MOST_ADDRESS = 254
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_CODE = re.compile(r"(?<![\d.])([45]\d\d)(?=[ \-#:]|$)")


@dataclass(frozen=True)
class Report:
    """One failed recipient of one mail.

    `message_ids`: what the mail may have been, best guess first, each with its angle brackets.
    `recipients`: the addresses under which the recipient is known, in small letters.
    """

    message_ids: tuple[str, ...]
    recipients: frozenset[str]
    status: str  # an enhanced status code, "5.1.1", or ""
    code: int | None  # the server's reply code
    words: str


def status_in(text: str) -> str:
    """The first enhanced status code in `text`, or ""."""
    found = _STATUS.search(text[: WORDS_KEPT * 4])
    return ".".join(str(int(part)) for part in found.groups()) if found else ""


def code_in(text: str) -> int | None:
    """The first reply code of a failure in `text`, 550 for one."""
    found = _CODE.search(text[: WORDS_KEPT * 4])
    return int(found.group(1)) if found else None


def as_words(text: str) -> str:
    """A server's words in one line that can be stored: no NUL, no half signs, not endless."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text[: WORDS_KEPT * 4])
    return " ".join(printable.split())[:WORDS_KEPT]


def as_message_id(text: str) -> str:
    """A Message-ID in its angle brackets, or "" if this can be none."""
    bare = text.strip().strip("<>").strip()
    is_one = 2 < len(bare) <= 200 and "@" in bare and bare.isascii() and bare.isprintable()
    return f"<{bare}>" if is_one and not set(bare) & set(" <>") else ""


def as_address(text: str) -> str:
    """An address as it is compared: bare and in small letters, or "" if this can be none."""
    bare = text.strip().strip("<>").strip().casefold()
    is_one = 2 < len(bare) <= _MOST_ADDRESS and "@" in bare and bare.isprintable()
    return bare if is_one and not set(bare) & set(" <>,;") else ""
