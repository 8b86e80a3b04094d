"""Reads about surveys and their questions."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.consultations.models import Consultation
from tracker.errors import NotFound
from tracker.surveys.models import Question, Survey


def survey_or_404(session: Session, survey_id: int) -> Survey:
    """The survey with this id, or `NotFound`."""
    found = session.get(Survey, survey_id)
    if found is None:
        raise NotFound("There is no such survey. It may have been deleted.")
    return found


def question_or_404(session: Session, question_id: int) -> Question:
    """The question with this id, or `NotFound`."""
    found = session.get(Question, question_id)
    if found is None:
        raise NotFound("There is no such question. It may have been deleted.")
    return found


def survey_by_code(session: Session, code: str) -> Survey | None:
    """The survey at this short address, typed in capitals or not."""
    return session.scalar(select(Survey).where(Survey.code == code.strip().lower()))


def surveys_of(session: Session, consultation_id: int) -> list[Survey]:
    """The surveys of a consultation with their questions, in order."""
    query = (
        select(Survey)
        .where(Survey.consultation_id == consultation_id)
        .order_by(Survey.position, Survey.id)
    )
    return list(session.scalars(query))


def drafts(session: Session) -> list[Consultation]:
    """Every consultation that a survey can still be added to, by title."""
    query = (
        select(Consultation)
        .where(Consultation.opened_at.is_(None), Consultation.withdrawn_at.is_(None))
        .order_by(Consultation.title, Consultation.id)
    )
    return list(session.scalars(query))
