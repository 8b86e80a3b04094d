"""The look at what is due, a piece at a time: decide and write down, commit; then say when next.

The two are two transactions, so that whoever records a change never waits for a look. A worker
killed in between has the same looked at again, and nothing is queued twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.failpoints import reach
from tracker.reminders.operations import Due, due_looks, look_at, settle_looks

CHUNK = 500

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Seen:
    """How many consultations were looked at, and what came of it."""

    consultations: int = 0
    opened: int = 0
    closed: int = 0
    queued: int = 0
    skipped: int = 0

    def __add__(self, other: "Seen") -> "Seen":
        return Seen(
            self.consultations + other.consultations,
            self.opened + other.opened,
            self.closed + other.closed,
            self.queued + other.queued,
            self.skipped + other.skipped,
        )


def chunks_due(session: Session, clock: Clock) -> list[Sequence[Due]]:
    """What is due to be looked at, in pieces that fit into one statement."""
    due = due_looks(session, now=clock())
    return [due[start : start + CHUNK] for start in range(0, len(due), CHUNK)]


def look(session: Session, chunk: Sequence[Due], clock: Clock) -> Seen:
    """Look at one piece. Commits what it decided before it says when the next look is."""
    looked = look_at(session, [due.consultation_id for due in chunk], now=clock())
    reach("look.done")
    session.commit()
    reach("look.committed")
    settle_looks(session, chunk, looked.next)
    return Seen(
        consultations=len(chunk),
        opened=looked.synced.opened,
        closed=looked.synced.closed,
        queued=looked.queued.waiting,
        skipped=looked.queued.skipped,
    )
