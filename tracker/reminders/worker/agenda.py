"""Whether there is anything to do: one question to the database, answered from indexes alone.

It decides nothing: that something is found here only means that the parts of a tick look for
themselves. It asks for moments and compares them here, so that nothing in the question ever differs:
PostgreSQL then plans it once, and for every moment alike.
"""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    case,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from tracker.actions.models import ActionVersion
from tracker.clock import local_date
from tracker.consultations.models import Consultation
from tracker.db import reading
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
    """Whether a tick at `now` would find something to do. The transaction goes on."""
    with reading():
        agenda = _read(session)
    if agenda is None:
        return False
    is_noted = _was_done(agenda.ticked_at, TICK_NOTED_EVERY, now)
    is_tidy = _was_done(agenda.chores_at, CHORES_EVERY, now)
    return not (is_noted and is_tidy) or _is_work(agenda, now)


def is_work_waiting(session: Session, *, now: datetime) -> bool:
    """Whether there is work for a tick at `now`, beside what it does every so often anyway."""
    agenda = _read(session)
    return agenda is not None and _is_work(agenda, now)


class _Agenda(NamedTuple):
    """When each kind of work begins to wait; None if there is none. In the order of the question."""

    time_zone: str
    is_sending: bool
    ticked_at: datetime | None
    chores_at: datetime | None
    first_look: datetime | None
    last_look: datetime | None
    first_alert: datetime | None
    first_publishing: datetime | None
    first_closing: date | None
    first_mail: datetime | None
    first_claim_over: datetime | None
    is_mail_nobodys: bool  # one under way that is in no worker's hands
    is_reminder_waiting: bool
    is_subscriber_waiting: bool


def _is_work(agenda: _Agenda, now: datetime) -> bool:
    moments = [agenda.first_look, agenda.first_alert, agenda.first_publishing]
    if agenda.is_sending:
        moments += [agenda.first_mail, agenda.first_claim_over]
    today = local_date(now, agenda.time_zone)
    return (
        agenda.is_reminder_waiting
        or agenda.is_subscriber_waiting
        or (agenda.is_sending and agenda.is_mail_nobodys)
        or any(moment is not None and moment <= now for moment in moments)
        or (agenda.last_look is not None and agenda.last_look > now + LONGEST)
        or (agenda.first_closing is not None and agenda.first_closing < today)
    )


def _was_done(last: datetime | None, every: timedelta, now: datetime) -> bool:
    """Whether it was done so lately. A moment still to come doesn't count."""
    return last is not None and now - every < last <= now


def _read(session: Session) -> _Agenda | None:
    row = session.connection().execute(_QUESTION).first()
    return None if row is None else _Agenda(*row)


def _beat(name: str) -> ScalarSelect[datetime]:
    return select(Beat.at).where(Beat.name == literal_column(f"'{name}'")).scalar_subquery()


def _first(
    moment: ColumnElement[Any] | InstrumentedAttribute[Any], *where: ColumnElement[bool]
) -> ScalarSelect[Any]:
    return select(func.min(moment)).where(*where).scalar_subquery()


# States are written out: where they are parameters, the plan is one for any state.
_WAITING = Mail.state == literal_column(f"'{MailState.WAITING}'")
_SENDING = Mail.state == literal_column(f"'{MailState.SENDING}'")
# What is in a worker's hands may leave when the claim is over, but not before its time.
_MAY_LEAVE_AT = case(
    (and_(_WAITING, Mail.not_before > Mail.claimed_until), Mail.not_before),
    else_=Mail.claimed_until,
)
# Made once: putting it together takes longer than answering it.
_QUESTION = select(
    Organisation.time_zone,
    Organisation.is_sending,
    _beat(TICK),
    _beat(CHORES),
    _first(NextLook.at),
    select(func.max(NextLook.at)).scalar_subquery(),
    _first(Flag.look_at, Flag.acknowledged_at.is_(None), Flag.closed_at.is_(None)),
    _first(
        ActionVersion.publishes_at,
        ActionVersion.published_at.is_(None),
        ActionVersion.stopped_at.is_(None),
    ),
    _first(
        Consultation.closes_on,
        Consultation.opened_at.is_not(None),
        Consultation.closed_at.is_(None),
        Consultation.withdrawn_at.is_(None),
    ),
    _first(Mail.not_before, _WAITING, Mail.claimed_until.is_(None)),
    _first(_MAY_LEAVE_AT, Mail.claimed_until.is_not(None)),
    exists().where(_SENDING, Mail.claimed_until.is_(None)),
    exists().where(WAITS, Reminder.mail_id.is_(None)),
    exists().where(
        Subscription.confirmed_on.is_(None),
        Subscription.written_times < Subscription.asked_times,
    ),
)
