"""How fast the bare driver commits one answer durably: the same rows, no Flask and no ORM.

Like the load, each connection commits again as soon as it can, or at a pace; at a pace the time that
counts begins when a commit was due. What the driver takes at a pace is what this machine and its
database take by themselves: what an answer takes is to be read beside it.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

from bench.load import CONNECTIONS, Load


@dataclass(frozen=True)
class Took:
    """What one connection did: the seconds of each commit, and of all of it."""

    took: Sequence[float]
    seconds: float


@dataclass(frozen=True)
class Turns:
    """For how long one connection commits, how often a second (0: as fast as it goes), from when."""

    seconds: float
    rate: float
    first: float = 0.0

    def take(self, commit: Callable[[], None]) -> Took:
        started = time.perf_counter()
        due_at, took = started + self.first, []
        while due_at < started + self.seconds:
            time.sleep(max(0.0, due_at - time.perf_counter()))
            commit()
            now = time.perf_counter()
            took.append(now - due_at)
            due_at = due_at + 1 / self.rate if self.rate else now
        return Took(took, time.perf_counter() - started)


_RESPONSE = (
    "INSERT INTO responses (id, submission_id, survey_id, consultation_id, source, language,"
    " received_on, receipt_hash) VALUES ({0}, {0}, 1, 1, 'phone', 'en', {0}, {0})"
)
_ANSWER = "INSERT INTO answers (response_id, question_id, value) VALUES ({0}, {0}, {0})"


def measure_commits(url: str, values: dict[int, object], seconds: float, rate: float = 0) -> Load:
    """Commit one response with `values` by question id again and again, for so long.

    One connection on SQLite, where writers can't overlap; as many as ask the site on PostgreSQL.
    `rate` times a second in all, or as fast as it goes.
    """
    address = make_url(url)
    if address.drivername == "sqlite":
        return _load([_sqlite(str(address.database), values, Turns(seconds, rate))])
    dsn = address.set(drivername="postgresql").render_as_string(hide_password=False)
    pause = CONNECTIONS / rate if rate else 0.0
    turns = [
        Turns(seconds, rate / CONNECTIONS, number * pause / CONNECTIONS)
        for number in range(CONNECTIONS)
    ]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return _load(list(pool.map(lambda each: _postgresql(dsn, values, each), turns)))


def _sqlite(path: str, values: dict[int, object], turns: Turns) -> Took:
    line = sqlite3.connect(path, isolation_level=None)
    # The journal is the one that the site has set in the file, or the default it was given.
    mode = "WAL" if sqlite3.sqlite_version_info >= (3, 51, 3) else "TRUNCATE"
    for pragma in (f"journal_mode={mode}", "synchronous=FULL", "busy_timeout=15000"):
        line.execute(f"PRAGMA {pragma}")
    for pragma in ("foreign_keys=ON", "secure_delete=ON"):
        line.execute(f"PRAGMA {pragma}")

    def commit() -> None:
        response, answers = _rows(values, "?")
        line.execute("BEGIN IMMEDIATE")
        line.execute(_RESPONSE.format("?"), response)
        line.executemany(_ANSWER.format("?"), answers)
        line.execute("COMMIT")

    return turns.take(commit)


def _postgresql(dsn: str, values: dict[int, object], turns: Turns) -> Took:
    with psycopg.connect(dsn) as line:

        def commit() -> None:
            response, answers = _rows(values, "%s")
            with line.cursor() as cursor:
                cursor.execute(_RESPONSE.format("%s").encode(), response)
                cursor.executemany(_ANSWER.format("%s").encode(), answers)
            line.commit()

        return turns.take(commit)


def _rows(
    values: dict[int, object], mark: str
) -> tuple[tuple[object, ...], list[tuple[object, ...]]]:
    own, submission = uuid4(), uuid4()
    ids = (own.hex, submission.hex) if mark == "?" else (own, submission)
    today = date(2026, 1, 1)
    day = today.isoformat() if mark == "?" else today
    answers = [(ids[0], question, json.dumps(value)) for question, value in values.items()]
    return (*ids, day, uuid4().hex * 2), answers


def _load(lines: Sequence[Took]) -> Load:
    took = sorted(each for line in lines for each in line.took)
    p99 = took[min(len(took) - 1, int(len(took) * 0.99))] * 1000
    return Load(sum(len(line.took) / line.seconds for line in lines), p99, 0)
