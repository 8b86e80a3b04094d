"""Looking at the consultations that are due: their cases, what those are owed, and the next look.

It sends nothing. Any number of workers may look: they wait for each other while they decide, and
what one of them has settled none overwrites.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    any_,
    bindparam,
    cast,
    func,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from tracker.consultations.models import Consultation
from tracker.consultations.policy import ConsultationState
from tracker.db import UTCDateTime
from tracker.reminders.models import NextLook
from tracker.reminders.operations.cases import Synced, sync_cases
from tracker.reminders.operations.queueing import Queued, queue_due
from tracker.reminders.policy import LONGEST, next_look
from tracker.services.queries import organisation

# In one go; what is left over is due at the next tick still.
MOST_AT_ONCE = 5_000


class Due(NamedTuple):
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
    values = {"now": now, "too_far": now + LONGEST}
    return [Due(*row) for row in session.execute(_DUE, values)]


def _looks(found: ColumnElement[bool]) -> Select[int, int, datetime | None]:
    return select(NextLook.consultation_id, NextLook.changes, NextLook.at).where(found)


# Two questions, for SQLite answers one with OR by going through all there are.
_FOUND = union_all(
    _looks(NextLook.at <= bindparam("now", type_=UTCDateTime)),
    _looks(NextLook.at > bindparam("too_far", type_=UTCDateTime)),
).subquery()
_DUE = (
    select(_FOUND.c.consultation_id, _FOUND.c.changes)
    .order_by(_FOUND.c.at, _FOUND.c.consultation_id)
    .limit(MOST_AT_ONCE)
)


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
    alike: dict[tuple[datetime | None, int], list[str]] = {}
    for due in seen:
        key = (at[due.consultation_id], due.changes)
        alike.setdefault(key, []).append(str(due.consultation_id))
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    form, settled = ("[{}]", _SETTLED_ON_SQLITE) if is_sqlite else ("{{{}}}", _SETTLED)
    for (moment, changes), ids in alike.items():
        values = {"ids": form.format(",".join(ids)), "seen": changes, "moment": moment}
        session.execute(settled, values)


# Their ids in one text: a parameter for each takes longer than setting them all.
_IDS = bindparam("ids", type_=String)
_UNCHANGED = NextLook.changes == bindparam("seen", type_=Integer)
_FREE = (
    select(NextLook.consultation_id)
    .where(NextLook.consultation_id == any_(cast(_IDS, ARRAY(Integer))), _UNCHANGED)
    .with_for_update(skip_locked=True)
)
_MOMENT = bindparam("moment", type_=UTCDateTime)
_SETTLED = (
    update(NextLook)
    .where(NextLook.consultation_id == any_(func.array(_FREE.scalar_subquery())))
    .values(at=_MOMENT)
    .execution_options(synchronize_session=False)
)
# Nobody changes a fact while another writes.
_SETTLED_ON_SQLITE = (
    update(NextLook)
    .where(
        NextLook.consultation_id.in_(select(func.json_each(_IDS).table_valued("value").c.value)),
        _UNCHANGED,
    )
    .values(at=_MOMENT)
    .execution_options(synchronize_session=False)
)
