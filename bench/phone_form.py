"""How fast the phone form is: `python -m bench.phone_form [sqlite|postgresql] [--rounds N]`.

Side by side on the same server at 16 connections: the form page, a bare Flask "hello" and the same
survey as it is usually built; then sending an answer against what the bare driver commits durably.
How long an answer takes is measured while answers come in at exactly the rate that is asked of it (as
fast as they are answered, sixteen connections only measure their own queue: that line is printed too),
beside what the bare driver takes at that rate: what the machine and the database take by themselves.
The candidates take turns in short rounds and the middle round of each counts, so that whatever else
the machine does falls on all of them. Exits with 1 below a target.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from sqlalchemy.orm import Session

from bench import serving
from bench.bare_driver import measure_commits
from bench.load import ID, Load, get, measure, post
from bench.ten_questions import ANSWERS, CODE, make_ten_questions, posted
from tracker.db import db
from tracker.responses.models import SurveyResponse
from tracker.surveys.policy import read_answers
from tracker.surveys.queries import survey_by_code
from tracker.surveys.question_types import Form

# What the page must reach of "hello".
PAGE_OF_HELLO = {"sqlite": 0.6, "postgresql": 0.35}
PAGE_OF_NAIVE = 10.0
ANSWER_OF_DRIVER = 0.2
P99_OF_ANSWER = 50.0  # milliseconds
RIVALS = ("bench.hello:app", "bench.naive:app")


@contextmanager
def rival(target: str, place: serving.Site, database: str) -> Iterator[int]:
    """The port on which granian serves `target`, started like the site itself."""
    port = serving._free_port()
    command = _command(target, port, database)
    with (place.folder / "logs" / f"{target}.log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=serving.ROOT, env=_environ(place), stdout=log, stderr=subprocess.STDOUT
        )
        try:
            serving._wait_for(port, server)
            yield port
        finally:
            server.terminate()
            server.wait(30)


def _command(target: str, port: int, database: str) -> list[str]:
    """One worker on SQLite, one for each core on PostgreSQL, eight threads each: as deployed."""
    workers = 1 if database == "sqlite" else os.cpu_count() or 1
    return [
        *(str(Path(sys.executable).with_name("granian")), "--interface", "wsgi"),
        *("--workers", str(workers), "--blocking-threads", "8"),
        *("--host", "127.0.0.1", "--port", str(port), "--no-ws", "--log-level", "error", target),
    ]


def _environ(place: serving.Site) -> dict[str, str]:
    # All of the load comes from one address: the guard would rightly ask it for a proof.
    return place.environ | {"LOOPKEEPER_SPAM_CHECKS": "0", "LOOPKEEPER_SCHEDULER": "0"}


def run(place: serving.Site, database: str, rounds: int, seconds: float) -> list[str]:
    """Measure, print, and say which targets were missed."""
    with place.app.app_context(), Session(db.engine) as session:
        make_ten_questions(session)
        values = _values(session)
    pace: dict[str, float] = {}
    with ExitStack() as servers:
        site = servers.enter_context(rival("wsgi:app", place, database))
        hello, naive = (servers.enter_context(rival(each, place, database)) for each in RIVALS)
        address = str(place.app.config["SQLALCHEMY_DATABASE_URI"])
        answer = post(site, f"/s/{CODE}?sent=", posted(ID))

        def driver() -> Load:
            load = measure_commits(address, values, seconds)
            pace["target"] = ANSWER_OF_DRIVER * load.rate
            return load

        candidates: dict[str, Callable[[], Load]] = {
            "hello": lambda: measure(hello, get(hello, "/"), seconds),
            "page": lambda: measure(site, get(site, f"/s/{CODE}"), seconds),
            "naive page": lambda: measure(naive, get(naive, f"/s/{CODE}"), seconds),
            "bare driver": driver,
            "answer": lambda: measure(site, answer, seconds),
            "driver at pace": lambda: measure_commits(address, values, 2 * seconds, pace["target"]),
            "answer at pace": lambda: measure(site, answer, 2 * seconds, pace["target"]),
        }
        found = _take_turns(candidates, rounds)
    with place.app.app_context(), Session(db.engine) as session:
        stored = session.query(SurveyResponse).count()
    print(f"{stored} responses stored")
    return _judge(found, database)


def _values(session: Session) -> dict[int, object]:
    """What the answers are once they are read, by question id: what the bare driver commits."""
    survey = survey_by_code(session, CODE)
    assert survey is not None
    read = read_answers(survey.questions, Form(ANSWERS))
    assert not read.errors, read.errors
    ids = {question.key: question.id for question in survey.questions}
    return {ids[key]: value for key, value in read.values.items()}


def _take_turns(
    candidates: dict[str, Callable[[], Load]], rounds: int
) -> dict[str, tuple[float, float]]:
    """Candidate → the middle round's rate and 99th percentile. The first round only warms up."""
    found: dict[str, list[Load]] = defaultdict(list)
    for number in range(rounds + 1):
        for name, ask in candidates.items():
            load = ask()
            if load.failed:
                raise SystemExit(f"{name}: {load.failed} requests were not answered with 200")
            if number:
                found[name].append(load)
    return {
        name: (median(each.rate for each in loads), median(each.p99 for each in loads))
        for name, loads in found.items()
    }


def _judge(found: dict[str, tuple[float, float]], database: str) -> list[str]:
    print(f"\n{database}: 16 connections, the middle of the rounds")
    for name, (rate, p99) in found.items():
        print(f"  {name:<14} {rate:9.0f} a second   p99 {p99:7.1f} ms")
    page, answer = found["page"][0], found["answer"][0]
    ratios = (
        ("page ÷ hello", page / found["hello"][0], PAGE_OF_HELLO[database]),
        ("page ÷ naive page", page / found["naive page"][0], PAGE_OF_NAIVE),
        ("answer ÷ bare driver", answer / found["bare driver"][0], ANSWER_OF_DRIVER),
    )
    missed = []
    for name, ratio, target in ratios:
        print(f"  {name:<22} {ratio:6.2f}   target ≥ {target}")
        if ratio < target:
            missed.append(f"{database}: {name}")
    p99 = found["answer at pace"][1]
    print(f"  {'p99 at that rate':<22} {p99:6.1f}   target ≤ {P99_OF_ANSWER} ms")
    if p99 > P99_OF_ANSWER:
        missed.append(f"{database}: p99 of an answer")
    return missed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", nargs="?", choices=serving.DATABASES)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.5, help="of each candidate in a round")
    parser.add_argument("--folder", type=Path, help="where the database lies; else a temporary one")
    asked = parser.parse_args()
    missed: list[str] = []
    for database in [asked.database] if asked.database else serving.DATABASES:
        with ExitStack() as stack:
            scratch = stack.enter_context(tempfile.TemporaryDirectory(dir=asked.folder))
            place = stack.enter_context(serving.site(Path(scratch) / "site", database))
            missed += run(place, database, asked.rounds, asked.seconds)
    print("\nMissed: " + "; ".join(missed) if missed else "\nAll targets reached")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
