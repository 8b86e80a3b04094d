"""The rules of actions, as tables."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.factories import TODAY
from tracker.actions.policy import (
    EXAMPLES,
    FIELDS,
    LINE_LIMIT,
    MOVES,
    OUTCOME_LABELS,
    OUTCOME_MEANINGS,
    REASON_LABELS,
    TEXT_LIMIT,
    ActionDraft,
    Outcome,
    ReasonCode,
    headline,
    is_answered,
    is_final,
    may_move,
    problems,
    tidy,
    vague_hint,
)

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
FIVE_YEARS = timedelta(days=5 * 366)

P, G, D = Outcome.PLANNED, Outcome.DOING, Outcome.DONE
A, C, O, T = Outcome.ALREADY, Outcome.CANNOT, Outcome.PASSED_ON, Outcome.PRAISE  # noqa: E741

SOUND = {
    P: ActionDraft(P, "We will ask for a later bus.", due_on=TODAY),
    G: ActionDraft(G, "The lights are going up.", due_on=TOMORROW),
    D: ActionDraft(D, "Open until 8 pm on Fridays from now on.", changed_on=TODAY),
    A: ActionDraft(A, "The room upstairs is free on Tuesdays."),
    C: ActionDraft(
        C,
        "We can't put in a pool.",
        reason_code=ReasonCode.MONEY,
        reason="A pool costs more than the whole centre.",
        decided_by="The head of the youth service",
        review_on=TOMORROW,
    ),
    O: ActionDraft(O, "We sent it to the people who plan roads.", passed_on_to="Highways"),
    T: ActionDraft(T, "We told the kitchen team."),
}

# Row: what is public. Column: what it may become.
#               P  G  D  A  C  O  T
ALLOWED_MOVES = {
    P: dict(zip(Outcome, (1, 1, 1, 1, 1, 1, 0), strict=True)),
    G: dict(zip(Outcome, (1, 1, 1, 0, 1, 1, 0), strict=True)),
    D: dict(zip(Outcome, (0, 0, 1, 1, 1, 0, 0), strict=True)),
    A: dict(zip(Outcome, (1, 1, 1, 1, 1, 1, 0), strict=True)),
    C: dict(zip(Outcome, (1, 1, 1, 1, 1, 1, 0), strict=True)),
    O: dict(zip(Outcome, (1, 1, 1, 1, 1, 1, 0), strict=True)),
    T: dict(zip(Outcome, (1, 1, 1, 1, 1, 1, 1), strict=True)),
}


def changed(draft: ActionDraft, field: str, value: Any) -> ActionDraft:
    return replace(draft, **{field: value})


@pytest.mark.parametrize("to", Outcome)
@pytest.mark.parametrize("from_", Outcome)
def test_move_follows_the_table(from_: Outcome, to: Outcome) -> None:
    assert may_move(from_, to) is bool(ALLOWED_MOVES[from_][to])


@pytest.mark.parametrize("to", Outcome)
def test_move_is_free_while_nothing_is_public(to: Outcome) -> None:
    assert may_move(None, to)


def test_only_planned_and_doing_are_not_final() -> None:
    assert {outcome for outcome in Outcome if not is_final(outcome)} == {P, G}


@pytest.mark.parametrize("table", [OUTCOME_LABELS, OUTCOME_MEANINGS, EXAMPLES, FIELDS, MOVES])
def test_every_outcome_has_its_words_and_rules(table: dict[Outcome, object]) -> None:
    assert set(table) == set(Outcome)


def test_every_reason_has_a_label() -> None:
    assert set(REASON_LABELS) == set(ReasonCode)


@pytest.mark.parametrize("outcome", Outcome)
def test_draft_is_sound_with_what_its_outcome_requires(outcome: Outcome) -> None:
    assert problems(SOUND[outcome], TODAY) == {}


@pytest.mark.parametrize(
    ("outcome", "missing"),
    [
        (P, {"text", "due_on"}),
        (G, {"text", "due_on"}),
        (D, {"text", "changed_on"}),
        (A, {"text"}),
        (C, {"text", "reason_code", "reason", "decided_by", "review_on"}),
        (O, {"text", "passed_on_to"}),
        (T, {"text"}),
    ],
)
def test_empty_draft_names_everything_missing(outcome: Outcome, missing: set[str]) -> None:
    assert set(problems(ActionDraft(outcome, " \0 "), TODAY)) == missing


@pytest.mark.parametrize(
    ("outcome", "field", "day", "fits"),
    [
        (P, "due_on", YESTERDAY, False),
        (P, "due_on", TODAY, True),
        (P, "due_on", TODAY + FIVE_YEARS, True),
        (P, "due_on", TODAY + FIVE_YEARS + timedelta(days=1), False),
        (G, "due_on", YESTERDAY, False),
        (G, "due_on", TODAY, True),
        (D, "changed_on", TOMORROW, False),
        (D, "changed_on", TODAY, True),
        (D, "changed_on", TODAY - FIVE_YEARS, True),
        (D, "changed_on", TODAY - FIVE_YEARS - timedelta(days=1), False),
        (D, "changed_on", date.min, False),
        (C, "review_on", TODAY, False),
        (C, "review_on", TOMORROW, True),
        (C, "review_on", TODAY + FIVE_YEARS + timedelta(days=1), False),
        (C, "review_on", date.max, False),
    ],
)
def test_date_fits_up_to_its_boundary(outcome: Outcome, field: str, day: date, fits: bool) -> None:
    draft = changed(SOUND[outcome], field, day)
    assert (field not in problems(draft, TODAY)) is fits


@pytest.mark.parametrize(
    ("outcome", "field", "limit"),
    [
        (A, "text", TEXT_LIMIT),
        (D, "evidence", TEXT_LIMIT),
        (C, "reason", TEXT_LIMIT),
        (C, "decided_by", LINE_LIMIT),
        (O, "passed_on_to", LINE_LIMIT),
    ],
)
def test_text_fits_up_to_its_limit(outcome: Outcome, field: str, limit: int) -> None:
    longest = changed(SOUND[outcome], field, "x" * limit)
    too_long = changed(SOUND[outcome], field, "x" * (limit + 3))
    assert problems(longest, TODAY) == {}
    assert "3 too many" in problems(too_long, TODAY)[field]


def test_tidy_drops_what_belongs_to_another_outcome() -> None:
    draft = replace(SOUND[C], outcome=A, text=" It is\0 there.\r\nAsk. ", changed_on=TODAY)
    assert tidy(draft) == ActionDraft(A, "It is there.\nAsk.")


@pytest.mark.parametrize("outcome", Outcome)
def test_tidy_keeps_a_sound_draft_as_it_is(outcome: Outcome) -> None:
    assert tidy(SOUND[outcome]) == SOUND[outcome]


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (P, "We will, by 4 February 2026"),
        (G, "We are doing it, until 5 February 2026"),
        (D, "We did it"),
        (A, "It's already there"),
        (C, "We can't, because…"),
        (O, "We passed it on"),
        (T, "Thank you"),
    ],
)
def test_headline_says_the_outcome_with_its_date(outcome: Outcome, words: str) -> None:
    assert headline(SOUND[outcome]) == words


@pytest.mark.parametrize(
    ("text", "is_vague"),
    [
        ("From 3 February the centre is open until 8 pm on Fridays.", False),
        ("Longer opening hours now", True),
        ("Longer opening hours on Fridays", False),
        ("We have listened to what you said about the bus.", True),
        ("WE ARE LOOKING INTO the opening hours of the centre.", True),
    ],
)
def test_vague_words_get_a_gentle_question(text: str, is_vague: bool) -> None:
    hint = vague_hint(replace(SOUND[D], text=text))
    assert (hint is not None) is is_vague
    assert hint is None or hint.startswith("What is different now?")


def test_only_a_change_is_asked_what_is_different() -> None:
    assert vague_hint(replace(SOUND[A], text="Yes.")) is None


@pytest.mark.parametrize("to", Outcome)
def test_what_young_people_deny_may_become_a_plan_again_but_no_thanks(to: Outcome) -> None:
    assert may_move(Outcome.DONE, to, is_reopened=True) is (to is not Outcome.PRAISE)


CHANGE, NEXT = date(2026, 2, 4), date(2026, 2, 5)


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ([], False),
        ([(Outcome.DONE, CHANGE)], False),  # the same change in other words
        ([(Outcome.DONE, NEXT)], True),
        ([(Outcome.PLANNED, None)], False),
        ([(Outcome.DOING, None)], False),
        ([(Outcome.CANNOT, None)], True),
        ([(Outcome.ALREADY, None)], True),
        ([(Outcome.PASSED_ON, None)], True),
        ([(Outcome.CANNOT, None), (Outcome.PLANNED, None)], True),
    ],
)
def test_a_reopening_is_answered_by_a_new_change_or_an_honest_closure(
    later: list[tuple[Outcome, date | None]], expected: bool
) -> None:
    assert is_answered(CHANGE, later) is expected
