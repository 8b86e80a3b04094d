"""What a clock that ran ahead has left behind, mended once it shows the right time again.

While it was ahead, dates of things to come were written as if they had come: mails were put off far
into the future, steps skipped that aren't due yet, pauses and cases begun on days that lie ahead.
What was sent stays sent, and what people said stays as they said it. It sends nothing.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, Update, delete, func, or_, select, union_all, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from tracker.actions.models import ActionVersion, Reopening
from tracker.actions.policy import MAIL_HOLD
from tracker.clock import CLOCKS_DIFFER, local_date, local_moment
from tracker.consultations.models import Consultation
from tracker.reminders.models import (
    Beat,
    Case,
    Mail,
    MailState,
    NextLook,
    Reminder,
    ReminderState,
    Snooze,
)
from tracker.reminders.operations.locking import lock_cadence
from tracker.reminders.policy import SNOOZE_DAYS, CaseKind
from tracker.safeguarding.models import Flag
from tracker.safeguarding.policy import start_of_hour
from tracker.services.queries import organisation

log = logging.getLogger(__name__)

# An alert is looked at again after at most this long.
LONGEST_LOOK = timedelta(hours=1)
# Rows are numbered in the order of writing: what a clock that ran ahead wrote is among the newest.
_NEWEST = 50
# An alert that was written ahead of time must not count as one of the last hour: it would hold back
# those that are true.
_NO_ALERT = ~Mail.is_urgent


def mend_after_clock(session: Session, *, now: datetime) -> int:
    """Mend what was written for moments that haven't come; how many rows. Nothing, mostly.

    One small query while all is well, whatever the tables hold.
    """
    ahead = now + CLOCKS_DIFFER
    newest = session.scalar(_newest_writing())
    if newest is None or newest <= ahead:
        return 0
    lock_cadence(session)
    zone = organisation(session).time_zone
    mended = _rows(session, _forget_undone(ahead))
    for statement in _statements(now, ahead, zone):
        mended += _rows(session, statement)
    session.expire_all()
    log.warning("the clock was ahead until %s: mended %s rows", newest.isoformat(), mended)
    return mended


def _newest_writing() -> Select[datetime]:
    """The latest moment at which one of the newest rows says that it was written, or the clock ticked."""
    newest = (
        select(Reminder.queued_at.label("at")).order_by(Reminder.id.desc()),
        select(Mail.queued_at.label("at")).where(_NO_ALERT).order_by(Mail.id.desc()),
    )
    parts = [select(each.limit(_NEWEST).subquery()) for each in newest]
    written = union_all(select(Beat.at), *parts).subquery()
    return select(func.max(written.c.at))


def _rows(session: Session, statement: Any) -> int:
    outcome = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(outcome, CursorResult)  # noqa: S101  (what an UPDATE or a DELETE gives)
    return outcome.rowcount


def _forget_undone(ahead: datetime) -> Any:
    """Reminders that were never sent and were queued or decided ahead of time: they come again."""
    flying = select(Mail.id).where(Mail.state == MailState.SENDING)
    return delete(Reminder).where(
        Reminder.state != ReminderState.SENT,
        or_(Reminder.queued_at > ahead, Reminder.decided_at > ahead),
        or_(Reminder.mail_id.is_(None), Reminder.mail_id.not_in(flying)),
    )


def _statements(now: datetime, ahead: datetime, zone: str) -> Iterator[Update]:
    today = local_date(now, zone)
    # Counted as written now: else it would all be mended again at each tick until the moment comes.
    yield update(Reminder).where(Reminder.queued_at > ahead).values(queued_at=now)
    yield update(Mail).where(_NO_ALERT, Mail.queued_at > ahead).values(queued_at=now)
    waits, flies = Mail.state == MailState.WAITING, Mail.state == MailState.SENDING
    yield update(Mail).where(waits, Mail.not_before > ahead).values(not_before=now)
    yield update(Mail).where(waits, Mail.claimed_until > ahead).values(claimed_until=None)
    yield update(Mail).where(flies, Mail.claimed_until > ahead).values(claimed_until=ahead)
    # Held answers become public a day from now; what is public became so now at the latest.
    held = (ActionVersion.published_at.is_(None), ActionVersion.stopped_at.is_(None))
    until = now + MAIL_HOLD
    late = ActionVersion.publishes_at > ahead + MAIL_HOLD
    yield update(ActionVersion).where(*held, late).values(publishes_at=until)
    public = ActionVersion.published_at > ahead
    yield update(ActionVersion).where(public).values(published_at=now)
    yield update(Reopening).where(Reopening.reopened_on > today).values(reopened_on=today)
    yield from _cases(now, ahead, local_moment(today, time(0), zone))
    longest = today + timedelta(days=SNOOZE_DAYS)
    yield update(Snooze).where(Snooze.until_on > longest).values(until_on=longest)
    # When to look again was reckoned by the wrong clock.
    yield update(NextLook).where(NextLook.at > now).values(at=now, changes=NextLook.changes + 1)
    yield update(Flag).where(Flag.raised_at > ahead).values(raised_at=start_of_hour(now))
    yield update(Flag).where(Flag.look_at > ahead + LONGEST_LOOK).values(look_at=now)


def _cases(now: datetime, ahead: datetime, midnight: datetime) -> Iterator[Update]:
    """Clocks that haven't started start now, but for those of a close that is still to come."""
    begun = update(Case).where(Case.closed_at.is_(None), Case.opened_at > ahead)
    to_close = select(Consultation.id).where(Consultation.closed_at > now)
    yield begun.where(Case.kind == CaseKind.SAID_NO).values(opened_at=midnight)
    yield begun.where(
        Case.kind != CaseKind.SAID_NO,
        or_(Case.kind == CaseKind.LATE_ACTION, Case.consultation_id.not_in(to_close)),
    ).values(opened_at=now)
