"""How fast the bare driver commits one answer durably: the same rows, no Flask and no ORM."""

import json
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

from bench.load import CONNECTIONS

_RESPONSE = (
    "INSERT INTO responses (id, submission_id, survey_id, consultation_id, source, language,"
    " received_on, receipt_hash) VALUES ({0}, {0}, 1, 1, 'phone', 'en', {0}, {0})"
)
_ANSWER = "INSERT INTO answers (response_id, question_id, value) VALUES ({0}, {0}, {0})"


def commits_a_second(url: str, values: dict[int, object], seconds: float) -> float:
    """Commits of one response with `values` by question id, for so long.

    One connection on SQLite, where writers can't overlap; as many as ask the site on PostgreSQL.
    """
    address = make_url(url)
    if address.drivername == "sqlite":
        return _sqlite(str(address.database), values, seconds)
    dsn = address.set(drivername="postgresql").render_as_string(hide_password=False)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return sum(pool.map(lambda _: _postgresql(dsn, values, seconds), range(CONNECTIONS)))


def _sqlite(path: str, values: dict[int, object], seconds: float) -> float:
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

    return _rate(commit, seconds)


def _postgresql(dsn: str, values: dict[int, object], seconds: float) -> float:
    with psycopg.connect(dsn) as line:

        def commit() -> None:
            response, answers = _rows(values, "%s")
            with line.cursor() as cursor:
                cursor.execute(_RESPONSE.format("%s").encode(), response)
                cursor.executemany(_ANSWER.format("%s").encode(), answers)
            line.commit()

        return _rate(commit, seconds)


def _rows(
    values: dict[int, object], mark: str
) -> tuple[tuple[object, ...], list[tuple[object, ...]]]:
    own, submission = uuid4(), uuid4()
    ids = (own.hex, submission.hex) if mark == "?" else (own, submission)
    today = date(2026, 1, 1)
    day = today.isoformat() if mark == "?" else today
    answers = [(ids[0], question, json.dumps(value)) for question, value in values.items()]
    return (*ids, day, uuid4().hex * 2), answers


def _rate(commit: Callable[[], None], seconds: float) -> float:
    started, done = time.perf_counter(), 0
    while time.perf_counter() < started + seconds:
        commit()
        done += 1
    return done / (time.perf_counter() - started)
