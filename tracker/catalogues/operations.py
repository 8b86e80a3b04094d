"""Which languages are spoken; catalogues of the organisation's own, put in and taken out.

Catalogues are files in the data folder; what is switched off is the organisation's.

Nothing is changed by a file that can't be used. What is there is replaced in one step, so that a
page that is being made never reads half a catalogue.
"""

import os
from collections.abc import Collection
from pathlib import Path

from sqlalchemy.orm import Session

from tracker.errors import LoopkeeperError
from tracker.languages import (
    ENGLISH,
    language_named,
    languages,
    look_for_new_catalogues,
    own_catalogues,
)
from tracker.languages.shelf import BadCatalogue, Report, examined, locale_of
from tracker.services.models import Organisation

LONGEST_CODE = 12  # as it is kept with an answer


class CatalogueRefused(LoopkeeperError):
    """The file can't be used as a catalogue; nothing was changed."""


class FirstLanguageOff(LoopkeeperError):
    """The language that is spoken with those who ask for none can't be switched off."""


def add_catalogue(code: str, data: bytes) -> Report:
    """Speak a language by this file from now on, or say sentences of a shipped one by it.

    Raises `CatalogueRefused` unless it is a sound catalogue of a known language.
    """
    code = code.strip().replace("_", "-")
    try:
        if len(code) > LONGEST_CODE or code.lower() == ENGLISH:
            raise BadCatalogue("Give the code of a language other than English, like fr or pt-BR.")
        code = str(locale_of(code)).replace("_", "-")
        report = examined(data, code)
    except BadCatalogue as refusal:
        raise CatalogueRefused(str(refusal)) from None
    if report.faults:
        shown = " · ".join(report.faults[:5])
        raise CatalogueRefused(f"Nothing was changed. Mend these sentences first: {shown}")
    _replace(_file_of(code), data)
    look_for_new_catalogues()
    return report


def remove_catalogue(code: str) -> bool:
    """Take out the organisation's own catalogue of a language; whether there was one."""
    if code not in own_codes():
        return False
    _file_of(code).unlink()
    look_for_new_catalogues()
    return True


def offer_languages(session: Session, organisation: Organisation, wanted: Collection[str]) -> None:
    """Let public pages speak these and English, and switch all others off.

    Raises `FirstLanguageOff` for the language that is spoken first.
    """
    off = switched_off_by(wanted)
    if organisation.language in off:
        name = language_named(organisation.language).english_name
        raise FirstLanguageOff(
            f"Nothing was changed: {name} is your first language. Choose another one first."
        )
    organisation.languages_off = off
    session.flush()


def switched_off_by(wanted: Collection[str]) -> list[str]:
    """The languages that are off when only these and English are wanted."""
    return [code for code in languages() if code != ENGLISH and code not in wanted]


def own_codes() -> set[str]:
    """The languages that the organisation has a catalogue of its own for, and that are spoken."""
    folder = own_catalogues()
    if folder is None or not folder.is_dir():
        return set()
    return {file.stem for file in folder.glob("*.po")} & set(languages())


def _file_of(code: str) -> Path:
    folder = own_catalogues()
    if folder is None:
        raise CatalogueRefused("There is no folder for catalogues. Start the site first.")
    return folder / f"{code}.po"


def _replace(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    with beside.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)
