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
from tracker.surveys.variants import Variant

FOR_EVERYBODY = Variant()


def add_survey(
    session: Session,
    consultation: Consultation,
    title: str,
    *,
    person_id: int,
    now: datetime,
    variant: Variant = FOR_EVERYBODY,
) -> Survey:
    """A new survey without questions, with a short code of its own."""
    survey = _new_survey(session, consultation, title)
    _make_for(survey, variant)
    note_change(session, survey, person_id, now)
    return survey


def copy_survey(
    session: Session,
    survey: Survey,
    *,
    to_consultation: Consultation,
    now: datetime,
    person_id: int | None = None,
    variant: Variant | None = None,
) -> Survey:
    """A survey like this one with a new code. Keys stay, and so every condition keeps its meaning.

    With a `variant` the copy is for somebody else than the first one, and named so.
    With no `person_id` nothing is noted: the copy is part of something that is.
    """
    is_beside = to_consultation.id == survey.consultation_id
    is_new = variant is not None and variant != survey.variant
    addition = variant.for_author if variant and is_new else "copy" if is_beside else ""
    copied = _new_survey(session, to_consultation, _added_to(survey.title, addition))
    _make_for(copied, variant or survey.variant)
    copied.questions = [
        question_like(question, question.key, question.position) for question in survey.questions
    ]
    copied.languages = list(survey.languages)
    copied.translations = dict(survey.translations)
    session.flush()
    if person_id is not None:
        note_change(session, copied, person_id, now)
    return copied


def rename_survey(
    session: Session,
    survey: Survey,
    title: str,
    *,
    person_id: int,
    now: datetime,
    variant: Variant | None = None,
) -> None:
    """Change a survey's name and, with a `variant`, whom it is for."""
    insist_on_draft(session, survey.consultation)
    survey.title = title
    _make_for(survey, variant or survey.variant)
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
        translations=dict(question.translations or {}),
        easy_read=dict(question.easy_read or {}),
        set_aside=list(question.set_aside or ()),
    )


def _make_for(survey: Survey, variant: Variant) -> None:
    survey.age_band, survey.is_easy_read = variant.age_band, variant.is_easy_read


def _added_to(title: str, addition: str) -> str:
    """The title with the addition in brackets, and short enough."""
    if not addition:
        return title
    end = f" ({addition})"
    return title[: policy.LONGEST_TITLE - len(end)] + end


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
