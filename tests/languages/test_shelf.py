"""Catalogues: those that come with the product, and those of the organisation."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tracker.languages.shelf import BadCatalogue, Language, Shelf, examined

HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Plural-Forms: nplurals={forms}; plural={rule};\\n"\n\n'
)
FRENCH = HEADER.format(forms=2, rule="(n > 1)") + (
    'msgid "Get help"\nmsgstr "Trouver de l’aide"\n\n'
    'msgid "You have waited %(num)s day."\nmsgid_plural "You have waited %(num)s days."\n'
    'msgstr[0] "Tu attends depuis %(num)s jour."\nmsgstr[1] "Tu attends depuis %(num)s jours."\n'
)


def seen(shelf: Shelf) -> Mapping[str, Language]:
    shelf.look_again()
    return shelf.languages


def test_shipped_languages_are_complete_and_know_their_direction() -> None:
    found = Shelf().languages

    assert list(found) == ["en", "ar", "cy", "pl", "ur"]
    assert {code: language.direction for code, language in found.items()} == {
        "en": "ltr",
        "ar": "rtl",
        "cy": "ltr",
        "pl": "ltr",
        "ur": "rtl",
    }
    assert [found[code].name for code in ("cy", "pl")] == ["Cymraeg", "Polski"]
    assert found["cy"].english_name == "Welsh"


def test_language_without_catalogue_is_known_by_its_code() -> None:
    assert Language.without_catalogue("so").english_name == "Somali"
    assert (
        Language.without_catalogue("zz9").name,
        Language.without_catalogue("zz9").direction,
    ) == (
        "zz9",
        "ltr",
    )


def test_own_catalogue_adds_a_language_and_counts_in_it(tmp_path: Path) -> None:
    (tmp_path / "fr.po").write_text(FRENCH)

    french = Shelf(tmp_path).languages["fr"]

    assert french.translations.gettext("Get help") == "Trouver de l’aide"
    assert french.translations.gettext("Next") == "Next"
    one, many = "You have waited %(num)s day.", "You have waited %(num)s days."
    assert french.translations.ngettext(one, many, 2) == "Tu attends depuis %(num)s jours."
    assert french.says == {"Get help", one}
    assert french.percent == 0


def test_own_catalogue_says_one_sentence_better_and_leaves_the_rest(tmp_path: Path) -> None:
    welsh = HEADER.format(forms=5, rule="(n==1 ? 1 : n==2 ? 2 : n==3 ? 3 : n==6 ? 4 : 0)")
    (tmp_path / "cy.po").write_text(welsh + 'msgid "Get help"\nmsgstr "Cymorth"\n')

    found = Shelf(tmp_path).languages["cy"]

    assert found.translations.gettext("Get help") == "Cymorth"
    assert found.translations.gettext("Next") == "Nesaf"
    assert found.percent == Shelf().languages["cy"].percent


def test_own_catalogues_are_read_again_when_they_change(tmp_path: Path) -> None:
    shelf, file = Shelf(tmp_path), tmp_path / "fr.po"
    assert "fr" not in seen(shelf)

    file.write_text(FRENCH)
    assert seen(shelf)["fr"].translations.gettext("Get help") == "Trouver de l’aide"

    file.write_text(FRENCH.replace("Trouver", "Obtenir"))
    os.utime(file, ns=(1, 1))
    assert seen(shelf)["fr"].translations.gettext("Get help") == "Obtenir de l’aide"

    file.unlink()
    assert "fr" not in seen(shelf)


@pytest.mark.parametrize("broken", [b"\xff\xfe\x00", b"not a catalogue", b'msgid "x\n'])
def test_broken_file_in_the_folder_is_left_out(tmp_path: Path, broken: bytes) -> None:
    (tmp_path / "fr.po").write_bytes(broken)
    (tmp_path / "nonsense.po").write_text(FRENCH)
    (tmp_path / "en.po").write_text(FRENCH)

    found = Shelf(tmp_path).languages

    assert set(found) == {"en", "ar", "cy", "pl", "ur"}
    assert found["en"].translations.gettext("Get help") == "Get help"


def test_unsound_or_unsure_sentence_stays_english(tmp_path: Path) -> None:
    french = HEADER.format(forms=2, rule="(n > 1)") + (
        'msgid "Get help"\nmsgstr "<script>alert(1)</script>"\n\n'
        '#, fuzzy\nmsgid "Next"\nmsgstr "Suivant"\n\nmsgid "Back"\nmsgstr "Retour"\n'
    )
    (tmp_path / "fr.po").write_text(french)

    found = Shelf(tmp_path).languages["fr"]

    assert [found.translations.gettext(each) for each in ("Get help", "Next", "Back")] == [
        "Get help",
        "Next",
        "Retour",
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x" * 1_000_001, "too large"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"hello", "not a sound catalogue file"),
        (HEADER.format(forms=2, rule="(n > 1)").encode(), "no sentence of ours"),
        (FRENCH.replace("nplurals=2", "nplurals=3").encode(), "counts in 3 forms"),
        (FRENCH.replace("(n > 1)", "__import__('os')").encode(), "rule for plurals"),
    ],
)
def test_examined_refuses_what_is_no_catalogue(data: bytes, words: str) -> None:
    with pytest.raises(BadCatalogue, match=words):
        examined(data, "fr")


def test_examined_counts_and_lists_what_cannot_be_used() -> None:
    report = examined(FRENCH.replace("depuis %(num)s jours", "depuis %(jours)s").encode(), "fr")

    assert report.faults == [
        "“You have waited %(num)s day.”: %(jours)s isn't in the original",
    ]
