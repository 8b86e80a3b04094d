"""What authors wrote, in other languages."""

import pytest

from tracker.languages.translations import Standing, pieces_in, said_in, with_translations

ORIGINALS = {"text": "How is the bus?", "hint": "", "choice.c1": "Late"}
WELSH = {"cy": {"text": {"of": "How is the bus?", "is": "Sut mae’r bws?"}}}


@pytest.mark.parametrize(
    ("kept", "standing", "translation", "made_from"),
    [
        ({}, Standing.MISSING, "", ""),
        ({"of": "How is the bus?", "is": "  "}, Standing.MISSING, "", ""),
        ({"of": "How is the bus?", "is": "Sut?"}, Standing.DONE, "Sut?", ""),
        ({"of": "How was the bus?", "is": "Sut?"}, Standing.OUTDATED, "Sut?", "How was the bus?"),
    ],
)
def test_pieces_in_says_how_each_stands(
    kept: dict[str, str], standing: Standing, translation: str, made_from: str
) -> None:
    piece = pieces_in(ORIGINALS, {"cy": {"text": kept}}, "cy")[0]

    assert (piece.standing, piece.translation, piece.made_from) == (
        standing,
        translation,
        made_from,
    )


def test_pieces_in_leaves_out_what_is_empty() -> None:
    assert [piece.name for piece in pieces_in(ORIGINALS, {}, "cy")] == ["text", "choice.c1"]


def test_said_in_gives_sound_translations_alone() -> None:
    changed = ORIGINALS | {"text": "How are the buses?"}

    assert said_in(ORIGINALS, WELSH, "cy") == {"text": "Sut mae’r bws?"}
    assert said_in(changed, WELSH, "cy") == {}
    assert said_in(ORIGINALS, WELSH, "ar") == {}


def test_with_translations_keeps_the_original_beside_what_was_typed() -> None:
    found = with_translations(ORIGINALS, WELSH, "cy", {"choice.c1": " Hwyr "})

    assert found["cy"]["choice.c1"] == {"of": "Late", "is": "Hwyr"}
    assert found["cy"]["text"] == WELSH["cy"]["text"]


def test_with_translations_drops_what_was_emptied_or_is_gone() -> None:
    before = {"cy": {"old": {"of": "x", "is": "y"}, **WELSH["cy"]}, "ar": {"text": {"is": "z"}}}

    assert with_translations(ORIGINALS, before, "cy", {"text": ""}) == {"ar": {"text": {"is": "z"}}}


def test_with_translations_takes_nothing_it_does_not_know() -> None:
    assert with_translations(ORIGINALS, {}, "cy", {"else": "x"}) == {}
