from datetime import date, timedelta

import pytest

from tracker.consultations.policy import ConsultationState
from tracker.loop.policy import (
    PUBLIC_WORDS,
    STAGE_WORDS,
    LoopFacts,
    Promise,
    PublicState,
    Stage,
    is_at_risk,
    promise_kept,
    public_state,
    stages_reached,
)
from tracker.working_days import Nation

TODAY = date(2026, 2, 4)
PROMISE = date(2026, 3, 2)
ENGLAND = Nation.ENGLAND


def closed(**values: object) -> LoopFacts:
    """Two responses heard and grouped in one theme that has been answered, unless told otherwise."""
    defaults: dict[str, object] = {
        "state": ConsultationState.CLOSED,
        "responses": 2,
        "coded": 2,
        "themes": 1,
        "themes_told": 1,
        "told_on": TODAY,
    }
    return LoopFacts(**defaults | values)  # type: ignore[arg-type]


HEARD, TOLD, CHANGED, FOLLOWED_UP = Stage


@pytest.mark.parametrize(
    ("facts", "reached"),
    [
        (LoopFacts(ConsultationState.CLOSED), set()),
        (closed(coded=1), set()),
        (closed(coded=1, set_aside=1), {HEARD, TOLD, CHANGED, FOLLOWED_UP}),
        (closed(themes_told=0), {HEARD}),
        (closed(themes=2, themes_told=1, done=1), {HEARD}),
        (closed(open_actions=1), {HEARD, TOLD}),
        (closed(reopened=1), {HEARD, TOLD}),
        (closed(done=1, verdicts_end_on=TODAY), {HEARD, TOLD, CHANGED}),
        (closed(done=1, verdicts_end_on=TODAY - timedelta(days=1)), set(Stage)),
        (closed(cannot=1), set(Stage)),
    ],
)
def test_stages_are_reached_one_after_the_other(facts: LoopFacts, reached: set[Stage]) -> None:
    assert stages_reached(facts, TODAY) == reached


def test_late_paper_form_opens_heard_again() -> None:
    assert stages_reached(closed(responses=3), TODAY) == frozenset()


@pytest.mark.parametrize(
    ("facts", "today", "state"),
    [
        (closed(state=ConsultationState.OPEN), TODAY, PublicState.OPEN),
        (closed(state=ConsultationState.WITHDRAWN), TODAY, PublicState.WITHDRAWN),
        (LoopFacts(ConsultationState.CLOSED), TODAY, PublicState.NO_ANSWERS),
        (closed(coded=0, themes=0, set_aside=2), TODAY, PublicState.NO_ANSWERS),
        (closed(coded=1), TODAY, PublicState.READING),
        (closed(themes_told=0), TODAY, PublicState.WAITING),
        (closed(themes_told=0), PROMISE, PublicState.WAITING),
        (closed(themes_told=0), PROMISE + timedelta(days=1), PublicState.OVERDUE),
        (closed(coded=1), PROMISE + timedelta(days=1), PublicState.OVERDUE),
        # Twenty working days after 2 March 2026 is 30 March.
        (closed(themes_told=0), date(2026, 3, 30), PublicState.OVERDUE),
        (closed(themes_told=0), date(2026, 3, 31), PublicState.AT_RISK),
        (closed(coded=1), date(2026, 3, 31), PublicState.AT_RISK),
        (closed(open_actions=1), date(2026, 3, 31), PublicState.TOLD),
        (closed(done=1), TODAY, PublicState.CHANGES_MADE),
        (closed(done=1, cannot=3), TODAY, PublicState.CHANGES_MADE),
        (closed(done=1, open_actions=1), TODAY, PublicState.TOLD),
        (closed(cannot=2), TODAY, PublicState.NOTHING_COULD_CHANGE),
        (closed(cannot=2, other_final=1), TODAY, PublicState.TOLD),
        (closed(other_final=1), TODAY, PublicState.TOLD),
    ],
)
def test_public_state_says_where_it_stands(
    facts: LoopFacts, today: date, state: PublicState
) -> None:
    assert public_state(facts, PROMISE, today, ENGLAND) is state


def test_public_state_without_promise_is_never_overdue() -> None:
    assert public_state(closed(themes_told=0), None, TODAY, ENGLAND) is PublicState.WAITING


@pytest.mark.parametrize(
    ("facts", "promise_on", "kept"),
    [
        (closed(), None, Promise.NONE),
        (closed(themes_told=0), TODAY, Promise.AHEAD),
        (closed(themes_told=0), TODAY - timedelta(days=1), Promise.BROKEN),
        (closed(told_on=TODAY), TODAY, Promise.KEPT),
        (closed(told_on=TODAY), TODAY - timedelta(days=1), Promise.LATE),
        (closed(coded=1), TODAY - timedelta(days=1), Promise.BROKEN),
        (closed(state=ConsultationState.WITHDRAWN), TODAY - timedelta(days=1), Promise.LAPSED),
        (LoopFacts(ConsultationState.CLOSED), TODAY - timedelta(days=1), Promise.LAPSED),
        (LoopFacts(ConsultationState.OPEN), TODAY, Promise.AHEAD),
    ],
)
def test_promise_is_kept_late_or_broken(
    facts: LoopFacts, promise_on: date | None, kept: Promise
) -> None:
    assert promise_kept(facts, promise_on, TODAY) is kept


@pytest.mark.parametrize(
    ("nation", "last_safe_day"),
    [
        # Good Friday and Easter Monday lie between for England, Good Friday alone for Scotland.
        (Nation.ENGLAND, date(2026, 4, 29)),
        (Nation.SCOTLAND, date(2026, 4, 28)),
    ],
)
def test_risk_begins_after_twenty_working_days_of_the_nation(
    nation: Nation, last_safe_day: date
) -> None:
    promise_on = date(2026, 3, 30)

    assert not is_at_risk(promise_on, last_safe_day, nation)
    assert is_at_risk(promise_on, last_safe_day + timedelta(days=1), nation)
    assert not is_at_risk(None, last_safe_day, nation)


def test_every_state_and_stage_has_words() -> None:
    assert set(PUBLIC_WORDS) == set(PublicState)
    assert set(STAGE_WORDS) == set(Stage)
