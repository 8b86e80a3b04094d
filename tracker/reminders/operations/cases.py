"""Opening and closing cases, from nothing but the rows: nobody has to remember to stop a chase.

Doing it again changes nothing. It sends nothing and queues nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, selectinload

from tracker.consultations.models import Consultation
from tracker.consultations.policy import ConsultationState
from tracker.loop.queries import Loop
from tracker.reminders.briefing import WITHOUT_ROLES, closed_on, sound_loops
from tracker.reminders.models import Case, Mail, MailState, Reminder, ReminderState
from tracker.reminders.operations.action_cases import (
    OF_ACTION,
    actions_to_watch,
    wanted_for_actions,
    why_over_for_action,
)
from tracker.reminders.operations.locking import lock_cadence
from tracker.reminders.policy import CaseKind, Standing, why_over
from tracker.services.models import Organisation
from tracker.services.queries import organisation

OF_CONSULTATION = (CaseKind.UNTOLD, CaseKind.NO_ANSWERS, CaseKind.ORPHAN)
OF_CLOSING = (CaseKind.UNTOLD, CaseKind.NO_ANSWERS)


@dataclass(frozen=True)
class Synced:
    """How many cases were opened and closed."""

    opened: int = 0
    closed: int = 0


def sync_cases(session: Session, ids: Sequence[int], *, now: datetime) -> Synced:
    """Make the open cases of these consultations those that the rows call for; close the others."""
    lock_cadence(session)
    consultations = list(session.scalars(_with_people(ids)))
    standings = _standings(session, consultations, now)
    cases = _cases_of(session, ids)
    actions = actions_to_watch(session, ids)
    zone = organisation(session).time_zone
    opened = closed = 0
    for consultation in consultations:
        if consultation.id not in standings:
            continue
        standing = standings[consultation.id]
        own = cases.get(consultation.id, [])
        closed += _close_what_is_over(session, own, standing, zone, now)
        fresh = _wanted(consultation, standing, own, now)
        if standing.is_chased and standing.state is not ConsultationState.WITHDRAWN:
            fresh += wanted_for_actions(actions.get(consultation.id, []), own, zone)
        session.add_all(fresh)
        opened += len(fresh)
    session.flush()
    return Synced(opened, closed)


def why_cases_are_over(session: Session, cases: Sequence[Case], *, now: datetime) -> dict[int, str]:
    """Why each of these cases is over at `now`, by case id; empty for one that stands."""
    consultations = list({case.consultation_id: case.consultation for case in cases}.values())
    standings = _standings(session, consultations, now)
    zone = organisation(session).time_zone
    return {
        case.id: _why_over(case, standings[case.consultation_id], zone)
        for case in cases
        if case.consultation_id in standings
    }


def _with_people(ids: Sequence[int]) -> Select[Consultation]:
    """Those of these consultations that were ever opened. Of a draft no case can be."""
    query = select(Consultation).where(
        Consultation.id.in_(ids), Consultation.opened_at.is_not(None)
    )
    return query.options(*WITHOUT_ROLES).order_by(Consultation.id)


def _cases_of(session: Session, ids: Sequence[int]) -> dict[int, list[Case]]:
    query = (
        select(Case)
        .where(Case.consultation_id.in_(ids))
        .options(selectinload(Case.action))
        .order_by(Case.id)
    )
    found: dict[int, list[Case]] = {}
    for case in session.scalars(query):
        found.setdefault(case.consultation_id, []).append(case)
    return found


def _standings(
    session: Session, consultations: list[Consultation], now: datetime
) -> dict[int, Standing]:
    own = organisation(session)
    loops = sound_loops(session, [c for c in consultations if c.closed_at], now=now)
    return {
        consultation.id: _standing(consultation, loops.get(consultation.id), own)
        for consultation in consultations
        if consultation.closed_at is None or consultation.id in loops
    }


def _standing(consultation: Consultation, loop: Loop | None, own: Organisation) -> Standing:
    owner = consultation.owner
    is_closed = consultation.closed_at is not None
    return Standing(
        state=consultation.state,
        is_chased=not is_closed or closed_on(consultation, own.time_zone) >= own.goes_live_on,
        responses=loop.facts.responses if loop else 0,
        is_told=bool(loop and loop.is_told),
        is_owned=owner is not None and owner.is_reachable,
    )


def _why_over(case: Case, standing: Standing, zone: str) -> str:
    if case.kind in OF_ACTION and standing.state is not ConsultationState.WITHDRAWN:
        return why_over_for_action(case, zone)
    closed_at = case.consultation.closed_at
    if case.kind in OF_CLOSING and closed_at and case.opened_at < closed_at:
        return "It was opened again and closed anew, so its clock starts anew."
    return why_over(case.kind, standing)


def _close_what_is_over(
    session: Session, cases: Iterable[Case], standing: Standing, zone: str, now: datetime
) -> int:
    closed = 0
    for case in cases:
        if case.closed_at is None and (reason := _why_over(case, standing, zone)):
            case.closed_at, case.closed_because = now, reason
            _cancel_waiting(session, case, reason, now)
            closed += 1
    session.flush()  # before a new case of the same kind takes the place
    return closed


def _cancel_waiting(session: Session, case: Case, reason: str, now: datetime) -> None:
    """Cancel what waits, but leave alone what a worker has in its hands."""
    waiting = (
        select(Reminder)
        .outerjoin(Reminder.mail)
        .where(
            Reminder.case_id == case.id,
            Reminder.state == ReminderState.WAITING,
            or_(Mail.id.is_(None), Mail.state == MailState.WAITING),
        )
    )
    for reminder in session.scalars(waiting):
        reminder.state, reminder.reason = ReminderState.CANCELLED, reason
        reminder.decided_at, reminder.mail_id = now, None


def _wanted(
    consultation: Consultation, standing: Standing, cases: list[Case], now: datetime
) -> list[Case]:
    is_open = {case.kind for case in cases if case.closed_at is None}
    return [
        Case(
            kind=kind,
            consultation_id=consultation.id,
            opened_at=_starts_at(kind, consultation, cases, now),
        )
        for kind in OF_CONSULTATION
        if kind not in is_open and not why_over(kind, standing)
    ]


def _starts_at(
    kind: CaseKind, consultation: Consultation, cases: list[Case], now: datetime
) -> datetime:
    """The close, for the first case of a closing; now, for an orphan or a loop that opened again.

    Never before the close, even on a clock that was set back since: such a case would be over at once.
    """
    closed_at = consultation.closed_at
    if kind is CaseKind.ORPHAN or closed_at is None:
        return now
    was_there = any(case.kind is kind and case.opened_at >= closed_at for case in cases)
    return max(now, closed_at) if was_there else closed_at
