"""Alerts about flagged answers: finds whom to tell by now, and queues one mail to each of them.

Exactly once for each flag, step and person: the row that says so and the mail that carries it are
one transaction. A mail gathers all that is due to its reader at one look, so that a thousand flags
don't bury them. It never holds a word of an answer, nor which rule fitted.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from config import Config
from tracker.accounts.models import Person
from tracker.clock import CLOCKS_DIFFER, moment_in_words
from tracker.db import locked
from tracker.mail.render import render_mail
from tracker.reminders.models import Mail, MailState
from tracker.reminders.operations import queue_notice
from tracker.safeguarding.models import Flag, FlagCall
from tracker.safeguarding.policy import (
    Alarm,
    Call,
    CallKind,
    Hours,
    acknowledge_by,
    calls_due,
    next_look,
    start_of_hour,
)
from tracker.safeguarding.queries import as_guardians, guardians_of, may_read
from tracker.services.models import Organisation

# Flags looked at in one transaction: a whole flood, so that it fits into one mail.
MOST_AT_ONCE = 20_000
# Somebody who has just been written to is written to again only after this, with all that came
# meanwhile.
GATHERING = timedelta(seconds=30)
_UNDELIVERED = (MailState.FAILED, MailState.CANCELLED)


@dataclass(frozen=True)
class _Place:
    """Where something waits, and how much of it: all that an alert says."""

    consultation: str
    service: str
    number: int


def raise_alarms(session: Session, settings: Config, *, now: datetime) -> int:
    """Queue an alert to everybody who has to be told about a flag by now; how many alerts.

    Any number of workers may do so at once: each takes other flags (PostgreSQL), or its turn.
    """
    held = session.get(Organisation, 1)
    if held is None:
        return 0
    flags = _waiting(session, now)
    if not flags:
        return 0
    hours = Hours(held.acknowledge_hours, held.escalate_hours)
    people = guardians_of(session)
    guardians = as_guardians(people)
    unreached = _unreached(session, flags)
    due: dict[tuple[int, CallKind], list[tuple[Flag, Call]]] = defaultdict(list)
    lately = _written_to_lately(session, now)
    for flag in flags:
        owed = calls_due(_alarm(flag, unreached), guardians, hours, now)
        if any(call.person_id in lately for call in owed):
            continue  # it is looked at again in a moment
        for call in owed:
            due[call.person_id, call.kind].append((flag, call))
        flag.look_at = next_look(now)
    by_id = {person.id: person for person in people}
    for (person_id, kind), calls in due.items():
        _tell(session, settings, by_id[person_id], kind, calls, held, hours, people, now)
    return len(due)


def _waiting(session: Session, now: datetime) -> list[Flag]:
    """Flags that have to be looked at by now, the oldest look first."""
    query = (
        select(Flag)
        .where(Flag.look_at <= now, Flag.acknowledged_at.is_(None), Flag.closed_at.is_(None))
        .options(selectinload(Flag.calls), selectinload(Flag.consultation))
        .order_by(Flag.look_at, Flag.id)
        .limit(MOST_AT_ONCE)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(locked(query, of=Flag, skip_locked=True)))


def _written_to_lately(session: Session, now: datetime) -> set[int]:
    query = select(Mail.recipient_id).where(
        Mail.is_urgent,
        Mail.queued_at > now - GATHERING,
        Mail.queued_at <= now + CLOCKS_DIFFER,  # not one of a clock that ran ahead
    )
    return {person_id for person_id in session.scalars(query) if person_id is not None}


def _unreached(session: Session, flags: Sequence[Flag]) -> set[str]:
    """The keys of alerts that could not be delivered."""
    keys = {call.notice_key for flag in flags for call in flag.calls}
    if not keys:
        return set()
    query = select(Mail.notice_key).where(
        Mail.is_urgent, Mail.state.in_(_UNDELIVERED), Mail.notice_key.is_not(None)
    )
    return {key for key in session.scalars(query) if key in keys}


def _alarm(flag: Flag, unreached: set[str]) -> Alarm:
    return Alarm(
        raised_at=flag.raised_at,
        named=frozenset(flag.named),
        told=frozenset((call.step, call.person_id) for call in flag.calls),
        unreached=frozenset(c.person_id for c in flag.calls if c.notice_key in unreached),
    )


def _tell(
    session: Session,
    settings: Config,
    person: Person,
    kind: CallKind,
    calls: Sequence[tuple[Flag, Call]],
    held: Organisation,
    hours: Hours,
    people: Sequence[Person],
    now: datetime,
) -> None:
    """One mail, and the rows that say for which flags it is."""
    key = f"alarm/{kind.value}/{person.id}/{uuid4().hex}"
    for flag, call in calls:
        session.add(
            FlagCall(
                flag_id=flag.id,
                step=call.step,
                person_id=person.id,
                kind=kind,
                told_at=start_of_hour(now),
                notice_key=key,
            )
        )
    flags = list({flag.id: flag for flag, _ in calls}.values())
    rendered = render_mail(
        "alarm",
        kind=kind.value,
        person=person,
        organisation=held.name,
        number=len(flags),
        places=_places(flags),
        hours=hours,
        by=moment_in_words(
            max(now, min(acknowledge_by(flag.raised_at, hours) for flag in flags)), held.time_zone
        ),
        is_late=any(acknowledge_by(flag.raised_at, hours) <= now for flag in flags),
        leads=_leads_for(people, flags, person),
        url=f"{settings.base_url}/staff/worries",
        people_url=f"{settings.base_url}/staff/people",
    )
    queue_notice(session, recipient=person, key=key, rendered=rendered, now=now, is_urgent=True)


def _places(flags: Sequence[Flag]) -> list[_Place]:
    counted: dict[int, int] = defaultdict(int)
    consultations = {flag.consultation_id: flag.consultation for flag in flags}
    for flag in flags:
        counted[flag.consultation_id] += 1
    return [_Place(one.title, one.service.name, counted[key]) for key, one in consultations.items()]


def _leads_for(people: Sequence[Person], flags: Sequence[Flag], reader: Person) -> list[Person]:
    """Whom the reader may speak to about it: leads whom none of these answers names."""
    named = {person_id for flag in flags for person_id in flag.named}
    return [p for p in people if may_read(p) and p.id not in named and p.id != reader.id]
