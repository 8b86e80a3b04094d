"""The whole story of a consultation's reminders: every step past and to come, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from textwrap import shorten

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from tracker.channels.models import Preference
from tracker.channels.policy import digest_on
from tracker.channels.queries import preferences_of
from tracker.clock import day_in_words, local_date
from tracker.consultations.models import Consultation
from tracker.consultations.queries import events_of
from tracker.reminders.briefing import Briefing, briefings, open_cases
from tracker.reminders.cadences import versions_of
from tracker.reminders.circle import unreachable_because
from tracker.reminders.models import Case, MailState, Reminder, ReminderState
from tracker.reminders.policy import (
    CASE_LABELS,
    STEP_LABELS,
    DueStep,
    Step,
    decide,
    may_wait,
    plan,
    unsettled,
)
from tracker.services.queries import organisation

ACTION_SHOWN = 80  # characters


class RowState(StrEnum):
    SENT = "sent"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    WAITING = "waiting"
    TO_COME = "to come"
    HELD = "held"
    NOTE = "note"  # not a reminder: a clock that started or stopped, a snooze, a moved promise


@dataclass(frozen=True)
class Row:
    """One line of the story. `at` is the moment it happened; None for what is still to come."""

    on: date
    at: datetime | None
    case_id: int | None
    case: str
    state: RowState
    what: str
    step: Step | None = None
    to: tuple[str, ...] = ()
    why: str = ""
    mail_id: int | None = None
    action: str = ""  # what the action says that the case is about, if it is about one


@dataclass(frozen=True)
class Timeline:
    """What happened, oldest first, then what is to come. `is_sending` is the organisation's switch."""

    past: tuple[Row, ...]
    to_come: tuple[Row, ...]
    open_cases: tuple[Case, ...]
    is_sending: bool

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.past + self.to_come


# History that moves a clock, in the words of the timeline.
_MOVES = {
    "extended": "The closing date was moved",
    "reopened": "It was opened again",
    "promise_moved": "The promise date was moved",
    "owner_changed": "It got another owner",
    "said_no": "Young people said that it hasn't changed",
}


def timeline(session: Session, consultation: Consultation, *, now: datetime) -> Timeline:
    """Every reminder of the consultation, sent or not, and every one to come, with reasons."""
    own = organisation(session)
    zone, today = own.time_zone, local_date(now, own.time_zone)
    cases = _cases_of(session, consultation.id)
    past = list(_history(session, consultation, zone))
    past += _changes_of_cadence(session, consultation, cases, zone)
    chosen = preferences_of(session, {r.recipient_id for case in cases for r in case.reminders})
    for case in cases:
        past += _case_rows(case, zone, chosen)
    standing = open_cases(session, [consultation.id])
    coming = [
        row
        for briefing in briefings(session, standing, now=now).values()
        for row in _coming(briefing, today)
    ]
    return Timeline(
        past=tuple(
            sorted(past, key=lambda row: (row.at or now, row.state is not RowState.NOTE, row.on))
        ),
        to_come=tuple(sorted(coming, key=lambda row: (row.on, row.case_id or 0))),
        open_cases=tuple(standing),
        is_sending=own.is_sending,
    )


def _cases_of(session: Session, consultation_id: int) -> list[Case]:
    query = (
        select(Case)
        .where(Case.consultation_id == consultation_id)
        .options(
            selectinload(Case.reminders).joinedload(Reminder.recipient),
            selectinload(Case.reminders).joinedload(Reminder.mail),
            joinedload(Case.action),
        )
        .order_by(Case.id)
    )
    return list(session.scalars(query))


def _history(session: Session, consultation: Consultation, zone: str) -> Iterator[Row]:
    for event in events_of(session, consultation.id):
        if event.kind in _MOVES:
            yield Row(
                on=local_date(event.at, zone),
                at=event.at,
                case_id=None,
                case="",
                state=RowState.NOTE,
                what=_MOVES[event.kind],
                why=event.detail,
            )


def _changes_of_cadence(
    session: Session, consultation: Consultation, cases: list[Case], zone: str
) -> Iterator[Row]:
    """A note for each change of the cadence while a clock of this consultation ran."""
    for version in versions_of(session, None, consultation.service_id):
        if not any(_was_open(case, version.at) for case in cases):
            continue
        who = version.person.name if version.person else "Somebody"
        place = "everywhere" if version.service_id is None else "in this service"
        yield Row(
            on=local_date(version.at, zone),
            at=version.at,
            case_id=None,
            case="",
            state=RowState.NOTE,
            what=f"{who} changed when reminders go out {place}",
            why=version.summary,
        )


def _was_open(case: Case, at: datetime) -> bool:
    return case.opened_at <= at and (case.closed_at is None or at < case.closed_at)


def label_of(case: Case) -> str:
    """The case in words; a promised action by what it says."""
    label, action = CASE_LABELS[case.kind], _action_of(case)
    return f"{label}: {action}" if action else label


def _action_of(case: Case) -> str:
    version = case.action.published if case.action else None
    return shorten(version.text, ACTION_SHOWN, placeholder="…") if version else ""


def _case_rows(case: Case, zone: str, chosen: Mapping[int, Preference]) -> Iterator[Row]:
    def note(at: datetime, what: str, why: str = "") -> Row:
        on = local_date(at, zone)
        label, action = label_of(case), _action_of(case)
        return Row(on, at, case.id, label, RowState.NOTE, what, why=why, action=action)

    yield note(case.opened_at, "The clock started")
    for snooze in case.snoozes:
        who = snooze.person.name if snooze.person else "Somebody"
        until = day_in_words(snooze.until_on)
        yield note(snooze.at, f"{who} put it off until {until}", snooze.reason)
        if snooze.taken_back_at is not None:
            yield note(snooze.taken_back_at, f"{who} took that back")
    for reminder in case.reminders:
        digest = _digest_it_waits_for(case, reminder, chosen.get(reminder.recipient_id), zone)
        yield _reminder_row(case, reminder, digest)
    if case.closed_at is not None:
        yield note(case.closed_at, "The clock stopped", case.closed_because)


def _reminder_row(case: Case, reminder: Reminder, digest: str) -> Row:
    return Row(
        on=reminder.due_on,
        at=reminder.decided_at or reminder.queued_at,
        case_id=case.id,
        case=label_of(case),
        state=RowState(reminder.state.value),
        what=STEP_LABELS[reminder.step],
        step=reminder.step,
        to=(reminder.recipient.name,),
        why=reminder.reason or digest or _why_it_waits(reminder),
        mail_id=reminder.mail_id,
        action=_action_of(case),
    )


def _digest_it_waits_for(
    case: Case, reminder: Reminder, preference: Preference | None, zone: str
) -> str:
    """In words, if the reader chose a weekly digest and this one travels in it."""
    mail, weekday = reminder.mail, preference.choice.digest_weekday if preference else None
    if weekday is None or mail is None or mail.state is not MailState.WAITING or mail.attempts:
        return ""
    day = local_date(mail.not_before, zone)
    nation = case.consultation.service.nation
    if not may_wait(case.kind, reminder.step) or digest_on(day, weekday, nation) != day:
        return ""
    return f"It waits for the weekly digest on {day:%A} {day_in_words(day)}."


def _why_it_waits(reminder: Reminder) -> str:
    if reminder.state is not ReminderState.WAITING or reminder.mail is None:
        return ""
    if reminder.mail.state is MailState.SENDING:
        return "It was handed to the mail server; the answer isn't known yet."
    if reminder.mail.last_error:
        return f"The mail server said: {reminder.mail.last_error}"
    return "It goes out in the next hours for sending: a working day, 9 am to 4 pm."


def _coming(briefing: Briefing, today: date) -> Iterator[Row]:
    decision = decide(briefing.steps, briefing.records, today)
    waits = {r.step for r in briefing.reminders if r.state is ReminderState.WAITING}
    if decision.send is not None and decision.send.step not in waits:
        yield _due_row(briefing, decision.send, "It is due and will be queued at the next look.")
    overtaken = {due for due, _reason in decision.skipped}
    for due in unsettled(briefing.steps, briefing.records):
        if due in overtaken:
            yield _due_row(briefing, due, "A higher step is due: this one will be skipped.")
    for planned in plan(briefing.steps, briefing.records, today):
        why = ""
        if planned.gives_way_to is not None:
            why = f"It gives way on that day to: {STEP_LABELS[planned.gives_way_to]}."
        elif planned.due.due_on != planned.due.base_on:
            why = f"Snoozed; it would have come on {day_in_words(planned.due.base_on)}."
        yield _due_row(briefing, planned.due, why)


def _due_row(briefing: Briefing, due: DueStep, why: str) -> Row:
    people = briefing.circle.recipients(due.rule)
    lost = [unreachable_because(person) for person in people if not person.is_reachable]
    if not people:
        lost = ["There is nobody to send it to."]
    return Row(
        on=due.due_on,
        at=None,
        case_id=briefing.case.id,
        case=label_of(briefing.case),
        state=RowState.HELD if briefing.held else RowState.TO_COME,
        what=STEP_LABELS[due.step],
        step=due.step,
        to=tuple(person.name for person in people if person.is_reachable),
        why=" ".join(filter(None, (briefing.held, why, *lost))),
        action=_action_of(briefing.case),
    )
