from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW, TODAY
from tracker.consultations.models import Consultation
from tracker.consultations.queries import events_of
from tracker.loop.queries import loop_of
from tracker.responses.models import Answer, SurveyResponse
from tracker.responses.operations import delete_expired


@pytest.fixture
def consultation(session: Session) -> Consultation:
    """Closed, with one coded answer; its retention day is today."""
    make.make_organisation(session)
    return _answered(session, retention_on=TODAY)


def _answered(session: Session, **values: object) -> Consultation:
    consultation = make.make_closed_consultation(session, **values)
    survey = make.make_survey(session, consultation)
    question = make.make_question(session, survey)
    response = make.make_response(
        session, survey, answers={question: "More trees"}, receipt_hash=f"{consultation.id}"
    )
    make.make_coding(session, response, make.make_theme(session, consultation))
    return consultation


def _answers(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Answer)) or 0


@pytest.mark.parametrize(
    ("days", "left"), [(-1, 1), (0, 1), (1, 0), (400, 0)], ids=["before", "on", "after", "late"]
)
def test_delete_expired_waits_until_the_day_is_over(
    session: Session, consultation: Consultation, days: int, left: int
) -> None:
    delete_expired(session, now=NOW + timedelta(days=days))

    assert _answers(session) == left


def test_delete_expired_keeps_what_is_nobodys_words(
    session: Session, consultation: Consultation
) -> None:
    tomorrow = NOW + timedelta(days=1)
    before = loop_of(session, consultation, now=tomorrow).facts

    done = delete_expired(session, now=tomorrow)

    session.expire_all()
    response = session.scalars(select(SurveyResponse)).one()
    assert done == 1
    assert response.answers == []
    assert response.receipt_hash == f"{consultation.id}"
    assert loop_of(session, consultation, now=tomorrow).facts == before
    assert [event.kind for event in events_of(session, consultation.id)] == ["answers_deleted"]


def test_delete_expired_leaves_others_alone_and_is_done_once(
    session: Session, consultation: Consultation
) -> None:
    _answered(session, retention_on=TODAY + timedelta(days=9))
    _answered(session, retention_on=None)
    tomorrow = NOW + timedelta(days=1)

    assert [delete_expired(session, now=tomorrow) for _twice in range(2)] == [1, 0]
    assert _answers(session) == 2


def test_delete_expired_does_nothing_before_there_is_an_organisation(session: Session) -> None:
    assert delete_expired(session, now=NOW) == 0
