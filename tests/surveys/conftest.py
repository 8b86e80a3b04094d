"""A draft of a service with its survey, and the browsers of two people."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import SignIn
from tests.surveys.asked import THREE, only_if
from tracker.accounts.policy import RoleName
from tracker.consultations.models import Consultation
from tracker.surveys.models import Survey


@pytest.fixture
def consultation(session: Session) -> Consultation:
    make.make_organisation(session)
    return make.make_consultation(session, title="The youth centre")


@pytest.fixture
def survey(session: Session, consultation: Consultation) -> Survey:
    """A choice, a question that depends on it, and one that doesn't."""
    survey = make.make_survey(session, consultation, title="Our centre", code="cdf234")
    make.make_question(
        session,
        survey,
        kind="one_choice",
        text="How often?",
        settings=THREE,
    )
    make.make_question(session, survey, text="Why not?", show_if=only_if("q1", "c2"))
    make.make_question(session, survey, text="Anything else?")
    return survey


@pytest.fixture
def owner(consultation: Consultation, sign_in: SignIn) -> FlaskClient:
    """The browser of the service's owner."""
    assert consultation.service.owner is not None
    return sign_in(consultation.service.owner)


@pytest.fixture
def viewer(session: Session, sign_in: SignIn) -> FlaskClient:
    """The browser of somebody who may look and change nothing."""
    return sign_in(make.make_person(session, "", RoleName.VIEWER))
