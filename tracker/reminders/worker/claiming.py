"""Claims on mails and what became of them: compare-and-set on the lease, so no outcome is overwritten.

A mail belongs to the worker whose name it carries until the lease is over. Each function is one
statement or two on one mail; the caller commits.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from sqlalchemy import ColumnElement, and_, case, delete, exists, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from tracker.accounts.models import Person
from tracker.channels.models import Preference
from tracker.channels.policy import Channel
from tracker.clock import CLOCKS_DIFFER
from tracker.reminders.models import WAITS, Mail, MailKind, MailState, Reminder, ReminderState
from tracker.subscriptions.models import Subscription

BATCH = 20
MAX_ATTEMPTS = 10
# How often its worker may have died before a mail is claimed by itself, so that from then on no other
# is to blame; and before it is given up.
COMPANY_LAPSES, MAX_LAPSES = 5, 25
URGENT_LEASE = timedelta(seconds=30)
URGENT_PAUSE = timedelta(minutes=1)  # the longest between two tries of an urgent mail
_JITTER = 0.15  # of a pause
# No mail is put off for longer: not even over the longest holidays of an organisation.
FURTHEST = timedelta(days=62)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=4)


def claim_urgent(session: Session, worker: str, *, now: datetime) -> list[int]:
    """Take up to `BATCH` urgent mails, at any hour; their ids.

    The lease is short: of an alert rather two copies with one Message-ID than one that waits for a
    worker that was killed.
    """
    return _claim(session, worker, Mail.is_urgent.is_(True), now=now, lease=URGENT_LEASE)


def claim(
    session: Session, worker: str, *, now: datetime, lease: timedelta, with_reminders: bool
) -> list[int]:
    """Take up to `BATCH` mails that are ready, or that a dead worker left; their ids."""
    which: ColumnElement[bool] = Mail.is_urgent.is_(False)
    if not with_reminders:
        which = and_(which, Mail.kind == MailKind.NOTICE)
    return _claim(session, worker, which, now=now, lease=lease)


def claim_for_elsewhere(
    session: Session, worker: str, *, now: datetime, lease: timedelta
) -> list[int]:
    """Take up to `BATCH` reminders whose readers chose another channel than mail; their ids."""
    chose = exists().where(
        Preference.person_id == Mail.recipient_id, Preference.channel != Channel.MAIL
    )
    which = and_(Mail.kind == MailKind.REMINDER, Mail.detour == "", chose)
    return _claim(session, worker, which, now=now, lease=lease)


def _claim(
    session: Session, worker: str, which: ColumnElement[bool], *, now: datetime, lease: timedelta
) -> list[int]:
    # A date further off than any honest one was written by a clock that ran ahead.
    too_long, too_far = now + lease + CLOCKS_DIFFER, now + FURTHEST
    is_over = or_(
        Mail.claimed_until < now,
        and_(Mail.claimed_by != "", Mail.claimed_until > too_long),
        Mail.claimed_until > too_far,
    )
    is_due = or_(Mail.not_before <= now, Mail.not_before > too_far)
    is_free = or_(Mail.claimed_until.is_(None), is_over)
    is_ready = and_(Mail.state == MailState.WAITING, is_due)
    is_left = Mail.state == MailState.SENDING
    query = select(Mail.id).where(or_(is_ready, is_left), is_free, which)
    query = query.order_by(Mail.not_before, Mail.id).limit(BATCH)
    # A CTE is run once; as a plain sub-select PostgreSQL may run it per row and claim too many.
    free = query.with_for_update(skip_locked=True).cte("free")
    was_left = Mail.claimed_by != ""  # who gives a mail back takes their name from it
    statement = (
        update(Mail)
        .where(Mail.id.in_(select(free.c.id)))
        .values(
            claimed_by=worker,
            claimed_until=now + lease,
            lapses=Mail.lapses + case((was_left, 1), else_=0),
            # What is still being tried never came to an end.
            attempts=Mail.attempts
            - case((and_(was_left, Mail.state == MailState.SENDING), 1), else_=0),
        )
        .returning(Mail.id, Mail.lapses)
        .execution_options(synchronize_session=False)
    )
    taken: dict[int, int] = dict(session.execute(statement).all())  # id, lapses
    alone = next((each for each in sorted(taken) if taken[each] >= COMPANY_LAPSES), None)
    if alone is None or len(taken) == 1:
        return sorted(taken)
    _leave_to_others(session, worker, taken.keys() - {alone})
    return [alone]


def _leave_to_others(session: Session, worker: str, ids: Collection[int]) -> None:
    """Give back what was only claimed: whoever claims next takes it."""
    session.execute(
        update(Mail)
        .where(Mail.id.in_(ids), Mail.claimed_by == worker)
        .values(claimed_until=None, claimed_by="")
        .execution_options(synchronize_session=False)
    )


def pause_after(attempts: int, mail_id: int) -> timedelta:
    """How long to wait after the `attempts`-th try (from 1): 5 minutes, doubled, at most 4 hours.

    Each mail waits up to 15 % less, by its id, so that what failed together doesn't come back
    together.
    """
    whole = min(_FIRST_PAUSE * (1 << min(attempts - 1, 10)), _LONGEST_PAUSE)
    return whole * (1 - _JITTER * crc32(f"{mail_id}/{attempts}".encode()) / 2**32)


def record_sent(session: Session, worker: str, mail_id: int, *, now: datetime) -> bool:
    """The server took it. False if the lease was lost and another worker answers for it now."""
    if not _set(session, worker, mail_id, state=MailState.SENT, sent_at=now, **_FREE):
        return False
    _settle(session, mail_id, ReminderState.SENT, "", now)
    _forget_words_to_subscriber(session, mail_id)
    return True


def record_refused(
    session: Session,
    worker: str,
    mail_id: int,
    why: str,
    *,
    now: datetime,
    is_recipient_gone: bool = False,
) -> bool:
    """Refused for good: no more tries. A dead address marks the person, whose work needs an owner."""
    if not _set(session, worker, mail_id, state=MailState.FAILED, last_error=why, **_UNSENT):
        return False
    _settle(
        session, mail_id, ReminderState.CANCELLED, f"The mail could not be delivered: {why}", now
    )
    if is_recipient_gone:
        subscriber = select(Mail.subscription_id).where(Mail.id == mail_id).scalar_subquery()
        session.execute(
            delete(Subscription)
            .where(Subscription.id == subscriber)
            .execution_options(synchronize_session=False)
        )
        recipient = select(Mail.recipient_id).where(Mail.id == mail_id).scalar_subquery()
        session.execute(
            update(Person)
            .where(Person.id == recipient)
            .values(is_bounced=True)
            .execution_options(synchronize_session=False)
        )
    return True


def hand_back(
    session: Session,
    worker: str,
    mail_id: int,
    why: str,
    *,
    until: datetime,
    is_unknown: bool,
    attempts: int,
) -> bool:
    """Nothing more can be done now; try again from `until` on.

    What is known not to have left is free to be written anew. What may have left (`is_unknown`)
    keeps its bytes, and its Message-ID makes a duplicate recognisable.
    """
    values: dict[str, Any] = {"last_error": why, "attempts": attempts, "claimed_by": ""}
    if is_unknown:
        return _set(session, worker, mail_id, claimed_until=until, **values)
    values |= {"state": MailState.WAITING, "claimed_until": None, "not_before": until, "day": None}
    return _set(session, worker, mail_id, **values)


def record_detour(session: Session, worker: str, mail_id: int, why: str, *, now: datetime) -> bool:
    """The channel its reader chose won't take it: it is written anew as a mail, and says why."""
    anew: dict[str, Any] = {"state": MailState.WAITING, "attempts": 0, "not_before": now}
    anew |= {"content": None, "message_id": "", "detour": why, "last_error": why}
    return _set(session, worker, mail_id, channel=Channel.MAIL, **anew, **_UNSENT)


_FREE: dict[str, Any] = {"claimed_until": None, "claimed_by": "", "last_error": ""}
_UNSENT: dict[str, Any] = {"claimed_until": None, "claimed_by": "", "day": None}


def _set(session: Session, worker: str, mail_id: int, **values: Any) -> bool:
    statement = (
        update(Mail)
        .where(
            Mail.id == mail_id,
            Mail.claimed_by == worker,
            Mail.state == MailState.SENDING,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    outcome = session.execute(statement)
    assert isinstance(outcome, CursorResult)  # noqa: S101  (what an UPDATE gives)
    return outcome.rowcount == 1


def _forget_words_to_subscriber(session: Session, mail_id: int) -> None:
    session.execute(
        update(Mail)
        .where(Mail.id == mail_id, Mail.recipient_id.is_(None))
        .values(content=None)
        .execution_options(synchronize_session=False)
    )


def _settle(
    session: Session, mail_id: int, state: ReminderState, reason: str, now: datetime
) -> None:
    session.execute(
        update(Reminder)
        .where(Reminder.mail_id == mail_id, WAITS)
        .values(state=state, reason=reason, decided_at=now)
        .execution_options(synchronize_session=False)
    )
