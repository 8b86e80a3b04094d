"""Writes to consultations themselves. Opening, closing and withdrawing live in `opening`."""

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.consultations.models import Consultation, ConsultationEvent


def note_event(
    session: Session,
    consultation: Consultation,
    kind: str,
    *,
    person_id: int | None,
    now: datetime,
    detail: str = "",
) -> ConsultationEvent:
    """Add a line to the consultation's history. `person_id` None means: the clock did it."""
    event = ConsultationEvent(
        consultation_id=consultation.id, at=now, kind=kind, person_id=person_id, detail=detail
    )
    session.add(event)
    session.flush()
    return event
