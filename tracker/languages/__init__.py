"""The language that is being spoken, and how a sentence of ours is said in it.

English is the language the sentences are written in, so it needs no catalogue. The language of the
moment is a context variable: it follows a request or a mail being written, and needs no Flask.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from tracker.languages.negotiation import known_code
from tracker.languages.shelf import ENGLISH, Language, Shelf, locale_of

__all__ = [
    "ENGLISH",
    "Language",
    "catalogue",
    "current_language",
    "day_in_words",
    "gettext",
    "known_code",
    "language_named",
    "languages",
    "look_for_new_catalogues",
    "names_in_words",
    "ngettext",
    "noop",
    "number_in_words",
    "own_catalogues",
    "speaking",
    "start_speaking",
    "use_own_catalogues",
    "weekday_in_words",
]

_speaking: ContextVar[str] = ContextVar("language", default=ENGLISH)
_shelf = Shelf()  # with what comes with the product, until an application says where its own are


def current_language() -> str:
    """The code of the language being spoken: "en", "cy", …"""
    return _speaking.get()


def start_speaking(language: str) -> None:
    """Speak `language` from here on, in this context. A code without a catalogue is English."""
    _speaking.set(language if language in languages() else ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak `language` inside the block."""
    before = current_language()
    look_for_new_catalogues()
    start_speaking(language)
    try:
        yield
    finally:
        _speaking.set(before)


def languages() -> Mapping[str, Language]:
    """Every language there is a catalogue for, by its code; English first."""
    return _shelf.languages


def language_named(code: str) -> Language:
    """What is known of a language; of one without a catalogue, what its code tells."""
    return languages().get(code) or Language.without_catalogue(code)


def use_own_catalogues(folder: Path) -> None:
    """Look for catalogues of the organisation's own in `folder` too; it need not be there."""
    global _shelf
    _shelf = Shelf(folder)


def look_for_new_catalogues() -> None:
    """Notice a catalogue that has come, changed or gone. Cheap; for the start of a request or mail."""
    _shelf.look_again()


def own_catalogues() -> Path | None:
    """The folder with the organisation's own catalogues."""
    return _shelf.own


def gettext(message: str, **values: Any) -> str:
    """`message` in the language being spoken, with `%(name)s` filled in."""
    said = catalogue().gettext(message)
    return said % values if values else said


def ngettext(one: str, many: str, number: int, **values: Any) -> str:
    """The form that the language uses for `number` things; `%(num)s` is the number."""
    return catalogue().ngettext(one, many, number) % {"num": number, **values}


def noop(message: str) -> str:
    """Marks a sentence for the catalogues that is said later, by `gettext` or by a template."""
    return message


def catalogue() -> NullTranslations:
    """The sentences of the language being spoken."""
    return language_named(current_language()).translations


def day_in_words(day: date) -> str:
    """`day` as people write it in the language being spoken: 4 March 2026, 4 Mawrth 2026."""
    if current_language() == ENGLISH:
        return f"{day.day} {day:%B} {day.year}"
    return format_date(day, "long", locale=locale_of(current_language()))


def weekday_in_words(day: date) -> str:
    """The day of the week in the language being spoken: Wednesday, dydd Mercher."""
    return format_date(day, "EEEE", locale=locale_of(current_language()))


def names_in_words(names: Sequence[str]) -> str:
    """Names one after the other, with the language's own "and": Ann, Ben and Cat."""
    spoken = current_language()
    # What English there is in Babel without a country puts a comma before "and".
    locale = "en_GB" if spoken == ENGLISH else locale_of(spoken)
    return format_list(names, locale=locale)


def number_in_words(number: float) -> str:
    """`number` with the marks for thousands and fractions of the language being spoken."""
    return format_decimal(number, locale=locale_of(current_language()))
