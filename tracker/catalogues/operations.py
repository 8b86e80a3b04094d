"""Catalogues of the organisation's own: put in, taken out. Files in the data folder, no table.

Nothing is changed by a file that can't be used. What is there is replaced in one step, so that a
page that is being made never reads half a catalogue.
"""

import os
from pathlib import Path

from tracker.errors import LoopkeeperError
from tracker.languages import (
    ENGLISH,
    languages,
    look_for_new_catalogues,
    own_catalogues,
)
from tracker.languages.shelf import BadCatalogue, Report, examined, locale_of

LONGEST_CODE = 12  # as it is kept with an answer


class CatalogueRefused(LoopkeeperError):
    """The file can't be used as a catalogue; nothing was changed."""


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
