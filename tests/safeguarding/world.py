"""A small organisation with a survey, two safeguarding leads, and what a young person writes to it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW
from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.responses.models import SurveyResponse
from tracker.responses.operations import submit_response
from tracker.safeguarding.models import Flag
from tracker.services.models import Organisation
from tracker.surveys.models import Survey

SECRET = "my dad hits me with the zanzibar stick"  # "zanzibar" is nobody else's word


@dataclass(frozen=True)
class Guarded:
    organisation: Organisation
    survey: Survey
    owner: Person
    first: Person
    second: Person
    administrator: Person
    participation_lead: Person


def make_guarded(session: Session) -> Guarded:
    """An open survey of one long question; both leads, an administrator, a participation lead."""
    organisation = make.make_organisation(session)
    first = make.make_person(session, "Sol Marsden", RoleName.SAFEGUARDING_LEAD)
    second = make.make_person(session, "Ada Quill", RoleName.SAFEGUARDING_LEAD)
    owner = make.make_person(session, "Olu Owner")
    service = make.make_service(session, name="Youth service", owner=owner)
    consultation = make.make_open_consultation(session, service=service, title="Bus")
    survey = make.make_survey(session, consultation, code="abc234")
    make.make_question(session, survey, text="What could be better?")
    make.make_question(session, survey, kind="short_text", text="Anything else?")
    return Guarded(
        organisation,
        survey,
        owner,
        first,
        second,
        make.make_person(session, "Ines Admin", RoleName.ADMINISTRATOR),
        make.make_person(session, "Pru Lead", RoleName.PARTICIPATION_LEAD),
    )


def write(
    session: Session, guarded: Guarded, words: str = SECRET, now: datetime = NOW
) -> SurveyResponse:
    """What a young person sends from a phone."""
    return submit_response(
        session, guarded.survey, {"q1": words}, submission_id=uuid4(), key="k" * 32, now=now
    ).response


def flag_of(session: Session, response: SurveyResponse) -> Flag:
    return session.scalars(select(Flag).where(Flag.response_id == response.id)).one()
