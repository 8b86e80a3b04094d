"""How fast the bare driver commits one answer durably: the same rows, no Flask and no ORM.

Like the load, each connection commits again as soon as it can, or at a pace; at a pace the time that
counts begins when a commit was due. What the driver takes at a pace is what this machine and its
database take by themselves: what an answer takes is to be read beside it.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import date
from uuid import uuid4

import psycopg
from sqlalchemy import URL, make_url

from bench.load import CONNECTIONS, Load, p99_of

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
    connections = 1 if address.drivername == "sqlite" else CONNECTIONS
    pause = connections / rate if rate else 0.0

    def take(number: int) -> tuple[list[float], float]:
        with (
            _sqlite(address, values) if connections == 1 else _postgresql(address, values) as commit
        ):
            return _turns(commit, seconds, pause, number * pause / connections)

    with ThreadPoolExecutor(connections) as pool:
        lines = list(pool.map(take, range(connections)))
    rate = sum(len(took) / lasted for took, lasted in lines)
    return Load(rate, p99_of([each for took, _ in lines for each in took]), 0)


def _turns(
    commit: Callable[[], None], seconds: float, pause: float, first: float
) -> tuple[list[float], float]:
    """The seconds that each commit took, and all of them; one each `pause`, from `first` on."""
    started = time.perf_counter()
    due_at, took = started + first, []
    while due_at < started + seconds:
        time.sleep(max(0.0, due_at - time.perf_counter()))  # the pace that is asked for
        commit()
        now = time.perf_counter()
        took.append(now - due_at)
        due_at = due_at + pause if pause else now
    return took, time.perf_counter() - started


@contextmanager
def _sqlite(address: URL, values: dict[int, object]) -> Iterator[Callable[[], None]]:
    line = sqlite3.connect(str(address.database), isolation_level=None)
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

    with closing(line):
        yield commit


@contextmanager
def _postgresql(address: URL, values: dict[int, object]) -> Iterator[Callable[[], None]]:
    dsn = address.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(dsn) as line:

        def commit() -> None:
            response, answers = _rows(values, "%s")
            with line.cursor() as cursor:
                cursor.execute(_RESPONSE.format("%s").encode(), response)
                cursor.executemany(_ANSWER.format("%s").encode(), answers)
            line.commit()

        yield commit


def _rows(
    values: dict[int, object], mark: str
) -> tuple[tuple[object, ...], list[tuple[object, ...]]]:
    own, submission = uuid4(), uuid4()
    ids = (own.hex, submission.hex) if mark == "?" else (own, submission)
    today = date(2026, 1, 1)
    day = today.isoformat() if mark == "?" else today
    answers = [(ids[0], question, json.dumps(value)) for question, value in values.items()]
    return (*ids, day, uuid4().hex * 2), answers
