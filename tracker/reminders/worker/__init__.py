"""One tick of the clock: close what is over, publish what is due, look at what is due, deliver.

Safe in any number of processes at once and after any crash. A part that fails is logged and doesn't
stop the parts that follow; the next tick does what this one left. No word of a respondent is logged.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from sqlalchemy.orm import Session

from config import Config
from tracker.actions.operations import publish_due
from tracker.channels.outlets import NO_OUTLETS, Outlets
from tracker.failpoints import reach
from tracker.mail.transport import Transport
from tracker.opening.operations import close_due
from tracker.reminders.operations import (
    Due,
    gather_in_mails,
    is_time_for,
    mend_after_clock,
    note_beat,
)
from tracker.reminders.worker.agenda import (
    CHORES,
    CHORES_EVERY,
    TICK,
    is_anything_due,
)
from tracker.reminders.worker.alarms import raise_alarms
from tracker.reminders.worker.chores import do_chores
from tracker.reminders.worker.delivering import Clock, Delivered, deliver
from tracker.reminders.worker.failures import place_of
from tracker.reminders.worker.looking import Seen, chunks_due, look
from tracker.reminders.worker.subscribers import write_to_subscribers

__all__ = ["Clock", "Part", "Summary", "deliver", "tick"]

log = logging.getLogger(__name__)
Outcome = TypeVar("Outcome")

# More than it takes to find the one of 500 consultations that breaks.
MOST_FAILURES = 20


@dataclass(frozen=True)
class Summary:
    """What one tick did."""

    closed: int = 0  # consultations closed on their closing date
    published: int = 0  # answers recorded by mail that went on the board
    looked_at: int = 0  # consultations
    opened_cases: int = 0
    closed_cases: int = 0
    queued: int = 0
    skipped: int = 0
    sent: int = 0
    refused: int = 0
    put_off: int = 0
    failures: int = 0  # parts that broke; the log says which
    expired: int = 0  # consultations whose answers were deleted, their day being over


# What a feature above does at each tick: a name for the log, and the work, which may commit as it goes.
Part = tuple[str, Callable[[Session, Config, Clock], object]]


def tick(
    session: Session,
    transport: Transport,
    settings: Config,
    *,
    clock: Clock,
    parts_above: Sequence[Part] = (),
    outlets: Outlets = NO_OUTLETS,
) -> Summary:
    """Do everything that is due, and at the end what features above do, due or not.

    `clock` is read anew for each part and each mail. `outlets` are the channels beside mail.
    """
    one = _Tick(session, transport, settings, clock, outlets)
    is_due = one.part("asking", lambda: is_anything_due(session, now=clock()), True)
    summary = one.run() if is_due else Summary()
    for name, do in parts_above:
        one.part(name, partial(do, session, settings, clock), None)
    return replace(summary, failures=len(one.failures))


@dataclass
class _Tick:
    """One tick with its tools, and the parts of it that failed."""

    session: Session
    transport: Transport
    settings: Config
    clock: Clock
    outlets: Outlets
    failures: list[str] = field(default_factory=list)

    def run(self) -> Summary:
        session, clock = self.session, self.clock
        self.part("mending after the clock", lambda: mend_after_clock(session, now=clock()), 0)
        # Before all else, so that nothing else can hold an alert back.
        self.alarms()
        closed = self.part("closing", lambda: close_due(session, now=clock()), 0)
        published = self.part("publishing", lambda: publish_due(session, now=clock()), 0)
        seen = self.look()
        expired = self.chores()
        self.part("writing to subscribers", self.write_to_subscribers, 0)
        self.part("gathering", lambda: gather_in_mails(session, now=clock()), None)
        delivered = self.part("delivery", self.deliver, Delivered())
        noted = ", ".join(self.failures)
        self.part("noting", lambda: note_beat(session, TICK, now=clock(), failures=noted), None)
        return Summary(
            closed=closed,
            published=published,
            looked_at=seen.consultations,
            opened_cases=seen.opened,
            closed_cases=seen.closed,
            queued=seen.queued,
            skipped=seen.skipped,
            sent=delivered.sent,
            refused=delivered.refused,
            put_off=delivered.put_off,
            failures=len(self.failures),
            expired=expired,
        )

    def part(self, name: str, do: Callable[[], Outcome], otherwise: Outcome) -> Outcome:
        """Do one part and commit it; `otherwise` if it fails."""
        try:
            done = do()
            reach(f"tick.{name}.done")
            self.session.commit()
            reach(f"tick.{name}.committed")
        except Exception as error:
            self.session.rollback()
            log.error("%s failed: %s", name, place_of(error))
            self.failures.append(name)
            return otherwise
        return done

    def alarms(self) -> None:
        self.part("alarms", lambda: raise_alarms(self.session, self.settings, now=self.clock()), 0)

    def look(self) -> Seen:
        """At every consultation that is due; one that can't be looked at keeps few others waiting."""
        total, nothing = Seen(), list[Sequence[Due]]()
        waiting = self.part("finding", lambda: chunks_due(self.session, self.clock), nothing)
        while waiting:
            chunk = waiting.pop(0)
            seen = self.part(
                "looking", partial[Seen | None](look, self.session, chunk, self.clock), None
            )
            if seen is not None:
                total += seen
            elif len(chunk) > 1 and len(self.failures) < MOST_FAILURES:
                half = len(chunk) // 2
                waiting[:0] = [chunk[:half], chunk[half:]]
        return total

    def chores(self) -> int:
        """What is done every so often; of how many consultations the answers were deleted."""
        session, now = self.session, self.clock()
        if not is_time_for(session, CHORES, every=CHORES_EVERY, now=now):
            return 0
        return self.part("chores", lambda: do_chores(session, now=now), 0)

    def write_to_subscribers(self) -> int:
        return write_to_subscribers(self.session, self.settings, now=self.clock())

    def deliver(self) -> Delivered:
        return deliver(
            self.session,
            self.transport,
            self.settings,
            clock=self.clock,
            look=self.alarms,
            outlets=self.outlets,
        )
