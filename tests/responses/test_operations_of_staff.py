from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW
from tracker.consultations.queries import events_of
from tracker.errors import NotAllowed
from tracker.responses.models import SetAsideReason, Source, SurveyResponse
from tracker.responses.operations import (
    SurveyClosed,
    set_aside,
    set_aside_all,
    take_back,
    type_in_response,
)
from tracker.surveys.models import Survey

KEY = "a key for receipts"
SECOND = timedelta(seconds=1)


def open_survey(session: Session, **values: Any) -> Survey:
    make.make_organisation(session)
    survey = make.make_survey(session, make.make_open_consultation(session, **values))
    make.make_question(session, survey)
    make.make_question(session, survey, kind="yes_no", text="Would you come?")
    return survey


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(SurveyResponse)) or 0


def type_in(session: Session, survey: Survey, **values: Any) -> SurveyResponse:
    defaults: dict[str, Any] = {
        "submission_id": uuid4(),
        "source": Source.PAPER,
        "person_id": make.make_person(session).id,
        "now": NOW,
    }
    return type_in_response(session, survey, {"q1": "From a form"}, **defaults | values)


@pytest.mark.parametrize("closed_at", [None, NOW - timedelta(days=300)])
def test_type_in_response_stores_without_a_receipt(
    session: Session, closed_at: datetime | None
) -> None:
    survey = open_survey(session, closed_at=closed_at)

    response = type_in(session, survey, source=Source.MEETING)

    assert response.receipt_hash is None
    assert response.source is Source.MEETING
    assert [a.value for a in response.answers] == ["From a form"]
    event = events_of(session, survey.consultation_id)[-1]
    assert (event.kind, event.detail) == ("typed_in", "One response from a meeting")


def test_type_in_response_stores_once_when_sent_again(session: Session) -> None:
    survey = open_survey(session)
    own = uuid4()

    first = type_in(session, survey, submission_id=own)
    again = type_in(session, survey, submission_id=own)

    assert again is first
    assert count(session) == 1
    assert len(events_of(session, survey.consultation_id)) == 1


@pytest.mark.parametrize(
    "values",
    [{"opened_at": None}, {"withdrawn_at": NOW, "withdrawn_reason": "Not needed"}],
)
def test_type_in_response_refuses_a_draft_and_what_was_withdrawn(
    session: Session, values: dict[str, Any]
) -> None:
    with pytest.raises(SurveyClosed):
        type_in(session, open_survey(session, **values))


@pytest.mark.parametrize("reason", list(SetAsideReason))
def test_set_aside_keeps_reason_day_and_who(session: Session, reason: SetAsideReason) -> None:
    survey = open_survey(session)
    person = make.make_person(session)
    response = make.make_response(session, survey)

    set_aside(session, response, reason, person_id=person.id, now=NOW)

    assert (response.set_aside, response.set_aside_on, response.set_aside_by) == (
        reason,
        NOW.date(),
        person.id,
    )
    event = events_of(session, survey.consultation_id)[-1]
    assert (event.kind, event.detail, event.person_id) == (
        "set_aside",
        f"1: {reason.value}",
        person.id,
    )


def test_set_aside_all_leaves_alone_what_is_set_aside_already(session: Session) -> None:
    survey = open_survey(session)
    person = make.make_person(session)
    worry = make.make_response(
        session, survey, set_aside=SetAsideReason.SAFEGUARDING, set_aside_on=NOW.date()
    )
    other = make.make_response(session, survey)

    fresh = set_aside_all(
        session,
        survey.consultation,
        [worry, other],
        SetAsideReason.SPAM,
        person_id=person.id,
        now=NOW,
    )

    assert fresh == 1
    assert worry.set_aside is SetAsideReason.SAFEGUARDING
    assert other.set_aside is SetAsideReason.SPAM


def test_set_aside_all_notes_nothing_when_there_is_nothing_to_do(session: Session) -> None:
    survey = open_survey(session)

    fresh = set_aside_all(
        session, survey.consultation, [], SetAsideReason.SPAM, person_id=1, now=NOW
    )

    assert fresh == 0
    assert events_of(session, survey.consultation_id) == []


def test_take_back_undoes_setting_aside(session: Session) -> None:
    survey = open_survey(session)
    person = make.make_person(session)
    response = make.make_response(session, survey)
    set_aside(session, response, SetAsideReason.TEST, person_id=person.id, now=NOW)

    assert take_back(session, response, person_id=person.id, now=NOW)

    assert (response.set_aside, response.set_aside_on, response.set_aside_by) == (None, None, None)
    assert events_of(session, survey.consultation_id)[-1].kind == "taken_back"


def test_take_back_does_nothing_when_nothing_is_set_aside(session: Session) -> None:
    response = make.make_response(session, open_survey(session))

    assert not take_back(session, response, person_id=1, now=NOW)


def test_take_back_gives_a_worry_back_through_the_safeguarding_lead_alone(
    session: Session,
) -> None:
    person = make.make_person(session)
    response = make.make_response(
        session,
        open_survey(session),
        set_aside=SetAsideReason.SAFEGUARDING,
        set_aside_on=NOW.date(),
    )

    with pytest.raises(NotAllowed, match="with the safeguarding lead"):
        take_back(session, response, person_id=person.id, now=NOW)
    assert response.set_aside is SetAsideReason.SAFEGUARDING

    assert take_back(session, response, person_id=person.id, now=NOW, may_read_worries=True)
    assert response.set_aside is None


def test_events_never_hold_a_respondents_words(session: Session) -> None:
    survey = open_survey(session)
    person = make.make_person(session)
    response = type_in(session, survey)
    set_aside(session, response, SetAsideReason.SAFEGUARDING, person_id=person.id, now=NOW)

    assert "From a form" not in "".join(
        e.detail for e in events_of(session, survey.consultation_id)
    )
