"""The reminder engine against a simple model of it, over at least 200,000 random steps on each database.

A step is something that people do (open, answer, close, extend, withdraw, hear, answer, stop, snooze, hand
over, leave, come back), that happens to an address, a mail server or a clock, or a tick by one worker or
by two. After each tick the cases, the reminders and the mails sent must be those of the model, and a
look at what isn't due must change nothing. Where they part, the seed is printed with the shortest
history that shows it, and it exits with 1.

    python -m bench.machine                          both databases
    python -m bench.machine --steps 10000 --database sqlite --seed 7
"""

import argparse
import gc
import logging
import sys
import tempfile
from math import inf
from pathlib import Path

from flask import Flask

from bench.serving import DATABASES, site
from tests.conftest import empty_tables
from tests.machine.rules import RULES
from tests.machine.running import Runner, Tally
from tracker.clock import seconds_running
from tracker.db import db

STEPS = 200_000
LENGTH = 250  # of one history; then everything begins anew
LOOKS_EVERY = 5
MOST_FAILURES = 3
# A database that outlives nothing needs no disk.
MEMORY = Path("/dev/shm")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    parser.add_argument("--minutes", type=float, default=inf, help="for each database at most")
    parser.add_argument("--seed", type=int, default=0, help="of the first history")
    asked = parser.parse_args()
    gc.set_threshold(100_000, 50, 1_000)
    logging.disable(logging.WARNING)  # each leap of a clock is worth a line elsewhere
    failed = 0
    for database in DATABASES if asked.database == "both" else (asked.database,):
        where = MEMORY if MEMORY.is_dir() else None
        with (
            tempfile.TemporaryDirectory(dir=where) as folder,
            site(Path(folder) / "site", database) as place,
        ):
            begun = seconds_running()
            tally = run(place.app, asked.steps, asked.seed, database, asked.minutes)
            report(database, tally, seconds_running() - begun)
            with place.app.app_context():
                db.engine.dispose()
        failed += len(tally.failures) + (tally.steps < asked.steps)
    print("failed" if failed else "passed")
    return 1 if failed else 0


def run(app: Flask, steps: int, seed: int, database: str, minutes: float) -> Tally:
    tally = Tally()
    runner = Runner(app, app.config["LOOPKEEPER"], empty_tables, LOOKS_EVERY)
    begun = seconds_running()
    ends = begun + 60 * minutes
    while (
        tally.steps < steps
        and len(tally.failures) < MOST_FAILURES
        and (now := seconds_running()) < ends
    ):
        runner.try_seed(seed, LENGTH, tally)
        seed += 1
        if seed % 10 == 0:
            print(
                f"{database}: {tally.steps:,} steps in {now - begun:,.0f} s, "
                f"{len(tally.failures)} divergences",
                flush=True,
            )
    return tally


def report(database: str, tally: Tally, seconds: float) -> None:
    print(
        f"\n{database}: {tally.steps:,} steps in {seconds:,.0f} s ({tally.steps / seconds:.0f} a second), "
        f"{len(tally.failures)} divergences"
    )
    print("rules     " + " · ".join(f"{name} {tally.rules[name]:,}" for name in RULES))
    for name, counted in (("cases", tally.cases), ("reminders", tally.reminders)):
        print(f"{name:9} " + " · ".join(f"{what} {n:,}" for what, n in sorted(counted.items())))
    print(f"mails     {tally.mails:,} sent")
    for failure in tally.failures:
        print(f"\n{failure}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
