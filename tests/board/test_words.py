from datetime import date, timedelta

import pytest

from tests.factories import TODAY
from tracker.actions.policy import Outcome
from tracker.board.policy.small_numbers import public_count
from tracker.board.policy.words import (
    OUTCOME_TITLES,
    SECTION_MEANINGS,
    SECTION_TITLES,
    Section,
    answers_in_words,
    place,
    promise_lines,
    said_so_in_words,
    section_of,
)
from tracker.loop.policy import Promise, PublicState

PROMISE = date(2026, 3, 12)


def test_everything_that_is_shown_has_words() -> None:
    assert set(SECTION_TITLES) == set(SECTION_MEANINGS) == set(Section)
    assert set(OUTCOME_TITLES) == set(Outcome)
    assert {section_of(state) for state in PublicState} == set(Section)


@pytest.mark.parametrize(
    ("state", "section"),
    [
        (PublicState.READING, Section.WAITING),
        (PublicState.WAITING, Section.WAITING),
        (PublicState.OVERDUE, Section.WAITING),
        (PublicState.AT_RISK, Section.WAITING),
        (PublicState.OPEN, Section.OPEN),
        (PublicState.TOLD, Section.TOLD),
        (PublicState.NOTHING_COULD_CHANGE, Section.TOLD),
        (PublicState.CHANGES_MADE, Section.CHANGED),
        (PublicState.WITHDRAWN, Section.STOPPED),
        (PublicState.NO_ANSWERS, Section.STOPPED),
    ],
)
def test_each_state_has_its_section(state: PublicState, section: Section) -> None:
    assert section_of(state) is section


def test_board_puts_the_longest_wait_on_top() -> None:
    early, late = date(2026, 1, 1), date(2026, 2, 1)
    in_order = [
        (PublicState.AT_RISK, late, None, None),
        (PublicState.OVERDUE, early, None, None),
        (PublicState.OVERDUE, late, None, None),
        (PublicState.READING, early, None, None),
        (PublicState.WAITING, late, None, None),
        (PublicState.WAITING, None, None, None),
        (PublicState.OPEN, None, early, None),
        (PublicState.OPEN, None, late, None),
        (PublicState.OPEN, None, None, None),
        (PublicState.TOLD, None, None, late),
        (PublicState.TOLD, None, None, early),
        (PublicState.CHANGES_MADE, None, early, late),
        (PublicState.WITHDRAWN, None, late, None),
        (PublicState.NO_ANSWERS, None, early, None),
        (PublicState.NO_ANSWERS, None, None, None),
    ]

    assert sorted(in_order, key=lambda one: place(*one)) == in_order


@pytest.mark.parametrize(
    ("promise", "told_on", "line"),
    [
        (Promise.AHEAD, None, "You will be told what happens by 12 March 2026."),
        (
            Promise.KEPT,
            PROMISE,
            "You were promised an answer by 12 March 2026. You were told on 12 March 2026.",
        ),
        (
            Promise.LATE,
            PROMISE + timedelta(days=1),
            "You were promised an answer by 12 March 2026. You were told on 13 March 2026: "
            "1 day late.",
        ),
    ],
)
def test_promise_says_what_became_of_it(promise: Promise, told_on: date | None, line: str) -> None:
    assert promise_lines(promise, PROMISE, today=TODAY, told_on=told_on) == [line]


def test_broken_promise_says_for_how_long() -> None:
    today = PROMISE + timedelta(days=30)

    assert promise_lines(Promise.BROKEN, PROMISE, today=today) == [
        "You were promised an answer by 12 March 2026. That was 30 days ago."
    ]


def test_moved_promise_shows_both_dates_and_why() -> None:
    def lines(because: str) -> list[str]:
        return promise_lines(
            Promise.AHEAD,
            PROMISE,
            today=TODAY,
            first_promise_on=date(2026, 2, 1),
            moved_because=because,
        )

    moved = "At first the promise was 1 February 2026. It was moved."
    assert lines("The snow.")[1] == f"{moved} Why: The snow."
    assert lines("")[1] == moved


@pytest.mark.parametrize(
    ("promise", "promise_on"),
    [(Promise.NONE, None), (Promise.NONE, PROMISE), (Promise.LAPSED, PROMISE)],
)
def test_nothing_is_promised_where_nobody_waits(promise: Promise, promise_on: date | None) -> None:
    assert promise_lines(promise, promise_on, today=TODAY) == []


@pytest.mark.parametrize(
    ("count", "is_open", "words"),
    [
        (0, True, "No answers yet"),
        (0, False, "No answers came"),
        (3, True, "Fewer than 8 answers so far"),
        (3, False, "Fewer than 8 answers"),
        (27, False, "About 25 answers"),
        (27, True, "About 25 answers so far"),
    ],
)
def test_answers_are_counted_in_words(count: int, is_open: bool, words: str) -> None:
    assert answers_in_words(public_count(count), is_open=is_open) == words


def test_voices_are_counted_in_words() -> None:
    assert said_so_in_words(public_count(15)) == "about 15 said so"
    assert said_so_in_words(public_count(3)) == "fewer than 8 said so"
    assert said_so_in_words(public_count(0)) == "none said so"
