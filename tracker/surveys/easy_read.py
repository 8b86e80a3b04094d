"""Easy read: the picture and the short sentence that can stand with a question and each choice.

Kept in a question's own row: {"": {"picture": …, "words": …}, "c1": …}, the empty key for the
question itself, the others for its choices, whatever kind it is. A picture is named "symbol:bus" or
"picture:<digest>". Pure: nothing here reads a database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.pictures.symbols import SYMBOLS
from tracker.surveys.question_types import Asked, type_of

QUESTION = ""  # the key of the question itself, among those of its choices
LONGEST_WORDS = 200

_SYMBOL, _PICTURE = "symbol:", "picture:"


@dataclass(frozen=True)
class Easy:
    """The name of a picture and a short sentence; either may be empty."""

    picture: str = ""
    words: str = ""

    @property
    def symbol(self) -> str:
        """The symbol's name, if it is one that there is."""
        name = self.picture.removeprefix(_SYMBOL)
        return name if name != self.picture and name in SYMBOLS else ""

    @property
    def digest(self) -> str:
        """The digest of an uploaded picture, if it is one."""
        digest = self.picture.removeprefix(_PICTURE)
        return digest if digest != self.picture else ""


def symbol_named(name: str) -> str:
    """How a symbol is named in a row."""
    return _SYMBOL + name


def picture_named(digest: str) -> str:
    """How an uploaded picture is named in a row."""
    return _PICTURE + digest


def easy_parts(question: Asked, easy_read: Mapping[str, Any]) -> dict[str, Easy]:
    """What stands with the question and its choices, those alone that have something."""
    keys = [QUESTION, *(choice.key for choice in type_of(question).choices(question))]
    found = {key: Easy(**easy_read[key]) for key in keys if key in easy_read}
    return {key: easy for key, easy in found.items() if easy != Easy()}


def as_kept(parts: Mapping[str, Easy]) -> dict[str, Any]:
    """The parts as they are kept in a row; empty ones are left out."""
    return {
        key: {"picture": easy.picture, "words": easy.words}
        for key, easy in parts.items()
        if easy != Easy()
    }


def digests_in(easy_reads: Iterable[Mapping[str, Any]]) -> set[str]:
    """The digests of all uploaded pictures that are named."""
    named = {Easy(**part).digest for easy_read in easy_reads for part in easy_read.values()}
    return named - {""}


def easy_texts(easy_read: Mapping[str, Any]) -> dict[str, str]:
    """The sentences to translate, by the name of their piece."""
    return {f"easy.{key}": part["words"] for key, part in easy_read.items() if part["words"]}


def easy_read_said(easy_read: Mapping[str, Any], said: Mapping[str, str]) -> dict[str, Any]:
    """The same pictures with the sentences as they are said in another language."""
    return {
        key: part | {"words": said.get(f"easy.{key}", part["words"])}
        for key, part in easy_read.items()
    }
