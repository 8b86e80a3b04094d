"""What wording help says: one finding, and how a finding is known again."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

MARK_LENGTH = 16


class Part(StrEnum):
    """Which of a question's words a finding is about."""

    TEXT = "question"
    HINT = "line of help"
    CHOICES = "choices"


@dataclass(frozen=True)
class Remark:
    """Something to look at again: its kind, the piece of text, what is wrong, what to change."""

    code: str
    piece: str
    what: str
    change: str


@dataclass(frozen=True)
class Finding:
    """A remark about one part of a question.

    `mark` names it together with the very words it was made about: once those change, a finding
    that was set aside is a new one.
    """

    part: Part
    remark: Remark
    mark: str


def finding(part: Part, remark: Remark, words: str) -> Finding:
    """The remark as a finding about `words`, which are all the words of that part."""
    named = "\0".join((remark.code, part, remark.piece, words))
    digest = sha256(named.encode("utf-8", "replace")).hexdigest()
    return Finding(part, remark, digest[:MARK_LENGTH])
