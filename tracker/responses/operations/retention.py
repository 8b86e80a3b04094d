"""Answers deleted on the day that respondents were told, and nothing else with them."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.clock import local_date
from tracker.consultations.models import Consultation
from tracker.consultations.operations import note_event
from tracker.db import locked
from tracker.responses.models import Answer, SurveyResponse
from tracker.services.models import Organisation


def delete_expired(session: Session, *, now: datetime) -> int:
    """Delete the answers of each consultation whose retention day is over; how many consultations.

    What stays is what was never anybody's words: that there was a response, its day, its themes and
    the hash of its receipt, so that the board keeps its counts and a receipt its story. Workers may
    run side by side: on PostgreSQL each takes other rows, on SQLite they take turns.
    """
    held = session.get(Organisation, 1)
    if held is None:
        return 0
    of_it = (
        select(Answer.response_id)
        .join(Answer.response)
        .where(SurveyResponse.consultation_id == Consultation.id)
        .correlate(Consultation)
    )
    query = (
        select(Consultation)
        .where(
            Consultation.retention_on < local_date(now, held.time_zone),
            of_it.exists(),
        )
        .order_by(Consultation.id)
        .execution_options(populate_existing=True)
    )
    expired = list(session.scalars(locked(query, of=Consultation, skip_locked=True)))
    for consultation in expired:
        responses = select(SurveyResponse.id).where(
            SurveyResponse.consultation_id == consultation.id
        )
        session.execute(
            delete(Answer).where(Answer.response_id.in_(responses)),
            execution_options={"synchronize_session": False},
        )
        note_event(session, consultation, "answers_deleted", person_id=None, now=now)
    return len(expired)
