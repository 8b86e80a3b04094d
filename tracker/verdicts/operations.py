"""Writes of verdicts. What a "no" leads to is decided elsewhere; nothing is reopened here."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.actions.models import Action
from tracker.clock import local_date
from tracker.errors import Conflict
from tracker.responses.models import SurveyResponse
from tracker.services.queries import organisation
from tracker.themes.models import Coding
from tracker.verdicts.models import Verdict
from tracker.verdicts.policy import VerdictValue, may_judge


class NotYoursToJudge(Conflict):
    """The action isn't said to be done, or answers nothing that this response said."""


def give_verdict(
    session: Session,
    response: SurveyResponse,
    action: Action,
    value: VerdictValue,
    *,
    now: datetime,
) -> Verdict:
    """What the respondent thinks of the action; an earlier verdict of theirs is replaced.

    The row of the response is held, so a double tap makes one verdict.
    """
    held = select(SurveyResponse.id).where(SurveyResponse.id == response.id).with_for_update()
    session.execute(held)
    outcome = action.published.outcome if action.published else None
    coded = session.scalars(select(Coding.theme_id).where(Coding.response_id == response.id))
    answered = [theme.id for theme in action.themes]
    if response.set_aside or not may_judge(outcome, answered, coded.all()):
        raise NotYoursToJudge(
            "We can't take your view on this. It may have changed since the page was opened. "
            "Open the page again to see what is there now."
        )
    today = local_date(now, organisation(session).time_zone)
    verdict = session.get(Verdict, (response.id, action.id))
    if verdict is None:
        verdict = Verdict(response_id=response.id, action_id=action.id)
        session.add(verdict)
    verdict.value, verdict.given_on = value, today
    session.flush()
    return verdict
