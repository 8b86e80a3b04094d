"""Reads about consultations."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.consultations.models import Consultation, ConsultationEvent
from tracker.errors import NotFound


def consultation_or_404(session: Session, consultation_id: int) -> Consultation:
    """The consultation with this id, or `NotFound`."""
    found = session.get(Consultation, consultation_id)
    if found is None:
        raise NotFound("There is no such consultation. It may have been deleted.")
    return found


def events_of(session: Session, consultation_id: int) -> list[ConsultationEvent]:
    """The consultation's history, oldest first."""
    query = (
        select(ConsultationEvent)
        .where(ConsultationEvent.consultation_id == consultation_id)
        .order_by(ConsultationEvent.at, ConsultationEvent.id)
    )
    return list(session.scalars(query))
