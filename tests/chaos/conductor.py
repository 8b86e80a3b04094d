"""Conducts the chaos: starts everything, harms it at random for as long as there is work, and lets it
come to rest. What happened is in the ledgers; whether it was all right says the `checker`.

Kills are spread evenly over the work and not over the time, so that each of them interrupts something
however many there are.
"""

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bench.serving import ROOT, Site
from tests.chaos import stage as stages
from tests.chaos.behaviours import BEHAVIOURS
from tests.chaos.certificates import make_certificates
from tests.chaos.clockwork import Clockwork
from tests.chaos.ledger import Ledger
from tests.chaos.processes import Tail, Talker, Web, Workers, talking, wait_a_moment
from tests.chaos.stage import STEPS, TOLD_ON, Stage, build, tell
from tracker.clock import local_moment, seconds_running
from tracker.db import db, reading
from tracker.reminders.models import Mail, MailState
from tracker.reminders.policy import is_in_hours, next_window
from tracker.reminders.worker.agenda import is_work_waiting
from tracker.reminders.worker.delivering import LEASE
from tracker.working_days import Nation

SPEED = 60.0  # a minute in each second
ENVIRON = {"LOOPKEEPER_SPAM_CHECKS": "0", "LOOPKEEPER_SCHEDULER": "0"}
_ZONE = "Europe/London"
_BEFORE_NINE = time(8, 59, 40)
_EVENING = timedelta(minutes=30)
# A paused worker comes back when its leases are over.
_PAUSE = LEASE.total_seconds() / SPEED * 1.2
# What the mail server does wrong, without blaming an address for it or holding anybody for long.
FAULTS = [
    each.name
    for each in BEHAVIOURS
    if each.outcome in ("sent", "later", "unknown", "patchy")
    and not (each.holds or each.signs_in)
    and each.security == "none"
]
_FAULTY_FOR = (0.1, 0.6)  # seconds
_PATIENCE = 600  # seconds without any progress: it hangs


@dataclass(frozen=True)
class Plan:
    """How much of everything."""

    kills: int
    reminders: int
    submissions: int
    workers: int
    seed: int = 1


@dataclass
class Spread:
    """So many acts, spread evenly over some work."""

    acts: int
    progress: Callable[[], float]  # from 0 to 1
    done: int = 0

    def is_due(self) -> bool:
        """Each in the middle of its share of the work."""
        return self.done < self.acts and self.done + 0.5 <= self.acts * self.progress()


@dataclass
class Conductor:
    """One chaos on one site."""

    place: Site
    database: str
    plan: Plan
    session: Session
    stage: Stage
    web: Web
    workers: Workers
    postbox: Talker
    writer: "subprocess.Popen[bytes]"
    dice: random.Random
    _clock: Clockwork = field(init=False)
    _decent_at: float | None = None
    _told: bool = False
    _is_done: bool = False  # all the work; the harm that is left is done at once

    def __post_init__(self) -> None:
        folder = self.place.folder
        self._clock = Clockwork(folder / "clock")
        self._acts = Ledger(folder / "conductor")
        kept = Tail(folder / "server", b'"is_kept": true')
        over = Tail(folder / "answers", b'"acknowledged"', b'"given up"', b'"refused"')
        kills, plan = self.plan.kills, self.plan
        on_web = max(1, kills // 10)

        def answered() -> float:
            return 1.0 if self._is_done else over.look() / max(1, plan.submissions)

        def mailed() -> float:
            return 1.0 if self._is_done else kept.look() / max(1, self.stage.mails)

        def all_done() -> int:
            return kept.look() + over.look()

        self._progress = all_done
        self._spreads: tuple[tuple[Spread, Callable[[], None]], ...] = (
            (Spread(on_web, answered), self._harm_web),
            (Spread(kills - on_web, mailed), self._harm_worker),
            (Spread(max(1, kills // 10), mailed), self._pause),
            (Spread(max(2, kills // 2), mailed), self._confuse_server),
        )

    def conduct(self) -> None:
        """Until all the work is done, all the harm too, and everything is at rest."""
        last, last_at = -1, seconds_running()
        looked_at = 0.0
        while True:
            self._tidy_up()
            harmed = [do() for spread, do in self._spreads if self._take(spread)]
            now = seconds_running()
            if now - looked_at > 0.3:
                looked_at = now
                is_at_rest = self._move_clock()
                if is_at_rest and self.writer.poll() is not None:
                    if self._is_done and not harmed and self._decent_at is None:
                        return
                    self._is_done = True
            if (progress := self._progress()) != last or harmed:
                last, last_at = progress, now
            if now - last_at > _PATIENCE:
                raise RuntimeError(f"nothing happens any more, at {self._clock.now()}")
            wait_a_moment()

    def _take(self, spread: Spread) -> bool:
        if not spread.is_due():
            return False
        spread.done += 1
        return True

    # --- the clock ---

    def _move_clock(self) -> bool:
        """Jump to what comes next if nothing is to be done now; whether nothing comes any more."""
        now = self._clock.now()
        try:
            with reading():
                if not is_work_waiting(self.session, now=now + LEASE):
                    coming = sorted(self._moments(now))
                elif _is_night(now):
                    coming = [next_window(now, _ZONE, Nation.ENGLAND)]
                else:
                    return False
        except OperationalError:
            return False  # the conductor's own connection was cut, or the database is busy
        finally:
            self.session.rollback()
        if self.workers.stopped:
            return False  # none is left behind in another time
        if not self._told and now >= local_moment(TOLD_ON, _BEFORE_NINE, _ZONE):
            self._told = True
            tell(self.session, self.stage, now)
            return False
        if not coming:
            return True
        self._clock.set(coming[0], SPEED)
        self._acts.note("clock", now=coming[0].isoformat())
        return False

    def _moments(self, now: datetime) -> Iterator[datetime]:
        """When something is due from now on."""
        for day in (TOLD_ON, *(on for _, on, _ in STEPS)):
            if (at := local_moment(day, _BEFORE_NINE, _ZONE)) > now:
                yield at
        waiting = select(func.min(Mail.not_before)).where(Mail.state == MailState.WAITING)
        sending = select(func.min(Mail.claimed_until)).where(Mail.state == MailState.SENDING)
        for query in (waiting, sending):
            if at_next := self.session.scalar(query):
                yield max(at_next.astimezone(UTC), now) + timedelta(seconds=1)

    # --- the harm ---

    def _harm_web(self) -> None:
        if self._is_cut() and self._cut("web"):
            return
        self.web.kill()
        self._acts.note("kill", whom="web")
        self.web.start()

    def _harm_worker(self) -> None:
        pid = self.dice.choice(self.workers.awake or self.workers.pids)
        if self._is_cut() and self._cut(f"worker {pid}"):
            return
        self.workers.kill(pid)
        self._acts.note("kill", whom="worker", pid=pid)
        self.workers.add()

    def _is_cut(self) -> bool:
        return self.database == "postgresql" and self.dice.random() < 0.25

    def _cut(self, name: str) -> bool:
        """End a connection of this process to the database; False if it had none just then."""
        cut = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = :name ORDER BY random() LIMIT 1"
        )
        found = self.session.execute(cut, {"name": name}).scalar()
        self.session.rollback()
        if found:
            self._acts.note("cut", whom=name)
        return bool(found)

    def _pause(self) -> None:
        if self.workers.awake:
            pid = self.dice.choice(self.workers.awake)
            self.workers.pause(pid, seconds_running() + _PAUSE)
            self._acts.note("pause", pid=pid)

    def _confuse_server(self) -> None:
        name = self.dice.choice(FAULTS)
        self.postbox.ask(f"behave {name}")
        self._acts.note("fault", name=name)
        self._decent_at = seconds_running() + self.dice.uniform(*_FAULTY_FOR)

    def _tidy_up(self) -> None:
        """What was harmed for a while only, is well again."""
        now = seconds_running()
        if self._decent_at is not None and self._decent_at <= now:
            self._decent_at = None
            self.postbox.ask("behave")
        for pid in self.workers.due_to_go_on(now):
            self.workers.go_on(pid)
            self._acts.note("go on", pid=pid)


def _is_night(now: datetime) -> bool:
    """All else has been done by then; reminders that weren't sent in time wait for the morning."""
    return not (is_in_hours(now, _ZONE) or is_in_hours(now - _EVENING, _ZONE))


@contextmanager
def conducted(place: Site, database: str, plan: Plan) -> Iterator[Stage]:
    """Do all of it; inside, everything is at rest and the site's database still there."""
    folder, logs = place.folder, place.folder / "logs"
    make_certificates(folder)
    stages.begin(Clockwork(folder / "clock"), SPEED)
    with (
        place.app.app_context(),
        Session(db.engine) as session,
        talking(logs / "postbox.log", place.environ, "tests.chaos.postbox", str(folder)) as postbox,
        talking(
            logs / "workers.log",
            place.environ,
            "tests.chaos.worker",
            str(folder),
            postbox.first,
        ) as nursery,
    ):
        stage = build(session, plan.reminders)
        web, workers = Web(place, database), Workers(nursery)
        command = [str(folder), str(place.port), str(plan.submissions), *stage.codes]
        web.start()
        web.wait()
        with (logs / "writer.log").open("wb") as log:
            writer = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.writer", *command],
                cwd=ROOT,
                env=place.environ,
                stderr=log,
            )
        try:
            for _ in range(plan.workers):
                workers.add()
            Conductor(
                place=place,
                database=database,
                plan=plan,
                session=session,
                stage=stage,
                web=web,
                workers=workers,
                postbox=postbox,
                writer=writer,
                dice=random.Random(plan.seed),
            ).conduct()
        finally:
            web.kill()
            workers.end()
            writer.kill()
            writer.wait()
        yield stage
    with place.app.app_context():
        db.engine.dispose()
