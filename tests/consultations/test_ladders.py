"""The ladders as their sources give them."""

import pytest

from tracker.consultations.ladders import LADDERS, find_ladder, find_level


@pytest.mark.parametrize(
    ("code", "lowest", "highest", "count"),
    [
        ("swindon", "Tokenism", "Co-production", 6),
        ("tlap", "Coercion", "Co-production", 7),
        ("hart", "1 Manipulation", "8 Child-initiated, shared decisions with adults", 8),
    ],
)
def test_find_ladder_gives_its_levels_lowest_first(
    code: str, lowest: str, highest: str, count: int
) -> None:
    ladder = find_ladder(code)
    assert ladder is not None
    names = [level.name for level in ladder.levels]
    assert (names[0], names[-1], len(names)) == (lowest, highest, count)


@pytest.mark.parametrize(
    ("ladder", "level", "judgement"),
    [
        ("swindon", "tokenism", "avoid"),
        ("swindon", "informing", "avoid"),
        ("swindon", "consultation", "good only if change follows"),
        ("swindon", "engagement", "a good starting point"),
        ("swindon", "co_design", "good"),
        ("swindon", "co_production", "best"),
        ("hart", "tokenism", "avoid"),
        ("hart", "shared", "best"),
        ("hart", "co_design", None),
        ("nobody", "tokenism", None),
        ("", "", None),
    ],
)
def test_find_level_judges_as_the_ladder_does(
    ladder: str, level: str, judgement: str | None
) -> None:
    found = find_level(ladder, level)
    assert (found.judgement if found else None) == judgement


def test_every_level_of_a_ladder_has_a_code_of_its_own() -> None:
    for ladder in LADDERS:
        codes = [level.code for level in ladder.levels]
        assert len(set(codes)) == len(codes)
