"""Looking at the consultations that are due: their cases, what those are owed, and the next look.

It sends nothing. Any number of workers may look: they wait for each other while they decide, and
what one of them has settled none overwrites.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from tracker.consultations.models import Consultation
from tracker.consultations.policy import ConsultationState
from tracker.reminders.models import NextLook
from tracker.reminders.operations.cases import Synced, sync_cases
from tracker.reminders.operations.queueing import Queued, queue_due
from tracker.reminders.policy import LONGEST, next_look
from tracker.services.queries import organisation

# In one go; what is left over is due at the next tick still.
MOST_AT_ONCE = 5_000


@dataclass(frozen=True)
class Due:
    """A consultation that is due to be looked at, and how often its facts had changed by then."""

    consultation_id: int
    changes: int


@dataclass(frozen=True)
class Looked:
    """What came of looking at some consultations, and when each is to be looked at again."""

    synced: Synced
    queued: Queued
    next: dict[int, datetime | None]  # by consultation id


def due_looks(session: Session, *, now: datetime) -> list[Due]:
    """The consultations to be looked at by `now`, those that wait longest first. Holds nothing."""
    query = (
        select(NextLook.consultation_id, NextLook.changes)
        .where(or_(NextLook.at <= now, NextLook.at > now + LONGEST))
        .order_by(NextLook.at, NextLook.consultation_id)
        .limit(MOST_AT_ONCE)
    )
    return [Due(row[0], row[1]) for row in session.execute(query)]


def look_at(session: Session, ids: Sequence[int], *, now: datetime) -> Looked:
    """Open and close the cases of these consultations, and queue what is due to be said about them."""
    synced = sync_cases(session, ids, now=now)
    queued = queue_due(session, ids, now=now)
    zone = organisation(session).time_zone
    consultations = session.scalars(select(Consultation).where(Consultation.id.in_(ids)))
    return Looked(
        synced,
        queued,
        {
            each.id: next_look(
                queued.ahead.get(each.id, ()),
                is_in_play=each.opened_at is not None and each.withdrawn_at is None,
                is_open=each.state is ConsultationState.OPEN,
                now=now,
                time_zone=zone,
            )
            for each in consultations
        },
    )


def settle_looks(session: Session, seen: Sequence[Due], at: dict[int, datetime | None]) -> None:
    """Set when these are looked at again. For a transaction of its own, after that of the look.

    One whose facts have changed meanwhile, or are just being changed, stays due. So it waits for
    nobody, and nobody who writes a fact waits for a look.
    """
    query = (
        select(NextLook.consultation_id, NextLook.changes)
        .where(NextLook.consultation_id.in_(at))
        .with_for_update(skip_locked=True)
    )
    unchanged = {Due(row[0], row[1]) for row in session.execute(query)} & set(seen)
    alike: dict[datetime | None, list[int]] = {}
    for due in unchanged:
        alike.setdefault(at[due.consultation_id], []).append(due.consultation_id)
    for moment, ids in alike.items():
        settled = update(NextLook).where(NextLook.consultation_id.in_(ids)).values(at=moment)
        session.execute(settled.execution_options(synchronize_session=False))
