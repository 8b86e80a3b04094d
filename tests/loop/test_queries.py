from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.counting import counted
from tests.factories import NOW, TODAY
from tracker.actions.models import ActionVersion
from tracker.actions.policy import Outcome
from tracker.consultations.models import Consultation
from tracker.consultations.policy import ConsultationState
from tracker.loop.policy import LoopFacts, Promise, PublicState, Stage
from tracker.loop.queries import loop_of, loop_of_response, loops_of
from tracker.loop.ring import Arc
from tracker.responses.models import SetAsideReason, SurveyResponse
from tracker.verdicts.policy import WINDOW_DAYS


@pytest.fixture(autouse=True)
def _organisation(session: Session) -> None:
    make.make_organisation(session)


def asked(session: Session, *, responses: int = 2) -> tuple[Consultation, list[SurveyResponse]]:
    consultation = make.make_closed_consultation(session)
    survey = make.make_survey(session, consultation)
    return consultation, [make.make_response(session, survey) for _ in range(responses)]


def test_loop_of_nothing_is_nothing(session: Session) -> None:
    assert loops_of(session, [], now=NOW) == {}


def test_loop_counts_responses_heard_and_set_aside(session: Session) -> None:
    consultation, (first, _second, third) = asked(session, responses=3)
    themes = [make.make_theme(session, consultation) for _ in range(2)]
    for theme in themes:
        make.make_coding(session, first, theme)
    make.make_coding(session, third, themes[0])
    third.set_aside, third.set_aside_on = SetAsideReason.DUPLICATE, TODAY

    loop = loop_of(session, consultation, now=NOW)

    assert loop.facts == LoopFacts(
        ConsultationState.CLOSED, responses=3, set_aside=1, coded=1, themes=2
    )
    assert (loop.is_heard, loop.is_told) == (False, False)
    assert loop.public_state is PublicState.READING
    assert loop.words == "0 of 4. Partly heard."
    assert loop.legend[:2] == [("Partly heard.", Arc.HALF), ("Not yet told.", Arc.EMPTY)]


def test_theme_without_responses_is_owed_no_answer(session: Session) -> None:
    consultation, responses = asked(session)
    theme, _unused = (make.make_theme(session, consultation) for _ in range(2))
    for response in responses:
        make.make_coding(session, response, theme)
    make.make_action(session, theme)

    loop = loop_of(session, consultation, now=NOW)

    assert loop.is_told
    assert (loop.facts.themes, loop.facts.themes_told) == (1, 1)


@pytest.mark.parametrize(
    "unpublished",
    [
        {"published_at": None},
        {"published_at": None, "publishes_at": NOW + timedelta(hours=24)},
        {"published_at": None, "stopped_at": NOW},
    ],
)
def test_only_published_versions_tell(session: Session, unpublished: dict[str, object]) -> None:
    consultation, (first, second) = asked(session)
    theme = make.make_theme(session, consultation)
    make.make_coding(session, first, theme)
    make.make_coding(session, second, theme)
    make.make_action(session, theme, **unpublished)

    loop = loop_of(session, consultation, now=NOW)

    assert loop.public_state is PublicState.WAITING
    assert loop.facts.other_final == 0


def test_told_on_is_the_day_the_last_theme_was_first_answered(session: Session) -> None:
    consultation, (first, second) = asked(session)
    early, late = (make.make_theme(session, consultation) for _ in range(2))
    make.make_coding(session, first, early)
    make.make_coding(session, second, late)
    due = {"outcome": Outcome.PLANNED, "due_on": TODAY - timedelta(days=1)}
    action = make.make_action(session, early, **due, published_at=NOW - timedelta(days=6))
    make.make_action(session, late, published_at=NOW - timedelta(days=4))
    # What the first action says now was published later; it was first told six days ago.
    revised = {"text": "It is open.", "recorded_at": NOW, "published_at": NOW}
    action.versions.append(
        ActionVersion(number=2, outcome=Outcome.DONE, changed_on=TODAY, **revised)
    )
    session.flush()

    loop = loop_of(session, consultation, now=NOW)

    assert loop.facts.told_on == TODAY - timedelta(days=4)
    assert (loop.facts.done, loop.facts.open_actions, loop.facts.due_on) == (1, 0, None)
    assert loop.facts.verdicts_end_on == TODAY + timedelta(days=WINDOW_DAYS)
    assert loop.promise is Promise.KEPT
    assert loop.words == "3 of 4: changed. Being followed up."


def test_each_outcome_is_counted_apart(session: Session) -> None:
    consultation, (first, second) = asked(session)
    theme = make.make_theme(session, consultation)
    make.make_coding(session, first, theme)
    make.make_coding(session, second, theme)
    cannot = {"reason_code": "money", "reason": "No money.", "decided_by": "The head"}
    make.make_action(session, theme, outcome=Outcome.CANNOT, review_on=TODAY, **cannot)
    make.make_action(session, theme, outcome=Outcome.PRAISE)
    for due_on in (date(2026, 3, 1), date(2026, 2, 1)):
        make.make_action(session, theme, outcome=Outcome.DOING, due_on=due_on)

    loop = loop_of(session, consultation, now=NOW)

    facts = loop.facts
    assert (facts.cannot, facts.other_final, facts.open_actions, facts.done) == (1, 1, 2, 0)
    assert facts.due_on == date(2026, 2, 1)
    assert loop.arcs[Stage.CHANGED] is Arc.BROKEN


def test_day_is_the_local_day_of_the_organisation(session: Session) -> None:
    consultation, (first, second) = asked(session)
    theme = make.make_theme(session, consultation)
    make.make_coding(session, first, theme)
    make.make_coding(session, second, theme)
    summer_night = NOW.replace(month=7, day=1, hour=23, minute=30)
    make.make_action(session, theme, published_at=summer_night)

    loop = loop_of(session, consultation, now=summer_night)

    assert loop.facts.told_on == date(2026, 7, 2)


def test_loop_of_response_is_told_when_its_own_themes_are(session: Session) -> None:
    consultation, (first, second) = asked(session)
    answered, unanswered = (make.make_theme(session, consultation) for _ in range(2))
    make.make_coding(session, first, answered)
    make.make_coding(session, second, unanswered)
    make.make_action(session, answered)

    assert loop_of_response(session, first, now=NOW).words.startswith("4 of 4")
    assert loop_of_response(session, second, now=NOW).words == "1 of 4: heard. Not yet told."


def test_loop_of_response_unread_or_set_aside_is_not_heard(session: Session) -> None:
    consultation, (first, second) = asked(session)
    make.make_coding(session, second, make.make_theme(session, consultation))
    second.set_aside, second.set_aside_on = SetAsideReason.BLANK, TODAY
    session.flush()

    assert loop_of_response(session, first, now=NOW).words == "0 of 4. Not yet heard."
    assert loop_of_response(session, second, now=NOW).words == "No answers to act on."


def test_loops_take_as_many_queries_for_three_as_for_one(session: Session) -> None:
    consultations = []
    for _ in range(3):
        consultation, (first, _second) = asked(session)
        theme = make.make_theme(session, consultation)
        make.make_coding(session, first, theme)
        make.make_action(session, theme)
        consultations.append(consultation)

    with counted(session) as for_one:
        loops_of(session, consultations[:1], now=NOW)
    with counted(session) as for_three:
        loops_of(session, consultations, now=NOW)

    assert len(for_one) == len(for_three) <= 8
