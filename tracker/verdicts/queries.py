"""Reads about verdicts. True counts, for staff: what the public may see is for the board to say."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from tracker.actions.models import Action, ActionVersion
from tracker.responses.models import SurveyResponse
from tracker.safeguarding.models import Flag, FlagOutcome
from tracker.verdicts.models import TAKEN_BACK, Verdict
from tracker.verdicts.policy import VerdictValue

REASONS_SHOWN = 200


def verdict_counts(
    session: Session, action_ids: Collection[int]
) -> dict[int, dict[VerdictValue, int]]:
    """How often each verdict was given on the present change of each action, noughts included.

    One query. Verdicts of responses that were set aside don't count, nor those that were taken
    back or are on earlier changes.
    """
    counts = {action_id: dict.fromkeys(VerdictValue, 0) for action_id in action_ids}
    query = (
        select(Verdict.action_id, Verdict.value, func.count())
        .where(Verdict.action_id.in_(action_ids), _is_on_present_change(), _counts())
        .group_by(Verdict.action_id, Verdict.value)
    )
    for action_id, value, number in session.execute(query):
        counts[action_id][value] = number
    return counts


def counts_of_change(session: Session, action_id: int, change: date) -> dict[VerdictValue, int]:
    """How often each verdict was given on one change of one action, noughts included."""
    query = (
        select(Verdict.value, func.count())
        .where(Verdict.action_id == action_id, Verdict.changed_on == change, _counts())
        .group_by(Verdict.value)
    )
    found = {value: number for value, number in session.execute(query)}  # noqa: C416
    return dict.fromkeys(VerdictValue, 0) | found


def verdicts_of(session: Session, response_id: UUID) -> dict[int, VerdictValue]:
    """What one respondent said of the present change of each action they judged, by action id."""
    query = select(Verdict.action_id, Verdict.value).where(
        Verdict.response_id == response_id, _is_on_present_change()
    )
    return {row[0]: row[1] for row in session.execute(query)}


@dataclass(frozen=True)
class Reason:
    """Why somebody judged so, in their own words, and of which change."""

    value: VerdictValue
    why: str
    changed_on: date
    given_on: date


def reasons_for(session: Session, action: Action) -> list[Reason]:
    """Why young people judged the action as they did, the newest day first. For its team alone.

    Within a day by random ids: the list doesn't tell who came first. What is held for the
    safeguarding lead isn't in it.
    """
    query = (
        select(Verdict)
        .where(
            Verdict.action_id == action.id,
            Verdict.why != "",
            _counts(),
            ~_is_held(),
        )
        .order_by(Verdict.given_on.desc(), Verdict.id)
        .limit(REASONS_SHOWN)
    )
    return [Reason(v.value, v.why, v.changed_on, v.given_on) for v in session.scalars(query)]


def is_with_safeguarding(session: Session, verdict: Verdict) -> bool:
    """Whether the reason given with a verdict is for the safeguarding lead alone."""
    query = select(Verdict.id).where(Verdict.id == verdict.id, _is_held())
    return session.scalar(query) is not None


def held_verdicts(session: Session, response_id: UUID) -> Sequence[Verdict]:
    """The verdicts of a response whose reasons are for the safeguarding lead alone."""
    query = select(Verdict).where(Verdict.response_id == response_id, _is_held())
    return session.scalars(query).all()


def _is_held() -> ColumnElement[bool]:
    """Whether a flag on the verdict's reason is open, or was found to be a worry."""
    is_theirs = Flag.closed_at.is_(None) | (Flag.outcome == FlagOutcome.WORRY)
    return select(Flag.id).where(Flag.verdict_id == Verdict.id, is_theirs).exists()


def _counts() -> ColumnElement[bool]:
    """Whether the verdict counts: nobody took it back or set aside the response it comes from."""
    set_aside = select(SurveyResponse.id).where(
        SurveyResponse.id == Verdict.response_id, SurveyResponse.set_aside.is_not(None)
    )
    stands = or_(Verdict.voice.is_(None), ~Verdict.voice.startswith(TAKEN_BACK))
    return and_(stands, ~set_aside.exists())


def _is_on_present_change() -> ColumnElement[bool]:
    present = (
        select(ActionVersion.changed_on)
        .where(
            ActionVersion.action_id == Verdict.action_id,
            ActionVersion.published_at.is_not(None),
        )
        .order_by(ActionVersion.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    return Verdict.changed_on == present
