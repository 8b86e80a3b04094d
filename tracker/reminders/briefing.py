"""What the rows say about cases at one moment: the facts that the cadence decides by.

Read in a fixed number of queries however many cases are asked for. Never writes.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.accounts.queries import people_with_role
from tracker.actions.models import Action, ActionVersion
from tracker.clock import local_date
from tracker.consultations.models import Consultation, ConsultationEvent
from tracker.consultations.policy import default_promise, last_day
from tracker.loop.queries import Loop, loops_of
from tracker.reminders.cadences import cadences
from tracker.reminders.circle import Circle, circle_of
from tracker.reminders.models import Case, Mail, MailState, Reminder, ReminderState
from tracker.reminders.policy import (
    QUIET_AFTER_ACT,
    Cadence,
    CaseFacts,
    CaseKind,
    DueStep,
    Record,
    RecordState,
    reopened_promise,
    schedule,
)
from tracker.services.models import Service
from tracker.services.queries import organisation

log = logging.getLogger(__name__)

# What starts or stops a clock is no act on the case that it starts.
_CLOCK_EVENTS = ("created", "opened", "closed")


@dataclass(frozen=True)
class Briefing:
    """One case with all that the cadence asks about it."""

    case: Case
    cadence: Cadence  # as it holds in the case's service
    facts: CaseFacts
    steps: list[DueStep]
    reminders: tuple[Reminder, ...]
    records: list[Record]
    circle: Circle
    held: str
    acted_at: datetime | None

    @property
    def can_be_put_off(self) -> bool:
        """Whether the case has not been put off as often as it may be."""
        return len(self.case.pauses) < self.cadence.snoozes_per_case

    def scheduled(self, reminder: Reminder) -> DueStep | None:
        """The step of `reminder` as it is scheduled now; of one that repeats, the latest begun."""
        same = [due for due in self.steps if due.step is reminder.step]
        begun = [due for due in same if due.base_on <= reminder.due_on]
        if begun:
            return begun[-1]
        return same[0] if same else None


# The people around a consultation without their roles, which no cadence asks for.
WITHOUT_ROLES = (
    joinedload(Consultation.owner).lazyload(Person.roles),
    joinedload(Consultation.service).options(
        joinedload(Service.owner).lazyload(Person.roles),
        joinedload(Service.escalation_contact).lazyload(Person.roles),
        selectinload(Service.deputies).lazyload(Person.roles),
    ),
)


def open_cases(session: Session, consultation_ids: Sequence[int]) -> list[Case]:
    """The open cases of these consultations, oldest first, with what a briefing needs."""
    query = (
        select(Case)
        .join(Case.consultation)
        .where(Case.closed_at.is_(None), Case.consultation_id.in_(consultation_ids))
        .options(
            contains_eager(Case.consultation).options(*WITHOUT_ROLES), selectinload(Case.action)
        )
        .order_by(Case.id)
    )
    return list(session.scalars(query))


def briefings(session: Session, cases: Sequence[Case], *, now: datetime) -> dict[int, Briefing]:
    """What is known about each case at `now`, by case id. A case that can't be read is left out."""
    zone = organisation(session).time_zone
    today = local_date(now, zone)
    leads = tuple(people_with_role(session, RoleName.PARTICIPATION_LEAD))
    reminders = _reminders_of(session, [case.id for case in cases])
    consultation_ids = {case.consultation_id for case in cases}
    held = _held(session, consultation_ids)
    acted = _acts_of_owners(session, consultation_ids, now)
    settings = cadences(session)
    held_in = {place: settings.of(place) for place in {c.consultation.service_id for c in cases}}
    found = {}
    for case in cases:
        cadence = held_in[case.consultation.service_id]
        facts = facts_of(case, zone, cadence)
        own = tuple(reminders.get(case.id, ()))
        is_held = case.consultation_id in held and case.kind is not CaseKind.ORPHAN
        try:
            steps = schedule(facts, today)
        except OverflowError:  # a date at the end of time must not silence the other cases
            log.error("case %s has dates that can't be reckoned with", case.id)
            continue
        found[case.id] = Briefing(
            case=case,
            cadence=cadence,
            facts=facts,
            steps=steps,
            reminders=own,
            records=[_record(reminder) for reminder in own],
            circle=circle_of(case.consultation, leads),
            held=HELD_BY_MAIL if is_held else "",
            acted_at=acted.get(case.consultation_id),
        )
    return found


HELD_BY_MAIL = "An answer recorded by mail goes on the board within 24 hours."


def closed_on(consultation: Consultation, zone: str) -> date:
    """The last day for answers of a consultation that has closed."""
    assert consultation.closed_at is not None  # noqa: S101  (the caller knows that it has closed)
    return last_day(consultation.closed_at, consultation.closes_on, zone)


def promised_on(consultation: Consultation, zone: str) -> date | None:
    """The promise date; of one that closed without a promise, the date it would have been given."""
    if consultation.promise_on is not None or consultation.closed_at is None:
        return consultation.promise_on
    return default_promise(closed_on(consultation, zone))


def facts_of(case: Case, zone: str, cadence: Cadence) -> CaseFacts:
    """The case's dates as the cadence takes them."""
    consultation = case.consultation
    closed_at = consultation.closed_at
    starts_on = local_date(case.opened_at, zone)
    promise_on = promised_on(consultation, zone)
    if case.kind in (CaseKind.UNTOLD, CaseKind.NO_ANSWERS) and closed_at is not None:
        if case.opened_at > closed_at:
            promise_on = reopened_promise(promise_on, starts_on)
        else:
            starts_on = closed_on(consultation, zone)
    version = case.action.published if case.action else None
    return CaseFacts(
        kind=case.kind,
        nation=consultation.service.nation,
        starts_on=starts_on,
        promise_on=promise_on,
        due_on=version.due_on if version else None,
        snoozed_until=max((snooze.until_on for snooze in case.pauses), default=None),
        rules=cadence.rules[case.kind],
    )


def due_since(action: Action) -> datetime | None:
    """When the date an action is due by now was first published; None if nothing is due."""
    since: datetime | None = None
    due_on: date | None = None
    for version in action.versions:
        if version.published_at is None:
            continue
        if version.due_on is None:
            since = due_on = None
        elif version.due_on != due_on:
            since, due_on = version.published_at, version.due_on
    return since


def _reminders_of(session: Session, case_ids: list[int]) -> dict[int, list[Reminder]]:
    query = (
        select(Reminder)
        .outerjoin(Reminder.mail)
        .where(Reminder.case_id.in_(case_ids))
        .options(contains_eager(Reminder.mail).lazyload(Mail.recipient))
        .order_by(Reminder.id)
    )
    found: dict[int, list[Reminder]] = {}
    for reminder in session.scalars(query):
        found.setdefault(reminder.case_id, []).append(reminder)
    return found


def _record(reminder: Reminder) -> Record:
    return Record(reminder.step, reminder.due_on, _record_state(reminder))


def _record_state(reminder: Reminder) -> RecordState:
    if reminder.state is ReminderState.WAITING:
        is_flying = reminder.mail is not None and reminder.mail.state is MailState.SENDING
        return RecordState.FLYING if is_flying else RecordState.WAITING
    return RecordState.SENT if reminder.state is ReminderState.SENT else RecordState.DROPPED


def _held(session: Session, consultation_ids: Iterable[int]) -> set[int]:
    """Consultations with an answer recorded by mail that waits for its day to be over."""
    query = (
        select(Action.consultation_id)
        .join(ActionVersion, ActionVersion.action_id == Action.id)
        .where(
            Action.consultation_id.in_(consultation_ids),
            ActionVersion.publishes_at.is_not(None),
            ActionVersion.published_at.is_(None),
            ActionVersion.stopped_at.is_(None),
        )
    )
    return set(session.scalars(query))


def _acts_of_owners(
    session: Session, consultation_ids: Iterable[int], now: datetime
) -> dict[int, datetime]:
    query = (
        select(ConsultationEvent.consultation_id, func.max(ConsultationEvent.at))
        .join(Consultation, Consultation.id == ConsultationEvent.consultation_id)
        .where(
            ConsultationEvent.consultation_id.in_(consultation_ids),
            ConsultationEvent.person_id == Consultation.owner_id,
            ConsultationEvent.at > now - QUIET_AFTER_ACT,
            ConsultationEvent.at <= now,
            ConsultationEvent.kind.not_in(_CLOCK_EVENTS),
        )
        .group_by(ConsultationEvent.consultation_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def sound_loops(
    session: Session, consultations: Sequence[Consultation], *, now: datetime
) -> dict[int, Loop]:
    """How each loop stands, by consultation id. One with impossible dates is logged and left out."""
    try:
        return loops_of(session, consultations, now=now)
    except OverflowError:
        if len(consultations) == 1:
            log.error("consultation %s has dates that can't be reckoned with", consultations[0].id)
            return {}
    half = len(consultations) // 2
    first = sound_loops(session, consultations[:half], now=now)
    return first | sound_loops(session, consultations[half:], now=now)
