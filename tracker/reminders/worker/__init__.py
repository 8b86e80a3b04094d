"""One tick of the clock: close what is over, publish what is due, look at every case, deliver.

Safe in any number of processes at once and after any crash. A part that fails is logged and doesn't
stop the parts that follow; the next tick does what this one left. No word of a respondent is logged.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.orm import Session

from config import Config
from tracker.actions.operations import publish_due
from tracker.mail.transport import Transport
from tracker.opening.operations import close_due
from tracker.reminders.operations import Queued, Synced, queue_due, sync_cases
from tracker.reminders.worker.alarms import raise_alarms
from tracker.reminders.worker.delivering import Clock, Delivered, deliver
from tracker.reminders.worker.failures import place_of
from tracker.reminders.worker.subscribers import write_to_subscribers
from tracker.responses.operations import delete_expired
from tracker.verdicts.operations import forget_reasons

__all__ = ["Clock", "Summary", "deliver", "tick"]

log = logging.getLogger(__name__)
Outcome = TypeVar("Outcome")


@dataclass(frozen=True)
class Summary:
    """What one tick did."""

    closed: int  # consultations closed on their closing date
    published: int  # answers recorded by mail that went on the board
    opened_cases: int
    closed_cases: int
    queued: int
    skipped: int
    sent: int
    refused: int
    put_off: int
    failures: int  # parts that broke; the log says which
    expired: int = 0  # consultations whose answers were deleted, their day being over


def tick(session: Session, transport: Transport, settings: Config, *, clock: Clock) -> Summary:
    """Do everything that is due. `clock` is read anew for each part and each mail."""
    failures: list[str] = []

    def part(name: str, do: Callable[[], Outcome], otherwise: Outcome) -> Outcome:
        try:
            done = do()
            session.commit()
        except Exception as error:
            session.rollback()
            log.error("%s failed: %s", name, place_of(error))
            failures.append(name)
            return otherwise
        return done

    def alarms() -> None:
        part("alarms", lambda: raise_alarms(session, settings, now=clock()), 0)

    # First of all, so that nothing else can hold an alert back.
    alarms()
    closed = part("closing", lambda: close_due(session, now=clock()), 0)
    expired = part("deleting", lambda: delete_expired(session, now=clock()), 0)
    part("forgetting reasons", lambda: forget_reasons(session, now=clock()), 0)
    published = part("publishing", lambda: publish_due(session, now=clock()), 0)
    synced = part("looking at cases", lambda: sync_cases(session, now=clock()), Synced(0, 0))
    part(
        "writing to subscribers",
        lambda: write_to_subscribers(session, settings, now=clock()),
        0,
    )
    queued = part("queueing", lambda: queue_due(session, now=clock()), Queued(0, 0))
    delivered = part(
        "delivery",
        lambda: deliver(session, transport, settings, clock=clock, look=alarms),
        Delivered(),
    )
    return Summary(
        closed=closed,
        published=published,
        opened_cases=synced.opened,
        closed_cases=synced.closed,
        queued=queued.waiting,
        skipped=queued.skipped,
        sent=delivered.sent,
        refused=delivered.refused,
        put_off=delivered.put_off,
        failures=len(failures),
        expired=expired,
    )
