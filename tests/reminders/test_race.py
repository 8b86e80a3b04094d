"""Workers that race and workers that die, as real processes against a real mail server."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, Select, func, insert, select, text
from sqlalchemy.orm import Session

from config import ROOT, Config
from tests.mail.server import Inbox, smtp_server
from tests.reminders.world import CLOSED_ON, World
from tracker.accounts.models import Person
from tracker.consultations.models import Consultation
from tracker.reminders.models import Mail, MailState, Reminder, ReminderState
from tracker.reminders.worker.delivering import LEASE
from tracker.responses.models import Source, SurveyResponse
from tracker.surveys.models import Survey

DUE = 2000
NOW = datetime(2026, 1, 8, 10, tzinfo=UTC)  # the working day after they closed
TIMEOUT = 60  # seconds; a machine that stands still for a while must not look like a lost mail
PATIENCE = 300  # seconds; on an idle machine it takes a small part of that


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with smtp_server() as server:
        yield server


def make_due(world: World, count: int) -> None:
    """`count` consultations that closed yesterday, each with its own owner and one response."""
    session, one = world.session, world.closed(responses=1)
    taken = {c.name: getattr(one, c.name) for c in Consultation.__table__.columns}
    numbers = range(10_000, 10_000 + count - 1)
    people = [
        {
            "id": n,
            "name": f"Owner {n}",
            "email": f"owner{n}@example.org",
            "fs_uniquifier": f"owner-{n}",
        }
        for n in numbers
    ]
    session.execute(insert(Person), people)
    same = [taken | {"id": n, "slug": f"c-{n}", "title": f"C {n}", "owner_id": n} for n in numbers]
    session.execute(insert(Consultation), same)
    surveys = [{"id": n, "consultation_id": n, "title": "S", "code": f"due-{n}"} for n in numbers]
    session.execute(insert(Survey), surveys)
    responses = [
        {
            "submission_id": uuid4(),
            "survey_id": n,
            "consultation_id": n,
            "source": Source.PHONE,
            "received_on": CLOSED_ON,
        }
        for n in numbers
    ]
    session.execute(insert(SurveyResponse), responses)
    session.commit()
    _tidy_up(session)


def _tidy_up(session: Session) -> None:
    """Have PostgreSQL forget the rows of earlier tests, which make it expect empty tables.

    It then joins 2,000 rows by looking through all of them for each: that takes an hour.
    """
    bind = session.get_bind()
    if bind.dialect.name == "postgresql":
        assert isinstance(bind, Engine)
        with bind.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM (ANALYZE)"))


def start_worker(settings: Config, inbox: Inbox, now: datetime) -> subprocess.Popen[str]:
    """`flask reminders tick` in a process of its own."""
    environ = {key: value for key, value in os.environ.items() if "LOOPKEEPER" not in key}
    environ |= {
        "FLASK_APP": "wsgi",
        "LOOPKEEPER_SECRET_KEY": settings.secret_key,
        "LOOPKEEPER_DATABASE_URL": settings.database_url,
        "LOOPKEEPER_DATA": str(settings.data),
        "LOOPKEEPER_BASE_URL": settings.base_url,
        "LOOPKEEPER_MAIL_FROM": settings.mail_from,
        "LOOPKEEPER_SMTP_HOST": inbox.host,
        "LOOPKEEPER_SMTP_PORT": str(inbox.port),
        "LOOPKEEPER_SMTP_SECURITY": "none",
        "LOOPKEEPER_SMTP_TIMEOUT": str(TIMEOUT),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "reminders", "tick", "--now", now.isoformat()],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(worker: subprocess.Popen[str]) -> None:
    output, _ = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0, output


def wait_for(inbox: Inbox, count: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(inbox.received) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(inbox.received) >= count


def read(session: Session, query: Select[str]) -> set[str]:
    """What the query finds, holding no lock afterwards."""
    found = set(session.scalars(query))
    session.rollback()
    return found


def assert_all_sent(session: Session) -> None:
    for kind, sent in ((Reminder, ReminderState.SENT), (Mail, MailState.SENT)):
        rows = session.execute(select(kind.state, func.count()).group_by(kind.state)).all()
        assert [tuple(row) for row in rows] == [(sent, DUE)]
    session.rollback()


def test_two_workers_racing_over_2000_reminders_send_each_once(
    world: World, settings: Config, inbox: Inbox
) -> None:
    make_due(world, DUE)

    for worker in [start_worker(settings, inbox, NOW) for _ in range(2)]:
        finish(worker)

    assert Counter(Counter(each.recipient for each in inbox.received).values()) == {1: DUE}
    assert len({each.message["Message-ID"] for each in inbox.received}) == DUE
    assert len({each.peer for each in inbox.received}) == 2  # both took part
    assert_all_sent(world.session)


def test_a_killed_worker_loses_nothing_and_repeats_only_what_had_no_commit(
    world: World, settings: Config, inbox: Inbox
) -> None:
    make_due(world, DUE)
    doomed, survivor = (start_worker(settings, inbox, NOW) for _ in range(2))
    wait_for(inbox, DUE // 4)
    doomed.send_signal(signal.SIGKILL)
    doomed.communicate()
    finish(survivor)

    # What the dead one held is left alone until its lease is over, then taken up.
    half_way = read(world.session, select(Mail.message_id).where(Mail.state == MailState.SENDING))
    before = len(inbox.received)
    finish(start_worker(settings, inbox, NOW + LEASE))
    assert len(inbox.received) == before
    finish(start_worker(settings, inbox, NOW + LEASE + timedelta(seconds=1)))

    by_id: dict[str, list[bytes]] = {}
    for each in inbox.received:
        by_id.setdefault(str(each.message["Message-ID"]), []).append(each.content)
    repeated = {message_id for message_id, copies in by_id.items() if len(copies) > 1}
    owners = select(Person.email).join(Consultation, Consultation.owner_id == Person.id)
    assert {each.recipient for each in inbox.received} == read(world.session, owners)
    assert len(by_id) == DUE
    assert repeated <= half_way and len(repeated) <= 1  # the one in the air when it died
    assert all(len(set(copies)) == 1 for copies in by_id.values())  # to the byte
    assert_all_sent(world.session)
