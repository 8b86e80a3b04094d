"""What the tests of the phone form share: a survey to answer, a form filled in, a receipt read."""

import re
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tracker.responses.models import SurveyResponse
from tracker.surveys.models import Survey


def make_survey(session: Session, **values: Any) -> Survey:
    """A survey with a required choice, a long text and a number, at /s/abc234."""
    make.make_organisation(session)
    values = {"title": "Bus to the youth centre"} | values
    survey = make.make_survey(session, make.make_open_consultation(session, **values))
    survey.code = "abc234"
    make.make_question(session, survey, kind="yes_no", text="Would you come?", is_required=True)
    make.make_question(session, survey, text="What could be better?")
    make.make_question(session, survey, kind="number", text="How many stops?")
    return survey


def responses(session: Session) -> list[SurveyResponse]:
    session.expire_all()
    return list(session.scalars(select(SurveyResponse)))


def filled(**values: Any) -> dict[str, Any]:
    return {"submission_id": str(uuid4()), "q1": "yes", "q2": "Later buses"} | values


def words_on(page: str) -> list[str]:
    receipt = re.search(r'<ol class="receipt".*?</ol>', page, re.DOTALL)
    return re.findall(r"<li>(\w+)</li>", receipt[0]) if receipt else []
