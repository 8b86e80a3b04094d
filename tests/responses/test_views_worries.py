"""Worries: what staff see, and who doesn't."""

from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import SignIn
from tests.factories import TODAY
from tests.responses.staff import inbox_at, make_survey_of_owner, respond
from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.responses.models import SetAsideReason
from tracker.surveys.models import Survey

WORRY = {"set_aside": SetAsideReason.SAFEGUARDING, "set_aside_on": TODAY}


@pytest.fixture
def survey(session: Session) -> Survey:
    return make_survey_of_owner(session)


@pytest.fixture
def owner(survey: Survey) -> Person:
    assert survey.consultation.owner is not None
    return survey.consultation.owner


def test_worries_are_read_by_the_safeguarding_lead_alone(
    sign_in: SignIn, session: Session, survey: Survey, owner: Person
) -> None:
    respond(session, survey, "I am not safe", **WORRY | {"set_aside_by": owner.id})
    lead = make.make_person(session, "Sam", RoleName.SAFEGUARDING_LEAD)

    page = sign_in(lead).get("/staff/worries").text

    assert "I am not safe" in page and "Bus" in page and "by Olu Owner" in page
    others = [RoleName.ADMINISTRATOR, RoleName.PARTICIPATION_LEAD, RoleName.VIEWER]
    for person in (owner, *(make.make_person(session, "", role) for role in others)):
        refused = sign_in(person).get("/staff/worries")
        assert refused.status_code == 403 and "not safe" not in refused.text


def test_worries_say_so_when_there_are_none(sign_in: SignIn, session: Session) -> None:
    make.make_organisation(session)
    lead = make.make_person(session, "Sam", RoleName.SAFEGUARDING_LEAD)

    assert "Nothing is set aside as a worry." in sign_in(lead).get("/staff/worries").text


def test_give_back_lets_the_team_read_it_again(
    sign_in: SignIn, session: Session, survey: Survey, owner: Person
) -> None:
    worry = respond(session, survey, "The bus is late", **WORRY)
    lead = sign_in(make.make_person(session, "Sam", RoleName.SAFEGUARDING_LEAD))
    address = f"/staff/worries/{worry.id}/give-back"

    page = lead.post(address, follow_redirects=True)

    assert "The team of “Bus” can read and hear this answer now." in page.text
    assert "The bus is late" in sign_in(owner).get(inbox_at(survey)).text
    assert "with its team already" in lead.post(address, follow_redirects=True).text


def test_give_back_is_for_the_safeguarding_lead_alone(
    sign_in: SignIn, session: Session, survey: Survey, owner: Person
) -> None:
    worry = respond(session, survey, "I am not safe", **WORRY)
    lead = make.make_person(session, "Sam", RoleName.SAFEGUARDING_LEAD)

    assert sign_in(owner).post(f"/staff/worries/{worry.id}/give-back").status_code == 403
    assert sign_in(lead).post(f"/staff/worries/{uuid4()}/give-back").status_code == 404
    session.refresh(worry)
    assert worry.set_aside is SetAsideReason.SAFEGUARDING
