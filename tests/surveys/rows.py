"""What the tests of the pages look up and set in the database."""

from sqlalchemy.orm import Session

from tests.factories import NOW
from tracker.consultations.models import Consultation
from tracker.surveys.models import Survey


def texts(session: Session, survey: Survey) -> list[str]:
    session.expire_all()
    return [question.text for question in survey.questions]


def open_it(session: Session, consultation: Consultation) -> None:
    consultation.opened_at = NOW
    session.flush()
