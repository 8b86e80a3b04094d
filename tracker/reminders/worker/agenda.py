"""Whether there is anything to do: one question to the database, answered from indexes alone.

It decides nothing: that something is found here only means that the parts of a tick look for
themselves.
"""

from datetime import datetime, timedelta

from sqlalchemy import Boolean, ColumnElement, Date, Select, and_, bindparam, exists, or_, select
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
        session.rollback()
    return found


def is_work_waiting(session: Session, *, now: datetime) -> bool:
    """Whether there is work for a tick at `now`, beside what it does every so often anyway."""
    return _asked(session, _WORK, now)


def _asked(session: Session, question: Select[bool], now: datetime) -> bool:
    connection = session.connection()
    own = connection.execute(_OWN).first()
    if own is None:
        return False
    values = {
        "now": now,
        "today": local_date(now, own.time_zone),
        "too_far": now + LONGEST,
        "chores_since": now - CHORES_EVERY,
        "tick_since": now - TICK_NOTED_EVERY,
        "is_sending": own.is_sending,
    }
    return bool(connection.execute(question, values).scalar_one())


_OWN = select(Organisation.time_zone, Organisation.is_sending)
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
        Consultation.opened_at.is_not(None),
        Consultation.closed_at.is_(None),
        Consultation.withdrawn_at.is_(None),
        Consultation.closes_on < bindparam("today", type_=Date),
    ),
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
    and_(bindparam("is_sending", type_=Boolean), _mail_may_leave()),
)
_WORK = select(_IS_WORK)
_ANYTHING = select(
    or_(~_was_done(TICK, "tick_since"), ~_was_done(CHORES, "chores_since"), _IS_WORK)
)
