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
    may_judge,
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


def test_every_verdict_has_a_label() -> None:
    assert set(VERDICT_LABELS) == set(VerdictValue)
