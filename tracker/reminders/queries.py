"""Reads of the reminder engine: the next step of a loop, and the outbox. The story is in `timelines`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from tracker.clock import local_date
from tracker.errors import NotFound
from tracker.reminders.briefing import Briefing, briefings, open_cases
from tracker.reminders.models import Case, Mail, MailState, Reminder
from tracker.reminders.policy import (
    STEP_LABELS,
    DueStep,
    RecordState,
    Step,
    can_hold,
    decide,
    plan,
)
from tracker.reminders.timelines import Row, RowState, Timeline, timeline
from tracker.services.queries import organisation

__all__ = [
    "NextStep",
    "OutboxPage",
    "Row",
    "RowState",
    "Timeline",
    "case_or_404",
    "cases_that_can_wait",
    "count_given_up",
    "mail_or_404",
    "next_steps",
    "open_cases_of",
    "outbox_page",
    "timeline",
]

PAGE = 50
# What was given up longer ago than this is seen in the outbox alone.
GIVEN_UP_SHOWN = timedelta(days=14)


@dataclass(frozen=True)
class NextStep:
    """What happens next in a loop if nobody does anything: which step, on what day, to whom."""

    step: Step
    label: str
    on: date
    to: tuple[str, ...]


def open_cases_of(session: Session, consultation_id: int) -> list[Case]:
    """The open cases of one consultation, oldest first."""
    query = (
        select(Case)
        .where(Case.consultation_id == consultation_id, Case.closed_at.is_(None))
        .order_by(Case.id)
    )
    return list(session.scalars(query))


def cases_that_can_wait(session: Session, cases: Sequence[Case], *, now: datetime) -> list[Case]:
    """Those of these open cases that may be put off once more, with a step that a snooze holds."""
    known = briefings(session, cases, now=now).values()
    return [
        each.case for each in known if each.can_be_put_off and can_hold(each.steps, each.records)
    ]


def case_or_404(session: Session, case_id: int) -> Case:
    """The case with this id, or `NotFound`."""
    found = session.get(Case, case_id)
    if found is None:
        raise NotFound("There is no such case. It may have been deleted with its consultation.")
    return found


def next_steps(
    session: Session, consultation_ids: Iterable[int], *, now: datetime
) -> dict[int, NextStep]:
    """The next step of each consultation that has one, by consultation id. Few queries in all."""
    ids = list(consultation_ids)
    cases = open_cases(session, ids)
    today = local_date(now, organisation(session).time_zone)
    found: dict[int, NextStep] = {}
    for briefing in briefings(session, cases, now=now).values():
        step = next_step(briefing, today)
        earliest = found.get(briefing.case.consultation_id)
        if step is not None and (earliest is None or step.on < earliest.on):
            found[briefing.case.consultation_id] = step
    return found


def next_step(briefing: Briefing, today: date) -> NextStep | None:
    """The next step of one case: one that waits or is due already, else the first to come."""
    due = decide(briefing.steps, briefing.records, today).send or _waiting(briefing)
    if due is None:
        to_come = plan(briefing.steps, briefing.records, today)
        due = next((step.due for step in to_come if step.gives_way_to is None), None)
    return None if due is None else _in_words(briefing, due, today)


def _waiting(briefing: Briefing) -> DueStep | None:
    waits = (
        briefing.scheduled(reminder)
        for reminder, record in zip(briefing.reminders, briefing.records, strict=True)
        if record.state is RecordState.WAITING
    )
    return next(waits, None)


def _in_words(briefing: Briefing, due: DueStep, today: date) -> NextStep:
    people = briefing.circle.recipients(due.rule)
    names = tuple(person.name for person in people if person.is_reachable)
    return NextStep(due.step, STEP_LABELS[due.step], max(due.due_on, today), names)


def mail_or_404(session: Session, mail_id: int) -> Mail:
    """The mail with this id, or `NotFound`."""
    found = session.get(Mail, mail_id)
    if found is None:
        raise NotFound("There is no such mail. It may have been deleted.")
    return found


def count_given_up(session: Session, *, now: datetime) -> int:
    """Mails of the last `GIVEN_UP_SHOWN` that were given up, and that a person can mend."""
    query = select(func.count()).where(
        Mail.state == MailState.FAILED, Mail.queued_at > now - GIVEN_UP_SHOWN
    )
    return session.scalar(query) or 0


@dataclass(frozen=True)
class OutboxPage:
    """One page of the outbox, newest first, with how many mails there are in each state."""

    mails: list[Mail]
    counts: dict[MailState, int]
    page: int
    pages: int


def outbox_page(session: Session, state: MailState | None, page: int) -> OutboxPage:
    """Page `page` (from 1) of the mails, of one state or of all."""
    query = select(Mail.state, func.count()).group_by(Mail.state)
    counts = {row[0]: row[1] for row in session.execute(query)}
    total = sum(counts.values()) if state is None else counts.get(state, 0)
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    listed = (
        select(Mail)
        .outerjoin(Mail.recipient)
        .options(
            contains_eager(Mail.recipient),
            selectinload(Mail.reminders).joinedload(Reminder.case).joinedload(Case.consultation),
        )
        .order_by(Mail.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    if state is not None:
        listed = listed.where(Mail.state == state)
    return OutboxPage(list(session.scalars(listed)), counts, page, pages)
