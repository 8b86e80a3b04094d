"""Whether there is anything to do: one question to the database, answered from indexes alone.

It decides nothing: that something is found here only means that the parts of a tick look for
themselves.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from tracker.actions.models import ActionVersion
from tracker.clock import local_date
from tracker.consultations.models import Consultation
from tracker.db import UTCDateTime, reading
from tracker.reminders.models import (
    WAITS,
    Beat,
    Mail,
    MailState,
    NextLook,
    Reminder,
)
from tracker.reminders.policy import LONGEST
from tracker.safeguarding.models import Flag
from tracker.services.models import Organisation
from tracker.subscriptions.models import Subscription

# What waits for no fact and no moment of its own: old words to delete, news a week after the last.
CHORES, CHORES_EVERY = "chores", timedelta(minutes=15)
# How often a clock that finds nothing to do says that it ticks.
TICK, TICK_NOTED_EVERY = "tick", timedelta(minutes=1)


def is_anything_due(session: Session, *, now: datetime) -> bool:
    """Whether a tick at `now` would find something to do. Ends the transaction it reads in."""
    with reading():
        found = _asked(session, _ANYTHING, now)
        # Not a commit: after a few psycopg would have PostgreSQL plan this once for whatever moment, and
        # such a plan goes through all the looks there are. A rollback has it planned anew, for now.
        session.rollback()
    return found


def is_work_waiting(session: Session, *, now: datetime) -> bool:
    """Whether there is work for a tick at `now`, beside what it does every so often anyway."""
    return _asked(session, _WORK, now)


def _asked(session: Session, question: Select[str, bool, date | None], now: datetime) -> bool:
    values = {
        "now": now,
        "too_far": now + LONGEST,
        "chores_since": now - CHORES_EVERY,
        "tick_since": now - TICK_NOTED_EVERY,
    }
    row = session.connection().execute(question, values).first()
    if row is None:
        return False
    today, is_found, closes_on = local_date(now, row[0]), row[1], row[2]
    return is_found or (closes_on is not None and closes_on < today)


_NOW = bindparam("now", type_=UTCDateTime)


def _was_done(name: str, since: str) -> ColumnElement[bool]:
    """Whether this was done since that moment. A moment still to come doesn't count."""
    last = bindparam(since, type_=UTCDateTime)
    return exists().where(Beat.name == name, Beat.at > last, Beat.at <= _NOW)


def _mail_may_leave() -> ColumnElement[bool]:
    is_free = or_(Mail.claimed_until.is_(None), Mail.claimed_until < _NOW)
    return or_(
        exists().where(Mail.state == MailState.WAITING, Mail.not_before <= _NOW, is_free),
        exists().where(Mail.state == MailState.SENDING, is_free),
    )


# Made once: putting it together takes longer than answering it.
_IS_WORK = or_(
    exists().where(NextLook.at <= _NOW),
    exists().where(NextLook.at > bindparam("too_far", type_=UTCDateTime)),
    exists().where(Flag.look_at <= _NOW, Flag.acknowledged_at.is_(None), Flag.closed_at.is_(None)),
    exists().where(
        ActionVersion.publishes_at <= _NOW,
        ActionVersion.published_at.is_(None),
        ActionVersion.stopped_at.is_(None),
    ),
    exists().where(WAITS, Reminder.mail_id.is_(None)),
    exists().where(
        Subscription.confirmed_on.is_(None),
        Subscription.written_times < Subscription.asked_times,
    ),
    and_(Organisation.is_sending, _mail_may_leave()),
)
_FIRST_TO_CLOSE = select(func.min(Consultation.closes_on)).where(
    Consultation.opened_at.is_not(None),
    Consultation.closed_at.is_(None),
    Consultation.withdrawn_at.is_(None),
)


def _question(is_found: ColumnElement[bool]) -> Select[str, bool, date | None]:
    """All in one, for each trip to the database takes longer than the answer."""
    return select(Organisation.time_zone, is_found, _FIRST_TO_CLOSE.scalar_subquery())


_WORK = _question(_IS_WORK)
_ANYTHING = _question(
    or_(~_was_done(TICK, "tick_since"), ~_was_done(CHORES, "chores_since"), _IS_WORK)
)
