"""Answers that are held for the safeguarding lead: because of their wording, or because staff worry.

In the transaction that stores or sets aside the answer. Nobody is told here: the worker does that.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.responses.models import SetAsideReason, SurveyResponse
from tracker.safeguarding.operations import flag_worry, raise_flag
from tracker.safeguarding.wording import known_wording
from tracker.surveys.models import Survey
from tracker.surveys.question_types import type_of
from tracker.surveys.question_types.written import Written


def hold_if_worrying(
    session: Session, response: SurveyResponse, values: Mapping[str, Any], *, now: datetime
) -> bool:
    """Hold a stored response if what its respondent wrote raises a flag; whether it does.

    `values` are its answers by question key. Only their own words are looked at, never the choices
    that an author wrote for them.
    """
    flag = raise_flag(
        session,
        response_id=response.id,
        consultation=response.survey.consultation,
        texts=_written(response.survey, values),
        now=now,
    )
    if flag is None:
        return False
    # The day it came in, so that nothing beside the answer tells more than that.
    response.set_aside, response.set_aside_on = SetAsideReason.HELD, response.received_on
    response.set_aside_by = None
    session.flush()
    return True


def is_harmless(wording_stamp: str, survey: Survey, values: Mapping[str, Any]) -> bool:
    """Whether nothing of what a respondent wrote would be held; no, where that can't be told without
    asking the database for the rules in force.
    """
    wording = known_wording(wording_stamp)
    return wording is not None and not wording.matches(_written(survey, values))


def tell_safeguarding(
    session: Session, response: SurveyResponse, *, person_id: int, now: datetime
) -> None:
    """Raise the flag of a member of staff who worries about a response."""
    keys = {question.id: question.key for question in response.survey.questions}
    values = {keys[answer.question_id]: answer.value for answer in response.answers}
    flag_worry(
        session,
        response_id=response.id,
        consultation=response.consultation,
        texts=_written(response.survey, values),
        person_id=person_id,
        now=now,
    )


def _written(survey: Survey, values: Mapping[str, Any]) -> list[str]:
    return [
        str(values[question.key])
        for question in survey.questions
        if question.key in values and isinstance(type_of(question), Written)
    ]
