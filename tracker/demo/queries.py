"""Reads for the demo's greeting: who can sign in, what is open, which receipts open a story."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.accounts.models import Person
from tracker.consultations.models import Consultation
from tracker.responses.models import SurveyResponse
from tracker.responses.operations import words_given
from tracker.services.models import Organisation
from tracker.surveys.models import Survey
from tracker.themes.models import Coding


def is_empty(session: Session) -> bool:
    """Whether nothing has been set up yet."""
    return session.get(Organisation, 1) is None


def sign_ins(session: Session) -> list[Person]:
    """Everybody who can sign in, in the order in which they were added."""
    return list(session.scalars(select(Person).where(Person.active).order_by(Person.id)))


def phone_addresses(session: Session) -> list[tuple[str, str]]:
    """Title and short code of each survey that is open."""
    query = (
        select(Consultation.title, Survey.code)
        .join(Survey, Survey.consultation_id == Consultation.id)
        .where(
            Consultation.opened_at.is_not(None),
            Consultation.closed_at.is_(None),
            Consultation.withdrawn_at.is_(None),
        )
        .order_by(Survey.id)
    )
    return [(title, code) for title, code in session.execute(query)]


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
