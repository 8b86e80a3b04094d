"""Reads for the demo's greeting: who can sign in, what is open, which receipts open a story."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.accounts.models import Person
from tracker.consultations.models import Consultation
from tracker.demo.world import kiosk_token
from tracker.kiosk.models import Kiosk
from tracker.kiosk.policy import token_hash
from tracker.languages import language_named
from tracker.responses.models import SurveyResponse
from tracker.responses.operations import words_given
from tracker.services.models import Organisation
from tracker.surveys.models import Survey
from tracker.surveys.translated import languages_offered
from tracker.themes.models import Coding


def is_empty(session: Session) -> bool:
    """Whether nothing has been set up yet."""
    return session.get(Organisation, 1) is None


def sign_ins(session: Session) -> list[Person]:
    """Everybody who can sign in, in the order in which they were added."""
    return list(session.scalars(select(Person).where(Person.active).order_by(Person.id)))


class Phone(NamedTuple):
    """A survey to try on a phone: its short code, and what is particular about it."""

    title: str
    code: str
    about: str


def phone_addresses(session: Session) -> list[Phone]:
    """Each survey that is open."""
    query = (
        select(Survey)
        .join(Survey.consultation)
        .where(
            Consultation.opened_at.is_not(None),
            Consultation.closed_at.is_(None),
            Consultation.withdrawn_at.is_(None),
        )
        .order_by(Survey.id)
    )
    return [Phone(survey.title, survey.code, _about(survey)) for survey in session.scalars(query)]


def _about(survey: Survey) -> str:
    names = [language_named(code).english_name for code in languages_offered(survey)]
    tongues = f"in {' and '.join([', '.join(names[:-1]), names[-1]])}" if names[1:] else ""
    return ", ".join(filter(None, ("open for answers", survey.variant.for_author, tongues)))


def kiosk_to_try(session: Session, key: str) -> str | None:
    """The token of the demo's kiosk, unless somebody has ended it."""
    token = kiosk_token(key)
    query = select(Kiosk.id).where(Kiosk.token_hash == token_hash(token), Kiosk.ended_on.is_(None))
    return token if session.scalar(query) is not None else None


def receipts_to_try(session: Session, key: str) -> list[str]:
    """The receipt of one heard answer of each closed demo consultation, three at most."""
    query = (
        select(SurveyResponse)
        .join(Coding, Coding.response_id == SurveyResponse.id)
        .join(Consultation, Consultation.id == SurveyResponse.consultation_id)
        .where(Consultation.closed_at.is_not(None), SurveyResponse.receipt_hash.is_not(None))
        .order_by(SurveyResponse.consultation_id, SurveyResponse.id)
    )
    first: dict[int, SurveyResponse] = {}
    for response in session.scalars(query):
        first.setdefault(response.consultation_id, response)
    found = [words_given(response, key) for response in list(first.values())[:3]]
    return [words for words in found if words]
