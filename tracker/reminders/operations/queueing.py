"""Queueing what is due: reminder rows by the cadence, and the one mail a day they travel in.

It sends nothing. Any number of workers may call it at once: they wait for each other, and the
unique key (case, step, recipient, local due date) would stop a second row even if they did not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session, selectinload

from tracker.accounts.models import Person
from tracker.channels.queries import preferences_of
from tracker.clock import local_date
from tracker.consultations.models import Consultation
from tracker.db import insert_new
from tracker.reminders.briefing import Briefing, briefings, open_cases
from tracker.reminders.circle import unreachable_because
from tracker.reminders.models import (
    WAITS,
    Case,
    Mail,
    MailKind,
    MailState,
    Reminder,
    ReminderState,
)
from tracker.reminders.operations.locking import lock_cadence
from tracker.reminders.policy import (
    Ahead,
    DueStep,
    RecordState,
    ahead,
    decide,
    digest_moment,
    may_wait,
    next_window,
)
from tracker.services.models import Service
from tracker.services.queries import organisation
from tracker.working_days import Nation

Row = dict[str, Any]


@dataclass(frozen=True)
class Loose:
    """A waiting reminder that has no mail yet."""

    id: int
    recipient_id: int
    nation: Nation
    may_wait: bool  # for its reader's digest


@dataclass(frozen=True)
class Queued:
    """How many reminders wait from now on, how many were skipped; what lies ahead of each open case."""

    waiting: int
    skipped: int
    ahead: dict[int, list[Ahead]]  # by consultation id


def queue_due(session: Session, ids: Sequence[int], *, now: datetime) -> Queued:
    """Write down what the open cases of these consultations are owed at `now`."""
    lock_cadence(session)
    today = local_date(now, organisation(session).time_zone)
    found = briefings(session, open_cases(session, ids), now=now).values()
    rows = [row for briefing in found for row in _rows(briefing, today, now)]
    _insert_new(session, rows)
    lies_ahead: dict[int, list[Ahead]] = {}
    for each in found:
        lies_ahead.setdefault(each.case.consultation_id, []).append(_ahead(each, today))
    return Queued(
        waiting=sum(row["state"] is ReminderState.WAITING for row in rows),
        skipped=sum(row["state"] is ReminderState.SKIPPED for row in rows),
        ahead=lies_ahead,
    )


def gather_in_mails(session: Session, *, now: datetime) -> None:
    """Give every reminder that waits by itself its mail; drop the mails that have none left."""
    lock_cadence(session)
    if loose := _loose_reminders(session, Reminder.mail_id.is_(None)):
        _put_in_mails(session, loose, now)
    _drop_empty_mails(session)


def plan_anew(session: Session, person_id: int, *, now: datetime) -> None:
    """Set when what waits for this person leaves, after they chose how often to be written to."""
    lock_cadence(session)
    mails = [each for each in _unsent_mails(session, {person_id}).values() if not each.attempts]
    for mail in mails:
        loose = _loose_reminders(session, Reminder.mail_id == mail.id)
        moments = _earliest(session, loose, now)
        mail.not_before = min(moments.values(), default=mail.not_before)


def _ahead(briefing: Briefing, today: date) -> Ahead:
    due = decide(briefing.steps, briefing.records, today).send
    has_nobody = due is not None and not briefing.circle.recipients(due.rule)
    return ahead(briefing.steps, briefing.records, today, has_nobody=has_nobody)


def _rows(briefing: Briefing, today: date, now: datetime) -> Iterator[Row]:
    """The reminder rows that one case is owed now. Those that wait already are brought into line with it."""
    if briefing.held:
        return
    decision = decide(briefing.steps, briefing.records, today)
    if decision.send is None:
        return
    people = briefing.circle.recipients(decision.send.rule)
    if not people:
        return  # nobody to send it to: it stays due until there is somebody
    _bring_into_line(briefing, decision.send, now)
    waits = {(r.step, r.recipient_id) for r in briefing.reminders if _is_waiting(r)}
    for person in people:
        if (decision.send.step, person.id) not in waits:
            yield _row(briefing, decision.send, person, now, unreachable_because(person))
    for due, reason in decision.skipped:
        for person in briefing.circle.recipients(due.rule):
            yield _row(briefing, due, person, now, reason)


def _row(briefing: Briefing, due: DueStep, person: Person, now: datetime, reason: str) -> Row:
    """One row: skipped with `reason`, or waiting if there is none."""
    return {
        "case_id": briefing.case.id,
        "step": due.step,
        "recipient_id": person.id,
        "due_on": due.due_on,
        "state": ReminderState.SKIPPED if reason else ReminderState.WAITING,
        "reason": reason,
        "queued_at": now,
        "decided_at": now if reason else None,
    }


def _is_waiting(reminder: Reminder) -> bool:
    return reminder.state is ReminderState.WAITING


def _bring_into_line(briefing: Briefing, send: DueStep, now: datetime) -> None:
    """Skip what still waits of other steps; what waits of this one waits for the day it is due now.

    Its day may have moved since. With the old day in its key, whatever is dropped at the last moment
    would leave the step open, to begin again at another day's look. A worker may have a reminder
    in its hands: that one stays as it is.
    """
    known = {(r.step, r.recipient_id, r.due_on) for r in briefing.reminders}
    for reminder, record in zip(briefing.reminders, briefing.records, strict=True):
        if record.state is not RecordState.WAITING:
            continue
        if briefing.scheduled(reminder) != send:
            reminder.state, reminder.decided_at = ReminderState.SKIPPED, now
            reminder.reason = "A higher step came due before it could be sent."
            reminder.mail = None
        elif (send.step, reminder.recipient_id, send.due_on) not in known:
            reminder.due_on = send.due_on


def _insert_new(session: Session, rows: list[Row]) -> None:
    session.flush()
    if rows:
        session.execute(insert_new(session.get_bind(), Reminder), rows)


def _put_in_mails(session: Session, loose: list[Loose], now: datetime) -> None:
    """Give every waiting reminder its mail: the person's unsent one, or a new one."""
    mails = _unsent_mails(session, {each.recipient_id for each in loose})
    earliest = _earliest(session, loose, now)
    for each in loose:
        mail = mails.get(each.recipient_id)
        if mail is None:
            mail = mails[each.recipient_id] = Mail(
                kind=MailKind.REMINDER,
                recipient_id=each.recipient_id,
                queued_at=now,
                not_before=earliest[each.id],
            )
            session.add(mail)
        mail.not_before = min(mail.not_before, earliest[each.id])
    session.flush()
    changes = [{"id": each.id, "mail_id": mails[each.recipient_id].id} for each in loose]
    session.execute(update(Reminder), changes)
    session.expire_all()


def _earliest(session: Session, loose: list[Loose], now: datetime) -> dict[int, datetime]:
    """The first moment at which each of these reminders may leave, by its id."""
    zone = organisation(session).time_zone
    has_had_one = _mailed_today(session, local_date(now, zone))
    chosen = preferences_of(session, {each.recipient_id for each in loose})
    found = {}
    for each in loose:
        not_today = each.recipient_id in has_had_one
        moment = next_window(now, zone, each.nation, not_today=not_today)
        preference = chosen.get(each.recipient_id)
        weekday = preference.choice.digest_weekday if preference else None
        if weekday is not None and each.may_wait:
            moment = digest_moment(moment, weekday, zone, each.nation)
        found[each.id] = moment
    return found


def _loose_reminders(session: Session, which: ColumnElement[bool]) -> list[Loose]:
    query = (
        select(Reminder.id, Reminder.recipient_id, Service.nation, Case.kind, Reminder.step)
        .join(Case, Case.id == Reminder.case_id)
        .join(Consultation, Consultation.id == Case.consultation_id)
        .join(Service, Service.id == Consultation.service_id)
        .where(WAITS, which)
        .order_by(Reminder.id)
    )
    return [
        Loose(row.id, row.recipient_id, row.nation, may_wait(row.kind, row.step))
        for row in session.execute(query)
    ]


def _unsent_mails(session: Session, people: set[int]) -> dict[int, Mail]:
    query = (
        select(Mail)
        .where(Mail.kind == MailKind.REMINDER, Mail.state == MailState.WAITING)
        .options(selectinload(Mail.recipient))
    )
    return {
        mail.recipient_id: mail for mail in session.scalars(query) if mail.recipient_id in people
    }


def _mailed_today(session: Session, today: date) -> set[int]:
    query = select(Mail.recipient_id).where(Mail.kind == MailKind.REMINDER, Mail.day == today)
    return set(session.scalars(query))


def _drop_empty_mails(session: Session) -> None:
    """Cancel the unsent mails whose reminders were all cancelled or overtaken."""
    has_reminders = exists().where(Reminder.mail_id == Mail.id, WAITS)
    session.execute(
        update(Mail)
        .where(Mail.kind == MailKind.REMINDER, Mail.state == MailState.WAITING, ~has_reminders)
        .values(state=MailState.CANCELLED, last_error="Nothing was left to say.", day=None)
        .execution_options(synchronize_session=False)
    )
