"""What is done every so often: deleting for good what may be kept no longer.

Only by a clock that has run for a day without a leap. Nothing brings back an answer that was deleted
because a server's clock stood a year ahead for a minute; a day more after a weekend's rest harms nobody.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from tracker.reminders.models import Beat
from tracker.reminders.operations import note_beat
from tracker.reminders.worker.agenda import CHORES
from tracker.responses.operations import delete_expired
from tracker.subscriptions.operations import delete_old
from tracker.verdicts.operations import forget_reasons

log = logging.getLogger(__name__)

LEAP, STEADY_FOR = "leap", timedelta(days=1)
# A rest from one day to the next at the same hour is none, nor on the day on which summer time ends.
LONGEST_REST = timedelta(hours=25)


def do_chores(session: Session, *, now: datetime) -> int:
    """Delete what is due to be deleted; of how many consultations the answers were."""
    expired = 0
    if _is_steady(session, now):
        delete_old(session, now=now)
        forget_reasons(session, now=now)
        expired = delete_expired(session, now=now)
    note_beat(session, CHORES, now=now)
    return expired


def _is_steady(session: Session, now: datetime) -> bool:
    """Whether the clock has not leapt for a day. A leap that is noticed only now is noted."""
    last, leap = (session.get(Beat, name, populate_existing=True) for name in (CHORES, LEAP))
    if last is not None and not timedelta(0) <= now - last.at <= LONGEST_REST:
        log.warning("the clock went from %s to %s: nothing is deleted for a day", last.at, now)
        note_beat(session, LEAP, now=now)
        return False
    return leap is None or not leap.at <= now < leap.at + STEADY_FOR
