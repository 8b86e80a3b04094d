"""The catalogues there are: those that come with the product and those of the organisation.

A catalogue of the organisation's own adds a language, or says some sentences of a shipped one
better: its sentences win, one by one, and what it leaves out stays as it was.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po

from tracker.languages.compiling import said_in, spoken
from tracker.languages.soundness import LARGEST_FILE, fault_in

log = logging.getLogger(__name__)

ENGLISH = "en"
SHIPPED = Path(__file__).parent / "catalogues"
TEMPLATE = SHIPPED / "messages.pot"
RIGHT_TO_LEFT = "rtl"


class BadCatalogue(ValueError):
    """A file that can't be used as a catalogue; the text says why, for people."""


@cache
def locale_of(code: str) -> Locale:
    """What Babel knows of a language. Raises `BadCatalogue` for a code that is none."""
    try:
        return Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        raise BadCatalogue(f"“{code}” is no language that we know.") from None


@dataclass(frozen=True)
class Language:
    """One language: its code, its name in itself and in English, and its sentences."""

    code: str
    translations: NullTranslations = field(default_factory=NullTranslations, repr=False)
    # The sentences that are really said in it; the others are said in English.
    says: frozenset[str] = frozenset()
    percent: int = 0

    @classmethod
    def without_catalogue(cls, code: str) -> "Language":
        return cls(code)

    @property
    def direction(self) -> str:
        """ "ltr" or "rtl"."""
        try:
            return str(locale_of(self.code).text_direction)
        except BadCatalogue:
            return "ltr"

    @property
    def name(self) -> str:
        """Its name in the language itself: Cymraeg."""
        return self._named(self.code) or self.code

    @property
    def english_name(self) -> str:
        return self._named(ENGLISH) or self.code

    def _named(self, by: str) -> str:
        try:
            found = locale_of(self.code).get_display_name(by.replace("-", "_")) or ""
        except (BadCatalogue, UnknownLocaleError, ValueError):
            return ""
        return found[:1].upper() + found[1:]


class Shelf:
    """Where catalogues are looked for: `languages` are those there are, English first, then by code."""

    def __init__(self, own: Path | None = None) -> None:
        self.own = own
        self._seen = self._own_files()
        self.languages: Mapping[str, Language] = self._read(self._seen)

    def look_again(self) -> None:
        """Read the catalogues of the organisation once more if any has come, changed or gone."""
        seen = self._own_files()
        if seen != self._seen:
            self.languages = self._read(seen)
            self._seen = seen

    def _own_files(self) -> tuple[tuple[str, int], ...]:
        if self.own is None or not self.own.is_dir():
            return ()
        return tuple(sorted((f.name, f.stat().st_mtime_ns) for f in self.own.glob("*.po")))

    def _read(self, own_files: tuple[tuple[str, int], ...]) -> dict[str, Language]:
        read = {code: [catalog] for code, catalog in _shipped().items()}
        for name, _changed in own_files:
            code = name.removesuffix(".po")
            catalog = self._own_catalogue(code)
            if catalog is not None and code != ENGLISH:
                read.setdefault(code, []).insert(0, catalog)
        found = {ENGLISH: Language(ENGLISH, percent=100)}
        return found | {code: _language(code, read[code]) for code in sorted(read)}

    def _own_catalogue(self, code: str) -> Catalog | None:
        """A file that was put there by hand and is broken is left out: the site has to start."""
        assert self.own is not None  # noqa: S101
        try:
            data = (self.own / f"{code}.po").read_bytes()
            examined(data, code)
        except (BadCatalogue, OSError) as broken:
            log.warning("%s.po is left out: %s", code, broken)
            return None
        return catalogue_in(data, code)


def catalogue_in(data: bytes, code: str) -> Catalog:
    """The catalogue in a .po file's bytes. Raises `BadCatalogue`."""
    locale = locale_of(code)
    try:
        return read_po(BytesIO(data), locale=locale, abort_invalid=True)
    except PoFileError as broken:
        raise BadCatalogue(f"This is not a sound catalogue file: {broken}") from None
    except (UnicodeDecodeError, LookupError, ValueError):
        raise BadCatalogue(
            "This is not a catalogue file (.po) that can be read. Save it as UTF-8 and try again."
        ) from None


@cache
def sentences() -> Catalog:
    """Every sentence of ours, as `make messages` found them."""
    return read_po(BytesIO(TEMPLATE.read_bytes())) if TEMPLATE.exists() else Catalog()


@cache
def _shipped() -> dict[str, Catalog]:
    return {file.stem: catalogue_in(file.read_bytes(), file.stem) for file in SHIPPED.glob("*.po")}


@dataclass(frozen=True)
class Report:
    """What was found in a catalogue that somebody brings: how much it says, and what can't be used."""

    percent: int
    faults: list[str]


def examined(data: bytes, code: str) -> Report:
    """Look at a catalogue before it is used. Raises `BadCatalogue` where nothing of it can be."""
    if len(data) > LARGEST_FILE:
        raise BadCatalogue("This file is too large for a catalogue. Is it the right one?")
    catalog = catalogue_in(data, code)
    usual = Catalog(locale=locale_of(code))
    if catalog.num_plurals != usual.num_plurals:
        raise BadCatalogue(
            f"This file counts in {catalog.num_plurals} forms, but {usual.locale_identifier} needs "
            f"{usual.num_plurals}. Begin with our file for translators."
        )
    ours = {message.id: message for message in sentences() if message.id}
    said = [message for message in catalog if message.id in ours and message.string]
    if not any(any(message.string or ()) for message in said):
        raise BadCatalogue("There is no sentence of ours in this file. Is it the right one?")
    try:
        language = _language(code, [catalog])
    except (ValueError, SyntaxError):
        raise BadCatalogue("Its rule for plurals can't be read.") from None
    return Report(language.percent, _faults(said))


def _faults(said: list[Message]) -> list[str]:
    found = ((message.id, fault_in(message.id, message.string or "")) for message in said)
    return [
        f"“{original if isinstance(original, str) else original[0]}”: {fault}"
        for original, fault in found
        if fault
    ]


def _language(code: str, catalogues: list[Catalog]) -> Language:
    """A language from its catalogues, the first of which has the last word."""
    says = frozenset[str]().union(*(said_in(each) for each in catalogues))
    ours = said_in(sentences(), even_if_empty=True)
    percent = 100 * len(ours & says) // len(ours) if ours else 0
    return Language(code, spoken(catalogues), says, percent)
