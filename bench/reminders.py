"""A tick over 100,000 consultations, beside a scheduler with a job for each, and beside looking at all.

With 1,000 due, what a worker claims is timed: ours against APScheduler's SQLAlchemyJobStore with one
job per consultation (its own reading of the due jobs and moving on of each), candidates taking turns
on the same engine settings; then the whole tick, a tick with nothing due, and a full scan.

    python -m bench.reminders                       both databases
    python -m bench.reminders --count 10000 --due 100 --database sqlite

Then 20,000 mails due at one minute, see `bench.sending`.

Fails if a claim takes over 20 ms, if the scheduler's isn't 50 times slower, or if a tick with nothing
due takes over 1 ms.
"""

import argparse
import gc
import pickle
import statistics
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path

from apscheduler.job import Job
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask
from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import Session

from bench import sending
from bench.population import NOW, fill, make_due, set_looks, settle
from bench.serving import DATABASES, site
from tracker.clock import seconds_running
from tracker.consultations.models import Consultation
from tracker.db import current_session, db, prepare_engine
from tracker.mail.transport import MemoryTransport
from tracker.reminders.models import NextLook
from tracker.reminders.operations import due_looks, look_at, settle_looks
from tracker.reminders.worker import tick
from tracker.reminders.worker.looking import CHUNK

COUNT, DUE = 100_000, 1_000
CLAIM_MS, TIMES, IDLE_MS = 20.0, 50.0, 1.0
ROUNDS = 5


@dataclass(frozen=True)
class Measured:
    """Seconds (the middle of the rounds) and the most memory that Python held, in bytes."""

    seconds: float
    peak: int


def our_claim(session: Session) -> int:
    """Find what is due and move each on, as a worker does around a look."""
    due = due_looks(session, now=NOW)
    session.commit()
    for start in range(0, len(due), CHUNK):
        chunk = due[start : start + CHUNK]
        at = NOW + timedelta(days=1)
        settle_looks(session, chunk, {each.consultation_id: at for each in chunk})
        session.commit()
    return len(due)


def our_scan(session: Session) -> int:
    """Look at every consultation there is, as if nothing were stored."""
    ids = list(session.scalars(select(Consultation.id).order_by(Consultation.id)))
    for start in range(0, len(ids), CHUNK):
        look_at(session, ids[start : start + CHUNK], now=NOW)
        session.rollback()
    return len(ids)


def nothing(consultation_id: int) -> None:
    """What a job of the other scheduler would do."""


class JobPerConsultation:
    """APScheduler with one stored job for each consultation, as it is usually done."""

    def __init__(self, url: str, count: int, due: int) -> None:
        engine = create_engine(url)
        prepare_engine(engine)
        self.store = SQLAlchemyJobStore(engine=engine)
        self.scheduler = BackgroundScheduler(timezone=UTC)
        self.store.start(self.scheduler, "default")
        self._due = [f"{number:06}" for number in range(due)]
        with engine.begin() as connection:
            for start in range(0, count, 5_000):
                rows = [self._row(n, n < due) for n in range(start, min(start + 5_000, count))]
                connection.execute(self.store.jobs_t.insert(), rows)
        self.engine = engine

    def _row(self, number: int, is_due: bool) -> dict[str, object]:
        at = NOW - timedelta(hours=3) if is_due else NOW + timedelta(hours=21)
        job = Job(
            self.scheduler,
            id=f"{number:06}",
            func=nothing,
            args=(number,),
            kwargs={},
            name=f"consultation {number}",
            trigger=IntervalTrigger(days=7, start_date=at, timezone=UTC),
            executor="default",
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
            next_run_time=at,
        )
        state = pickle.dumps(job.__getstate__(), self.store.pickle_protocol)
        return {"id": job.id, "next_run_time": at.timestamp(), "job_state": state}

    def claim(self) -> int:
        """Find what is due and move each on, as the scheduler does around its jobs."""
        jobs = self.store.get_due_jobs(NOW)
        for job in jobs:
            job._modify(next_run_time=NOW + timedelta(days=7))
            self.store.update_job(job)
        return len(jobs)

    def reset(self) -> None:
        """Have the same jobs due again."""
        rows = [self._row(int(number), is_due=True) for number in self._due]
        with self.engine.begin() as connection:
            for row in rows:
                jobs = self.store.jobs_t
                connection.execute(jobs.update().where(jobs.c.id == row["id"]), row)

    def close(self) -> None:
        self.store.shutdown()
        self.engine.dispose()


def timed(do: Callable[[], int], expected: int) -> float:
    """Seconds that one go takes."""
    gc.collect()
    start = seconds_running()
    number = do()
    seconds = seconds_running() - start
    if number != expected:
        raise SystemExit(f"{number} instead of {expected} were found: nothing was measured.")
    return seconds


def peak_of(do: Callable[[], int]) -> int:
    """The most memory that Python took for one go, in bytes."""
    gc.collect()
    tracemalloc.start()
    do()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def measure(app: Flask, url: str, count: int, due: int) -> list[str]:
    """Print the table for one database; the targets that were missed."""
    with app.app_context():
        session = current_session()
        say(f"filling {count:,} consultations")
        fill(session, count, due)
        settle(session, due)
        other = JobPerConsultation(url, count, due)
        try:
            ours, theirs = compare(session, other, due)
        finally:
            other.close()
        say(f"claim, {due:,} due        {_words(ours)}")
        say(
            f"a job for each          {_words(theirs)}  = {theirs.seconds / ours.seconds:,.0f} times ours"
        )
        idle = time_idle(app, session)
        say(f"tick, none due          {idle * 1000:8.2f} ms")
        whole = time_tick(app, session, due)
        say(f"tick, {due:,} due         {whole * 1000:8.0f} ms  ({whole / due * 1000:.2f} ms each)")
        start = seconds_running()
        our_scan(session)
        scan = seconds_running() - start
        say(f"a full scan             {scan * 1000:8.0f} ms  = {scan / whole:,.0f} times that tick")
    return [
        *([f"claim over {CLAIM_MS} ms"] if ours.seconds * 1000 > CLAIM_MS else []),
        *([f"less than {TIMES} times quicker"] if theirs.seconds < TIMES * ours.seconds else []),
        *([f"tick with nothing due over {IDLE_MS} ms"] if idle * 1000 > IDLE_MS else []),
    ]


def say(words: str) -> None:
    """A line of the table, at once: the next may take minutes."""
    print(f"  {words}", flush=True)


def compare(session: Session, other: JobPerConsultation, due: int) -> tuple[Measured, Measured]:
    """Both claims, taking turns."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(timed(lambda: our_claim(session), due))
        make_due(session, due)
        theirs.append(timed(other.claim, due))
        other.reset()
    our_peak = peak_of(lambda: our_claim(session))
    make_due(session, due)
    their_peak = peak_of(other.claim)
    return (
        Measured(statistics.median(ours), our_peak),
        Measured(statistics.median(theirs), their_peak),
    )


def time_idle(app: Flask, session: Session) -> float:
    """Seconds of a tick with nothing due: the middle of 200."""
    settings = app.config["LOOPKEEPER"]
    at = NOW - timedelta(hours=6)
    session.execute(update(NextLook).values(at=NOW + timedelta(hours=21)))
    session.commit()
    tick(session, MemoryTransport(), settings, clock=lambda: at)
    seconds = []
    for _ in range(200):
        start = seconds_running()
        tick(session, MemoryTransport(), settings, clock=lambda: at)
        seconds.append(seconds_running() - start)
    return statistics.median(seconds)


def time_tick(app: Flask, session: Session, due: int) -> float:
    """Seconds of a whole tick in which `due` steps are queued; it is night, so none is sent."""
    set_looks(session, due)
    start = seconds_running()
    summary = tick(session, MemoryTransport(), app.config["LOOPKEEPER"], clock=lambda: NOW)
    seconds = seconds_running() - start
    if (summary.looked_at, summary.queued, summary.failures) != (due, due, 0):
        raise SystemExit(f"the tick did something else: {summary}")
    return seconds


def _words(measured: Measured) -> str:
    return f"{measured.seconds * 1000:8.1f} ms  {measured.peak / 1e6:6.1f} MB"


def main() -> int:
    """Measure on each database; 1 if a target was missed."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--count", type=int, default=COUNT)
    arguments.add_argument("--due", type=int, default=DUE)
    arguments.add_argument("--mails", type=int, default=sending.COUNT)
    arguments.add_argument("--database", choices=DATABASES)
    given = arguments.parse_args()
    missed = []
    for database in [given.database] if given.database else DATABASES:
        print(database, flush=True)
        with (
            tempfile.TemporaryDirectory() as folder,
            site(Path(folder) / "site", database) as place,
        ):
            url = place.environ.get("LOOPKEEPER_DATABASE_URL") or f"sqlite:///{folder}/jobs.db"
            missed += [
                f"{database}: {words}" for words in measure(place.app, url, given.count, given.due)
            ]
            with place.app.app_context():
                db.engine.dispose()
        with (
            tempfile.TemporaryDirectory() as folder,
            site(Path(folder) / "site", database) as place,
        ):
            missed += [f"{database}: {words}" for words in sending.measure(place, given.mails)]
    for words in missed:
        print(f"MISSED  {words}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
