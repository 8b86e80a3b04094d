"""Reads about verdicts. True counts, for staff: what the public may see is for the board to say."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.responses.models import SurveyResponse
from tracker.verdicts.models import Verdict
from tracker.verdicts.policy import VerdictValue


def verdict_counts(
    session: Session, action_ids: Collection[int]
) -> dict[int, dict[VerdictValue, int]]:
    """How often each verdict was given on each of the actions, noughts included.

    One query. Verdicts of responses that were set aside don't count.
    """
    counts = {action_id: dict.fromkeys(VerdictValue, 0) for action_id in action_ids}
    query = (
        select(Verdict.action_id, Verdict.value, func.count())
        .join(SurveyResponse, SurveyResponse.id == Verdict.response_id)
        .where(Verdict.action_id.in_(action_ids), SurveyResponse.set_aside.is_(None))
        .group_by(Verdict.action_id, Verdict.value)
    )
    for action_id, value, number in session.execute(query):
        counts[action_id][value] = number
    return counts


def verdicts_of(session: Session, response_id: UUID) -> dict[int, VerdictValue]:
    """What one respondent said of each action they judged, by action id."""
    query = select(Verdict.action_id, Verdict.value).where(Verdict.response_id == response_id)
    return {row[0]: row[1] for row in session.execute(query)}
