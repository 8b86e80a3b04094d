"""Four words can't be guessed: `python -m bench.codes [sqlite|postgresql] [--guesses N] [--live N]`.

A million random codes are tried against a hundred thousand live ones through the function that the
pages use: none may open anything. Then wrong words are sent through the pages themselves, from one
connection and from many, to show that the limits hold: twenty a minute from one, and a few from each
once there are many; and that right words still open through it all. Exits with 1 if any of it fails.
"""

import argparse
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import uuid4

from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

import config
from tests import factories as make
from tests import postgres
from tracker.app import create_app
from tracker.db import Base, current_session, db
from tracker.responses.models import Source, SurveyResponse
from tracker.responses.policy import RECEIPT_WORDS, receipt_hash, receipt_words
from tracker.responses.queries import response_by_receipt
from tracker.responses.words import WORDS

DATABASES = ("sqlite", "postgresql")
CHUNK = 5_000
FROM_ONE, FROM_MANY, EACH = 60, 200, 6


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'codes.db'}"
        return
    with postgres.fresh_database() as url:
        yield url


def an_app(url: str, folder: Path) -> Flask:
    app = create_app(
        config.from_environ(
            {
                "LOOPKEEPER_SECRET_KEY": secrets.token_hex(32),
                "LOOPKEEPER_DATABASE_URL": url,
                "LOOPKEEPER_DATA": str(folder),
                "LOOPKEEPER_BASE_URL": "http://localhost",
            }
        )
    )
    with app.app_context():
        Base.metadata.create_all(db.engine)
    return app


def fill(session: Session, live: int, key: str) -> str:
    """So many responses with a receipt each; the words of one of them."""
    make.make_organisation(session)
    survey = make.make_survey(session, make.make_closed_consultation(session))
    words, known = "", set[str]()
    for start in range(0, live, CHUNK):
        rows = []
        for _ in range(min(CHUNK, live - start)):
            submission_id = uuid4()
            words = receipt_words(submission_id, 0, key)
            if words in known:
                continue
            known.add(words)
            rows.append(
                {
                    "id": uuid4(),
                    "submission_id": submission_id,
                    "survey_id": survey.id,
                    "consultation_id": survey.consultation_id,
                    "source": Source.PHONE,
                    "language": "en",
                    "received_on": date(2026, 1, 1),
                    "receipt_hash": receipt_hash(words, key),
                }
            )
        session.execute(insert(SurveyResponse), rows)
    session.commit()
    return words


def a_guess(draw: secrets.SystemRandom) -> str:
    return " ".join(draw.choice(WORDS) for _ in range(RECEIPT_WORDS))


def guess(session: Session, guesses: int, key: str) -> int:
    """How many of so many random codes open something."""
    draw = secrets.SystemRandom()
    hits = 0
    for number in range(guesses):
        hits += response_by_receipt(session, a_guess(draw), key) is not None
        if number % CHUNK == 0:
            session.rollback()
    return hits


def knock(app: Flask, words: str, address: str) -> int:
    answer = app.test_client().post(
        "/answer", data={"words": words}, environ_base={"REMOTE_ADDR": address}
    )
    return answer.status_code


def from_one(app: Flask) -> Counter[int]:
    """Wrong words from one connection, as fast as it can."""
    draw = secrets.SystemRandom()
    return Counter(knock(app, a_guess(draw), "10.0.0.1") for _ in range(FROM_ONE))


def from_many(app: Flask) -> Counter[int]:
    """Wrong words from many connections at once, a few from each."""
    draw = secrets.SystemRandom()
    return Counter(
        knock(app, a_guess(draw), f"10.1.{number // 250}.{number % 250 + 1}")
        for _ in range(EACH)
        for number in range(FROM_MANY)
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database", nargs="?", choices=DATABASES, default="sqlite")
    parser.add_argument("--guesses", type=int, default=1_000_000)
    parser.add_argument("--live", type=int, default=100_000)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, database(told.database, Path(name)) as url:
        app = an_app(url, Path(name))
        key = app.config["LOOPKEEPER"].derived_key("receipts")
        with app.app_context():
            session = current_session()
            words = fill(session, told.live, key)
            live = session.scalar(
                select(func.count()).where(SurveyResponse.receipt_hash.is_not(None))
            )
            started = time.monotonic()
            hits = guess(session, told.guesses, key)
            seconds = time.monotonic() - started
            session.rollback()
        one, right = from_one(app), [knock(app, words, "10.2.0.1")]
        many = from_many(app)
        right += [knock(app, words, "10.2.0.2") for _ in range(30)]
        with app.app_context():
            db.engine.dispose()
    return report(told.database, live or 0, told.guesses, hits, seconds, one, many, right)


def report(
    kind: str,
    live: int,
    guesses: int,
    hits: int,
    seconds: float,
    one: Counter[int],
    many: Counter[int],
    right: list[int],
) -> int:
    codes = len(WORDS) ** RECEIPT_WORDS
    checks = {
        f"{hits} of {guesses:,} random codes opened one of {live:,} ({seconds:.0f} s)": hits == 0,
        f"one connection: {one[422]} of {FROM_ONE} wrong tries were looked at": one[422] <= 40,
        f"{FROM_MANY} connections: {many[422]} of {FROM_MANY * EACH:,} were looked at": (
            many[422] < FROM_MANY * EACH
        ),
        f"right words opened {right.count(200)} of {len(right)} times meanwhile": (
            set(right) == {200}
        ),
    }
    print(f"{kind}: {codes:,} codes; a guess opens one of {live:,} in {codes // max(live, 1):,}")
    for words, holds in checks.items():
        print(f"  {'ok  ' if holds else 'FAIL'} {words}")
    return 0 if all(checks.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
