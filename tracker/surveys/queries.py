"""Reads about surveys and their questions."""

from collections.abc import Collection

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Session, joinedload, lazyload

from tracker.consultations.models import Consultation
from tracker.errors import NotFound
from tracker.surveys.easy_read import digests_in
from tracker.surveys.models import Question, Survey
from tracker.surveys.policy import asks_something
from tracker.surveys.translated import languages_offered


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
    """The survey at this short address, typed in capitals or not.

    Read for phones, so without the people who look after it, unless somebody asks for them.
    """
    bare = joinedload(Survey.consultation).options(
        lazyload(Consultation.service), lazyload(Consultation.owner)
    )
    found = select(Survey).where(Survey.code == code.strip().lower()).options(bare)
    return session.scalar(found)


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


def variants_of(session: Session, survey: Survey) -> list[Survey]:
    """The other surveys of its consultation that ask something, if any of them all is a variant:
    easy to read, or for an age band. In order; closed groups' own surveys aren't among them.
    """
    beside = Survey.consultation_id == survey.consultation_id
    is_variant = or_(Survey.age_band.is_not(None), Survey.is_easy_read)
    if session.scalar(select(Survey.id).where(beside, is_variant).limit(1)) is None:
        return []
    return [
        each
        for each in surveys_of(session, survey.consultation_id)
        if each.id != survey.id and not each.by_invitation and asks_something(each.questions)
    ]


def open_surveys_in(session: Session, languages: Collection[str]) -> list[tuple[str, Survey]]:
    """Where respondents can choose one of these languages now: each language with each open survey.

    What a survey is written in isn't chosen, so it doesn't count.
    """
    query = (
        select(Survey)
        .join(Survey.consultation)
        .where(
            Consultation.opened_at.is_not(None),
            Consultation.closed_at.is_(None),
            Consultation.withdrawn_at.is_(None),
        )
        .order_by(Consultation.title, Survey.position, Survey.id)
    )
    return [
        (code, survey)
        for survey in session.scalars(query)
        for code in languages_offered(survey)[1:]
        if code in languages
    ]


def uses_of_pictures(session: Session, digests: Collection[str]) -> dict[str, int]:
    """How many questions show each of these pictures; those that none shows are left out."""
    named = cast(Question.easy_read, Text)
    kept = session.scalars(select(Question.easy_read).where(named.contains("picture:")))
    shown = [digest for easy_read in kept for digest in digests_in([easy_read])]
    return {digest: shown.count(digest) for digest in digests if digest in shown}
