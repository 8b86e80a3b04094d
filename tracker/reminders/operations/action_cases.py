"""The cases of single actions: a date that was promised, and a change that young people deny.

Rows in, cases out: nothing is opened or closed here.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.actions.models import Action, ActionVersion, Reopening
from tracker.clock import day_in_words, local_moment
from tracker.reminders.briefing import due_since
from tracker.reminders.models import Case
from tracker.reminders.policy import CaseKind

# The same day begins at another moment once the organisation has moved to another time zone.
_SAME_DAY = timedelta(hours=22)
OF_ACTION = (CaseKind.LATE_ACTION, CaseKind.SAID_NO)


def actions_to_watch(session: Session, ids: Sequence[int]) -> dict[int, list[Action]]:
    """The actions that a date was published for, or that were reopened, by consultation id."""
    dated = select(ActionVersion.action_id).where(
        ActionVersion.due_on.is_not(None), ActionVersion.published_at.is_not(None)
    )
    query = select(Action).where(
        Action.consultation_id.in_(ids),
        or_(Action.id.in_(dated), Action.id.in_(select(Reopening.action_id))),
    )
    found: dict[int, list[Action]] = {}
    for action in session.scalars(query.order_by(Action.id)):
        found.setdefault(action.consultation_id, []).append(action)
    return found


def wanted_for_actions(actions: Sequence[Action], cases: Sequence[Case], zone: str) -> list[Case]:
    """The cases that these actions call for and that aren't open yet."""
    is_open = {(case.kind, case.action_id) for case in cases if case.closed_at is None}
    return [
        Case(
            kind=kind,
            consultation_id=action.consultation_id,
            action_id=action.id,
            opened_at=since,
        )
        for action in actions
        for kind, since in (
            (CaseKind.LATE_ACTION, due_since(action)),
            (CaseKind.SAID_NO, denied_since(action, zone)),
        )
        if since is not None and (kind, action.id) not in is_open
    ]


def why_over_for_action(case: Case, zone: str) -> str:
    """Why there is no such case (any more), in words; empty while there is one."""
    action = case.action
    assert action is not None  # noqa: S101  (an action is deleted with its cases)
    if case.kind is CaseKind.SAID_NO:
        return _why_not_denied(case, action, zone)
    version = action.published
    if version is None or version.due_on is None:
        return "The action has its outcome."
    if due_since(action) != case.opened_at:
        return f"A new date was published: {day_in_words(version.due_on)}."
    return ""


def _why_not_denied(case: Case, action: Action, zone: str) -> str:
    since = denied_since(action, zone)
    if since is None:
        return "A new change or an honest answer was published."
    if abs(since - case.opened_at) > _SAME_DAY:
        return "Young people said no to a newer change as well. Its clock starts anew."
    return ""


def denied_since(action: Action, zone: str) -> datetime | None:
    """The beginning of the day on which young people reopened the action; None if it is settled."""
    reopening = action.asked_again
    return local_moment(reopening.reopened_on, time(0), zone) if reopening else None
