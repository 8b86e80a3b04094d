"""Surveys as a whole: added, copied, named and deleted."""

from datetime import datetime
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.consultations.models import Consultation
from tracker.surveys import policy
from tracker.surveys.codes import free_code
from tracker.surveys.models import Question, Survey
from tracker.surveys.operations.changing import TooMany, insist_on_draft, note_change


def add_survey(
    session: Session, consultation: Consultation, title: str, *, person_id: int, now: datetime
) -> Survey:
    """A new survey without questions, with a short code of its own."""
    survey = _new_survey(session, consultation, title)
    note_change(session, survey, person_id, now)
    return survey


def copy_survey(
    session: Session,
    survey: Survey,
    *,
    to_consultation: Consultation,
    now: datetime,
    person_id: int | None = None,
) -> Survey:
    """A survey like this one with a new code. Keys stay, and so every condition keeps its meaning.

    With no `person_id` nothing is noted: the copy is part of something that is.
    """
    is_beside = to_consultation.id == survey.consultation_id
    title = f"{survey.title[: policy.LONGEST_TITLE - 7]} (copy)" if is_beside else survey.title
    copied = _new_survey(session, to_consultation, title)
    copied.questions = [
        question_like(question, question.key, question.position) for question in survey.questions
    ]
    session.flush()
    if person_id is not None:
        note_change(session, copied, person_id, now)
    return copied


def rename_survey(
    session: Session, survey: Survey, title: str, *, person_id: int, now: datetime
) -> None:
    insist_on_draft(session, survey.consultation)
    survey.title = title
    note_change(session, survey, person_id, now)


def delete_survey(session: Session, survey: Survey, *, person_id: int, now: datetime) -> None:
    """Delete a draft's survey with its questions."""
    insist_on_draft(session, survey.consultation)
    note_change(session, survey, person_id, now)
    session.delete(survey)
    session.flush()


def question_like(question: Question, key: str, position: int) -> Question:
    """A question with the words and settings of this one, in no survey yet."""
    return Question(
        key=key,
        position=position,
        kind=question.kind,
        text=question.text,
        hint=question.hint,
        is_required=question.is_required,
        settings=dict(question.settings),
        show_if=dict(question.show_if) if question.show_if else None,
    )


def _new_survey(session: Session, consultation: Consultation, title: str) -> Survey:
    insist_on_draft(session, consultation)
    places = select(func.count(), func.max(Survey.position)).where(
        Survey.consultation_id == consultation.id
    )
    count, last = session.execute(places).one()
    if count >= policy.MOST_SURVEYS:
        raise TooMany(
            f"A consultation has {policy.MOST_SURVEYS} surveys at most. Delete one first."
        )
    position = 0 if last is None else last + 1
    code = free_code(partial(_is_taken, session))
    survey = Survey(consultation=consultation, title=title, code=code, position=position)
    session.add(survey)
    session.flush()
    return survey


def _is_taken(session: Session, code: str) -> bool:
    return session.scalar(select(Survey.id).where(Survey.code == code)) is not None
