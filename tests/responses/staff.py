"""What the tests of the staff's pages share: a survey with an owner, and what was said to it."""

from typing import Any

from sqlalchemy.orm import Session

from tests import factories as make
from tracker.responses.models import SurveyResponse
from tracker.surveys.models import Survey


def make_survey_of_owner(session: Session) -> Survey:
    make.make_organisation(session)
    owner = make.make_person(session, "Olu Owner")
    service = make.make_service(session, name="Youth service", owner=owner)
    consultation = make.make_open_consultation(session, service=service, title="Bus")
    survey = make.make_survey(session, consultation, title="Bus survey", code="abc234")
    make.make_question(session, survey, text="What could be better?", is_required=True)
    make.make_question(session, survey, kind="yes_no", text="Would you come?")
    return survey


def respond(session: Session, survey: Survey, words: str, **values: Any) -> SurveyResponse:
    return make.make_response(session, survey, answers={survey.questions[0]: words}, **values)


def inbox_at(survey: Survey, end: str = "") -> str:
    return f"/staff/consultations/{survey.consultation_id}/responses{end}"
