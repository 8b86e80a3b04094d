"""The language that is being spoken, and how a sentence of ours is said in it.

English is the language the sentences are written in, so its catalogue is empty. The language of the
moment is a context variable: it follows a request or a mail being written, and needs no Flask.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import NullTranslations
from typing import Any

ENGLISH = "en"

_speaking: ContextVar[str] = ContextVar("language", default=ENGLISH)


def current_language() -> str:
    """The code of the language being spoken: "en", "cy", …"""
    return _speaking.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak `language` inside the block."""
    before = _speaking.set(language)
    try:
        yield
    finally:
        _speaking.reset(before)


def gettext(message: str, **values: Any) -> str:
    """`message` in the language being spoken, with `%(name)s` filled in."""
    return catalogue().gettext(message) % values


def ngettext(one: str, many: str, number: int, **values: Any) -> str:
    """The form that the language uses for `number` things; `%(num)s` is the number."""
    return catalogue().ngettext(one, many, number) % {"num": number, **values}


def noop(message: str) -> str:
    """Marks a sentence for the catalogues that is said later, by `gettext` or by a template."""
    return message


def catalogue() -> NullTranslations:
    """The sentences of the language being spoken."""
    return NullTranslations()
