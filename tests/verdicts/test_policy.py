"""What may be judged and when it is awaited, as tables."""

from datetime import date, timedelta

import pytest

from tests.factories import TODAY
from tracker.actions.policy import Outcome
from tracker.verdicts.policy import (
    VERDICT_LABELS,
    WINDOW_DAYS,
    VerdictValue,
    awaits_verdict,
    enough_say_no,
    may_judge,
    tidy_why,
    window_ends_on,
)

LAST_DAY = TODAY + timedelta(days=WINDOW_DAYS)


def test_window_ends_four_weeks_after_publication() -> None:
    assert window_ends_on(TODAY) == LAST_DAY


@pytest.mark.parametrize(
    ("outcome", "published_on", "today", "expected"),
    [
        (Outcome.DONE, TODAY, TODAY - timedelta(days=1), False),
        (Outcome.DONE, TODAY, TODAY, True),
        (Outcome.DONE, TODAY, LAST_DAY, True),
        (Outcome.DONE, TODAY, LAST_DAY + timedelta(days=1), False),
        (Outcome.DONE, None, TODAY, False),
        (Outcome.PLANNED, TODAY, TODAY, False),
        (None, None, TODAY, False),
    ],
)
def test_verdict_is_awaited_within_the_window(
    outcome: Outcome | None, published_on: date | None, today: date, expected: bool
) -> None:
    assert awaits_verdict(outcome, published_on, today) is expected


@pytest.mark.parametrize("outcome", [*Outcome, None])
def test_only_what_is_done_can_be_judged(outcome: Outcome | None) -> None:
    assert may_judge(outcome, [1, 2], [2]) is (outcome is Outcome.DONE)


@pytest.mark.parametrize(("answered", "coded"), [([1], [2]), ([], [1]), ([1], [])])
def test_only_those_who_said_it_judge(answered: list[int], coded: list[int]) -> None:
    assert not may_judge(Outcome.DONE, answered, coded)


Y, A, N, C = VerdictValue


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({N: 8}, True),
        ({N: 7}, False),  # too few have judged
        ({N: 4, Y: 4}, True),  # half, of eight
        ({N: 4, Y: 3}, False),
        ({N: 4, Y: 2, A: 2}, True),
        ({N: 4, Y: 5}, False),  # less than half
        ({N: 5, Y: 4, C: 90}, True),  # who can't tell has no opinion
        ({N: 3, Y: 3, C: 20}, False),
        ({}, False),
    ],
)
def test_enough_say_no_at_half_of_eight(counts: dict[VerdictValue, int], expected: bool) -> None:
    assert enough_say_no(counts, share=50, judging=8) is expected


@pytest.mark.parametrize(
    ("share", "judging", "counts", "expected"),
    [
        (50, 1, {N: 4}, False),  # a floor below five is five
        (50, 1, {N: 5}, True),
        (1, 5, {N: 1, Y: 4}, False),  # a share below a quarter is a quarter
        (1, 5, {N: 2, Y: 4}, True),
        (75, 8, {N: 6, Y: 2}, True),
        (75, 8, {N: 5, Y: 3}, False),
    ],
)
def test_enough_say_no_never_hangs_on_one_voice(
    share: int, judging: int, counts: dict[VerdictValue, int], expected: bool
) -> None:
    assert enough_say_no(counts, share=share, judging=judging) is expected


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  It is still closed.\r\nEvery day. ", "It is still closed.\nEvery day."),
        ("a\0b", "ab"),
        ("\ud800", "?"),
        ("x" * 1001, "x" * 1000),
        ("", ""),
    ],
)
def test_tidy_why_keeps_what_a_database_can_hold(typed: str, kept: str) -> None:
    assert tidy_why(typed) == kept


def test_every_verdict_has_a_label() -> None:
    assert set(VERDICT_LABELS) == set(VerdictValue)
