"""When a survey may be changed at all, and the line in the history that says it was."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.consultations.models import Consultation, ConsultationEvent
from tracker.consultations.operations import lock_consultation, note_event
from tracker.consultations.policy import ConsultationState
from tracker.errors import Conflict
from tracker.surveys.models import Survey

# Somebody who builds a survey for an hour leaves one line in the history, not fifty.
_ONE_EVENT_PER = timedelta(hours=1)


class SurveyLocked(Conflict):
    """The consultation has opened: its surveys can't be changed any more."""


class TooMany(Conflict):
    """There are as many surveys or questions as there can be."""


def insist_on_draft(session: Session, consultation: Consultation) -> None:
    """Lock the consultation, so that it can't open meanwhile; raises `SurveyLocked`."""
    lock_consultation(session, consultation)
    refuse_unless_draft(consultation)


def refuse_unless_draft(consultation: Consultation) -> None:
    """Raises `SurveyLocked` once the consultation has left the draft."""
    if consultation.state is not ConsultationState.DRAFT:
        raise SurveyLocked(
            "This consultation isn't a draft any more, so its surveys stay as people saw them: "
            "nothing can be added, changed or taken away, not even a slip of the pen. "
            "To ask something else, copy the survey to a new consultation."
        )


def note_change(session: Session, survey: Survey, person_id: int, now: datetime) -> None:
    """Note in the history that somebody worked on this survey."""
    session.flush()
    recent = select(ConsultationEvent.id).where(
        ConsultationEvent.consultation_id == survey.consultation_id,
        ConsultationEvent.kind == "survey_changed",
        ConsultationEvent.person_id == person_id,
        ConsultationEvent.detail == survey.title,
        ConsultationEvent.at > now - _ONE_EVENT_PER,
    )
    if session.scalar(recent.limit(1)) is None:
        note_event(
            session,
            survey.consultation,
            "survey_changed",
            person_id=person_id,
            now=now,
            detail=survey.title,
        )
