"""Walking the clock over the present data to see who would get what, and when.

It works on a copy in memory, so it can't send, can't change and can't lock anything of the
original, whichever database that is. Children's answers are not copied: no reminder needs them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import create_engine, insert, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.pool import StaticPool

from config import Config
from tracker.clock import local_date, local_moment
from tracker.db import Base, prepare_engine, reading
from tracker.mail.transport import MemoryTransport
from tracker.reminders.models import Beat, Case, Mail, MailState, NextLook, Reminder
from tracker.reminders.policy import Step
from tracker.reminders.worker import tick
from tracker.responses.models import Answer
from tracker.services.queries import organisation
from tracker.subscriptions.models import Subscription, Told
from tracker.verdicts.models import Verdict

_TICKS_AT = (time(0, 10), time(9, 0), time(12, 0), time(15, 45))
_ROWS_AT_ONCE = 1000
# The words of children, and their addresses; and when to look next, which the copy knows by itself.
_NOT_COPIED = (
    NextLook.__tablename__,
    Beat.__tablename__,
    Answer.__tablename__,
    Verdict.__tablename__,
    Subscription.__tablename__,
    Told.__tablename__,
)


@dataclass(frozen=True)
class Foreseen:
    """One mail that would be sent: when, to whom, and the (step, consultation) pairs in it."""

    at: datetime
    name: str
    email: str
    subject: str
    reminders: tuple[tuple[Step, str], ...]


def simulate(
    session: Session, settings: Config, *, days: int, now: datetime
) -> Iterator[tuple[datetime, list[Foreseen]]]:
    """For each look at the clock in `days` days from `now`: the moment, and the mails then sent.

    Sending counts as switched on. Needs the app's context, for the addresses in the mails.
    """
    with _copy_of(session) as copy:
        own = organisation(copy)
        own.is_sending = True
        zone, first = own.time_zone, local_date(now, own.time_zone)
        copy.commit()
        for day in (first + timedelta(days=n) for n in range(days)):
            for at in _TICKS_AT:
                moment = local_moment(day, at, zone)
                if moment >= now:
                    yield moment, _look(copy, settings, moment)


def _look(copy: Session, settings: Config, moment: datetime) -> list[Foreseen]:
    tick(copy, MemoryTransport(), settings, clock=lambda: moment)
    query = (
        select(Mail)
        .where(
            Mail.state == MailState.SENT,
            Mail.sent_at == moment,
            Mail.recipient_id.is_not(None),
        )
        .options(
            selectinload(Mail.reminders).joinedload(Reminder.case).joinedload(Case.consultation),
            joinedload(Mail.recipient),
        )
        .order_by(Mail.id)
    )
    mails = list(copy.scalars(query))
    found = [
        Foreseen(
            at=moment,
            name=mail.person.name,
            email=mail.person.email,
            subject=mail.subject,
            reminders=tuple((r.step, r.case.consultation.title) for r in mail.reminders),
        )
        for mail in mails
    ]
    copy.commit()
    return found


@contextmanager
def _copy_of(session: Session) -> Iterator[Session]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    prepare_engine(engine)
    Base.metadata.create_all(engine)
    try:
        with Session(engine) as copy:
            _fill(copy, session)
            yield copy
    finally:
        engine.dispose()


def _fill(copy: Session, original: Session) -> None:
    with reading():
        for table in Base.metadata.sorted_tables:
            if table.name in _NOT_COPIED:
                continue
            found = original.execute(select(table).execution_options(yield_per=_ROWS_AT_ONCE))
            for rows in found.mappings().partitions():
                copy.execute(insert(table), [_without_subscriber(dict(row)) for row in rows])
        original.rollback()
    copy.commit()


def _without_subscriber(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"subscription_id": None} if "subscription_id" in row else row
