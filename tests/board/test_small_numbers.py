from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.board.policy.small_numbers import (
    PublicCount,
    PublicCounts,
    Shown,
    public_count,
    public_counts,
)

NONE, FEW, HELD_BACK = (PublicCount(s) for s in (Shown.NONE, Shown.FEW, Shown.HELD_BACK))


def about(number: int) -> PublicCount:
    return PublicCount(Shown.ABOUT, number)


@pytest.mark.parametrize(
    ("count", "shown", "words"),
    [
        (0, NONE, "none"),
        (1, FEW, "fewer than 8"),
        (7, FEW, "fewer than 8"),
        (8, about(10), "about 10"),
        (12, about(10), "about 10"),
        (13, about(15), "about 15"),
        (17, about(15), "about 15"),
        (1002, about(1000), "about 1000"),
    ],
)
def test_count_from_one_to_seven_is_not_shown(count: int, shown: PublicCount, words: str) -> None:
    assert public_count(count) == shown
    assert shown.words == words


def test_held_back_count_says_so() -> None:
    assert HELD_BACK.words == "not shown"


@pytest.mark.parametrize(
    ("parts", "shown", "whole"),
    [
        ((), (), NONE),
        ((0, 0, 0), (NONE, NONE, NONE), NONE),
        # Of a few in all nothing more is told, not even which part is none.
        ((3, 0, 0), (HELD_BACK, HELD_BACK, HELD_BACK), FEW),
        ((7, 0), (HELD_BACK, HELD_BACK), FEW),
        ((8, 0), (about(10), NONE), about(10)),
        ((20, 30, 0), (about(20), about(30), NONE), about(50)),
        ((20, 30, 4), (about(20), about(30), FEW), HELD_BACK),
        # About 15, of which two times at least 8: the third could only be 1.
        ((8, 8, 1), (about(10), about(10), FEW), HELD_BACK),
        ((4, 4), (FEW, FEW), HELD_BACK),
    ],
)
def test_parts_of_a_whole_are_safe_side_by_side(
    parts: tuple[int, ...], shown: tuple[PublicCount, ...], whole: PublicCount
) -> None:
    assert public_counts(parts) == PublicCounts(shown, whole)


LARGEST = 1000  # of what may stand behind a count that is held back


def span(shown: PublicCount) -> tuple[int, int]:
    """The least and the most that can stand behind a count, seen alone."""
    return {
        Shown.NONE: (0, 0),
        Shown.FEW: (1, 7),
        Shown.ABOUT: (max(8, shown.about - 2), shown.about + 2),
        Shown.HELD_BACK: (0, LARGEST),
    }[shown.shown]


def completions(published: PublicCounts, hidden: int) -> int:
    """How many values of one hidden part agree with everything that was published."""
    spans = [span(part) for part in published.parts]
    others = spans[:hidden] + spans[hidden + 1 :]
    fewest, most = span(published.whole)
    low = max(spans[hidden][0], fewest - sum(high for _low, high in others))
    high = min(spans[hidden][1], most - sum(low for low, _high in others))
    return high - low + 1


def hidden_of(published: PublicCounts) -> list[int]:
    shut = (Shown.FEW, Shown.HELD_BACK)
    return [i for i, part in enumerate(published.parts) if part.shown in shut]


@given(st.lists(st.integers(0, 60) | st.integers(0, 8), min_size=1, max_size=8))
@settings(max_examples=400)
def test_every_hidden_part_has_completions_left(parts: list[int]) -> None:
    published = public_counts(parts)

    for hidden in hidden_of(published):
        assert completions(published, hidden) >= 2
    assert [n for n, shown in zip(parts, published.parts, strict=True) if shown == NONE] in (
        [0] * parts.count(0),
        [],
    )


@pytest.mark.parametrize(("parts", "most"), [(1, 62), (2, 42), (3, 27), (4, 12)])
def test_who_knows_the_rules_can_still_not_work_out_a_hidden_part(parts: int, most: int) -> None:
    """Every table there is, sorted by what is published: no hidden count is the same in all.

    `most` is the largest count of its rounded number, so that no table is missing at the edge.
    """
    behind: dict[PublicCounts, list[set[int]]] = defaultdict(lambda: [set() for _ in range(parts)])
    for cells in product(range(most + 1), repeat=parts):
        for values, count in zip(behind[public_counts(cells)], cells, strict=True):
            values.add(count)

    for published, found in behind.items():
        for hidden in hidden_of(published):
            assert len(found[hidden]) >= 7, (published, found)
