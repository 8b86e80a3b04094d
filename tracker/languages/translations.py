"""What authors wrote, in other languages: piece by piece, each beside the words it translates. Pure.

A piece is one text of a survey or a consultation: a question, a hint, one choice. Its translation is
kept with the original it was made from, so that a change of the original shows: the translation
then has to be looked at again before anybody reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

# Language → piece → {"of": the original it was made from, "is": the translation}.
Translations = Mapping[str, Mapping[str, Mapping[str, Any]]]


class Standing(StrEnum):
    """How it stands with the translation of one piece."""

    MISSING = "missing"
    OUTDATED = "outdated"  # the original has changed since
    DONE = "done"


@dataclass(frozen=True)
class Piece:
    """One text with its translation, which is empty while there is none."""

    name: str
    original: str
    translation: str
    standing: Standing
    made_from: str = ""  # of an outdated one: the words it translated


def pieces_in(
    originals: Mapping[str, str], translations: Translations, language: str
) -> list[Piece]:
    """Every text that isn't empty, with how it stands in `language`."""
    kept = translations.get(language, {})
    return [
        _piece(name, original, kept.get(name, {}))
        for name, original in originals.items()
        if original.strip()
    ]


def _piece(name: str, original: str, kept: Mapping[str, Any]) -> Piece:
    said, made_from = str(kept.get("is", "")), str(kept.get("of", ""))
    if not said.strip():
        return Piece(name, original, "", Standing.MISSING)
    if made_from != original:
        return Piece(name, original, said, Standing.OUTDATED, made_from)
    return Piece(name, original, said, Standing.DONE)


def said_in(
    originals: Mapping[str, str], translations: Translations, language: str
) -> dict[str, str]:
    """The pieces that are soundly translated, by name."""
    found = pieces_in(originals, translations, language)
    return {each.name: each.translation for each in found if each.standing is Standing.DONE}


def with_translations(
    originals: Mapping[str, str],
    translations: Translations,
    language: str,
    typed: Mapping[str, str],
) -> dict[str, Any]:
    """The translations with what was typed for one language put in; emptied ones are dropped.

    What is saved counts as checked against the originals as they are now.
    """
    kept = {name: dict(pair) for name, pair in translations.get(language, {}).items()}
    for name, original in originals.items():
        if name not in typed:
            continue
        said = typed[name].strip()
        if said:
            kept[name] = {"of": original, "is": said}
        else:
            kept.pop(name, None)
    still = {name: pair for name, pair in kept.items() if name in originals}
    others = {code: dict(pairs) for code, pairs in translations.items() if code != language}
    return others | ({language: still} if still else {})
