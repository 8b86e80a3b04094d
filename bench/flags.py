"""Flagged answers by the thousand, from several processes, while the worker is killed at random.

Afterwards: no flag lost, every flag in an alert that a real mail server has, all of them out within a
minute of the worker being back, each alert once (or twice with one Message-ID and the same bytes),
and no word of a young person in any mail.

    python -m bench.flags                       both databases, 10,000 answers each
    python -m bench.flags --count 500 --database sqlite
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import config
from bench.serving import DATABASES, site
from tests.mail.server import Inbox, Received, smtp_server
from tests.safeguarding.world import make_guarded
from tracker.app import create_app
from tracker.clock import seconds_running, utc_now
from tracker.db import current_session, db
from tracker.reminders.models import Mail, MailState
from tracker.responses.models import SetAsideReason, SurveyResponse
from tracker.responses.operations import submit_response
from tracker.safeguarding.models import Flag, FlagCall
from tracker.surveys.models import Survey

COUNT = 10_000
BACK_WITHIN = 60  # seconds from the worker's last start to the last alert
TICK = 10  # seconds between two ticks
_PATIENCE = 600
_WORDS = (
    "my dad hits me",
    "i dont want to live",
    "my uncle touches me",
    "please dont tell anyone",
    "there is no food at home",
    "i ran away from home",
)


@dataclass
class Result:
    """What a run came to. `problems` is empty if it proved what it has to."""

    flags: int
    alerts: int
    received: int
    twice: int
    kills: int
    seconds: float  # from the worker's last start until every alert was out
    problems: list[str] = field(default_factory=list)


def prove(
    app: Flask, environ: Mapping[str, str], inbox: Inbox, *, count: int, writers: int, kills: int
) -> Result:
    """Send `count` flagged answers while the worker is killed `kills` times at least."""
    with app.app_context():
        guarded = make_guarded(current_session())
        guarded.survey.consultation.closes_on = None
        current_session().commit()
    environ = {
        **environ,
        "LOOPKEEPER_SMTP_HOST": inbox.host,
        "LOOPKEEPER_SMTP_PORT": str(inbox.port),
        "LOOPKEEPER_SMTP_SECURITY": "none",
        "LOOPKEEPER_TICK_SECONDS": str(TICK),
    }
    shares = [count // writers + (number < count % writers) for number in range(writers)]
    running = [_started(environ, "-m", "bench.flags", "--write", str(share)) for share in shares]
    killed = 0
    while killed < kills or any(writer.poll() is None for writer in running):
        with _worker(environ) as worker:
            time.sleep(random.uniform(2, 15))
            os.kill(worker.pid, signal.SIGKILL)
        killed += 1
    failed = [writer for writer in running if writer.wait() != 0]
    back = seconds_running()
    with _worker(environ):
        while _waiting(app) and seconds_running() - back < _PATIENCE:
            time.sleep(0.2)
        seconds = seconds_running() - back
    result = _judged(app, inbox, count, killed, seconds)
    if failed:
        result.problems.append(f"{len(failed)} writers failed")
    return result


def _started(environ: Mapping[str, str], *command: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, *command], cwd=config.ROOT, env=dict(environ))


@contextmanager
def _worker(environ: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    flask = str(Path(sys.executable).with_name("flask"))
    worker = subprocess.Popen(
        [flask, "reminders", "run"],
        cwd=config.ROOT,
        env={**environ, "FLASK_APP": "wsgi"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()


def _waiting(app: Flask) -> int:
    """Flags of which no alert has been sent yet."""
    with app.app_context(), Session(db.engine) as session:
        sent = (
            select(FlagCall.id)
            .join(Mail, Mail.notice_key == FlagCall.notice_key)
            .where(FlagCall.flag_id == Flag.id, Mail.state == MailState.SENT)
        )
        query = select(func.count()).select_from(Flag).where(~sent.exists())
        return session.scalar(query) or 0


def _judged(app: Flask, inbox: Inbox, count: int, kills: int, seconds: float) -> Result:
    with app.app_context(), Session(db.engine) as session:
        flags = session.scalar(select(func.count()).select_from(Flag)) or 0
        held = (
            session.scalar(
                select(func.count()).where(SurveyResponse.set_aside == SetAsideReason.HELD)
            )
            or 0
        )
        sent = list(session.scalars(select(Mail).where(Mail.state == MailState.SENT)))
        told = session.execute(
            select(FlagCall.flag_id, FlagCall.person_id, func.count()).group_by(
                FlagCall.flag_id, FlagCall.person_id
            )
        ).all()
    waiting = _waiting(app)
    copies: dict[str, list[Received]] = defaultdict(list)
    for each in inbox.received:
        copies[str(each.message["Message-ID"])].append(each)
    problems = [
        *([f"{count} answers, but {flags} flags"] if flags != count else []),
        *([f"{count} answers, but {held} held"] if held != count else []),
        *([f"{waiting} flags without an alert that was sent"] if waiting else []),
        *([f"all alerts out only after {seconds:.0f} s"] if seconds > BACK_WITHIN else []),
        *_problems_of_mails({mail.message_id for mail in sent}, copies),
        *(["somebody was told twice of one flag"] if any(row[2] > 1 for row in told) else []),
    ]
    twice = sum(len(same) > 1 for same in copies.values())
    return Result(flags, len(sent), len(inbox.received), twice, kills, seconds, problems)


def _problems_of_mails(sent: set[str], copies: Mapping[str, list[Received]]) -> Iterator[str]:
    if missing := sent - set(copies):
        yield f"{len(missing)} alerts count as sent, but never arrived"
    if any(len({copy.content for copy in same}) > 1 for same in copies.values()):
        yield "two mails with one Message-ID and other bytes"
    for same in copies.values():
        said = _all_words(same[0].message)
        if found := [word for word in (*_WORDS, "secretword") if word in said]:
            yield f"a young person's words in a mail: {found}"


def _all_words(message: EmailMessage) -> str:
    parts = [
        str(part.get_content()) for part in message.walk() if part.get_content_type()[:4] == "text"
    ]
    return "\n".join([*(f"{name}: {value}" for name, value in message.items()), *parts]).lower()


def write(count: int) -> None:
    """Be one of the processes in which young people's answers arrive."""
    asked = {n: v for n, v in os.environ.items() if n.startswith("LOOPKEEPER_")}
    app = create_app(config.from_environ(asked))
    with app.app_context():
        session = current_session()
        for number in range(count):
            words = f"{_WORDS[number % len(_WORDS)]} secretword{uuid4().hex}"
            submission_id = uuid4()
            while not _sent(session, words, submission_id):
                session.rollback()


def _sent(session: Session, words: str, submission_id: UUID) -> bool:
    """Send one answer, as a phone does; False if the database was busy, and it is sent again."""
    try:
        survey = session.scalars(select(Survey)).one()
        submit_response(
            session,
            survey,
            {"q1": words},
            submission_id=submission_id,
            key="k" * 32,
            now=utc_now(),
        )
        session.commit()
    except OperationalError:
        return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--writers", type=int, default=3)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    parser.add_argument("--write", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.write is not None:
        write(asked.write)
        return 0
    failed = 0
    for database in DATABASES if asked.database == "both" else (asked.database,):
        with (
            tempfile.TemporaryDirectory() as folder,
            smtp_server() as inbox,
            site(Path(folder) / "site", database) as place,
        ):
            result = prove(
                place.app,
                place.environ,
                inbox,
                count=asked.count,
                writers=asked.writers,
                kills=asked.kills,
            )
        print(
            f"{database}: {result.flags} flags, worker killed {result.kills} times, "
            f"{result.alerts} alerts, {result.received} mails received, {result.twice} twice, "
            f"all out {result.seconds:.1f} s after the worker was back"
        )
        for problem in result.problems:
            print(f"  FAILED: {problem}")
        failed += bool(result.problems)
    print("failed" if failed else "passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
