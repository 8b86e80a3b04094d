"""Whose a mail is: claims, leases that run out, and workers that stand still."""

from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests import factories as make
from tests.reminders.world import World, at
from tracker.db import db
from tracker.reminders.models import Mail, MailState
from tracker.reminders.worker.agenda import is_work_waiting
from tracker.reminders.worker.claiming import COMPANY_LAPSES, claim
from tracker.reminders.worker.preparing import prepare
from tracker.reminders.worker.room import make_room

NINE = at("2026-01-08 09:00")
LEASE = timedelta(minutes=5)


def test_claim_is_for_one_worker_and_runs_out(world: World) -> None:
    world.closed()
    world.tick(at("2026-01-08 06:00"))
    session = world.session

    def take(worker: str, now: datetime) -> list[int]:
        return claim(session, worker, now=now, lease=LEASE, with_reminders=True)

    assert take("early", NINE - timedelta(seconds=1)) == []
    ids = take("one", NINE)
    assert len(ids) == 1
    assert take("two", NINE) == []
    assert take("two", NINE + LEASE) == []
    assert take("two", NINE + LEASE + timedelta(seconds=1)) == ids


def test_claim_takes_a_mail_that_was_often_left_by_itself(world: World) -> None:
    """Of twenty that a worker dies over, nineteen are innocent."""
    for _ in range(4):
        world.closed(service=make.make_service(world.session))
    world.tick(at("2026-01-08 06:00"))
    first, often, last, again = world.mails
    for mail in (often, again):
        mail.lapses, mail.claimed_by, mail.claimed_until = COMPANY_LAPSES - 1, "dead", NINE - LEASE
    world.session.flush()

    taken = [
        claim(world.session, f"worker {n}", now=NINE, lease=LEASE, with_reminders=True)
        for n in range(4)
    ]

    world.session.expire_all()
    assert taken == [[often.id], [again.id], [first.id, last.id], []]
    assert [each.lapses for each in (first, often, last, again)] == [0, 5, 0, 5]


def test_claim_takes_no_reminder_outside_the_hours(world: World) -> None:
    world.closed()
    world.tick(at("2026-01-08 06:00"))
    assert claim(world.session, "x", now=NINE, lease=LEASE, with_reminders=False) == []


def test_nobody_claims_a_mail_while_its_worker_decides_about_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One stands still in its last look until its lease is over; the other goes without, or waits."""
    world.closed()
    world.tick(at("2026-01-08 06:00"))
    ids = claim(world.session, "slow", now=NINE, lease=LEASE, with_reminders=True)
    world.session.commit()
    is_looking, has_tried = Event(), Event()
    steps: list[str] = []

    def stand_still(*args: Any) -> Any:
        is_looking.set()
        has_tried.wait(
            1
        )  # on SQLite in vain: there the other one can't begin before this one is done
        return make_room(*args)

    monkeypatch.setattr("tracker.reminders.worker.preparing.make_room", stand_still)

    def decide(session: Session) -> None:
        assert len(prepare(session, "slow", ids, world.settings, now=NINE)) == 1
        steps.append("decided")

    def take_over(session: Session) -> None:
        if claim(session, "quick", now=NINE + 2 * LEASE, lease=LEASE, with_reminders=True):
            steps.append("taken over")
        has_tried.set()

    def work(do: Any) -> None:
        with world.app.app_context(), Session(db.engine) as own:
            do(own)
            own.commit()

    slow, quick = (Thread(target=work, args=(do,)) for do in (decide, take_over))
    slow.start()
    assert is_looking.wait(20)
    quick.start()
    slow.join(20)
    quick.join(20)

    assert steps[0] == "decided"
    late = NINE + 4 * LEASE
    assert claim(world.session, "next", now=late, lease=LEASE, with_reminders=True) == ids


def test_a_mail_under_way_that_is_nobodys_is_taken_up(world: World) -> None:
    world.closed()
    world.tick(at("2026-01-08 06:00"))
    ids = claim(world.session, "one", now=NINE, lease=LEASE, with_reminders=True)
    with world.app.app_context():
        assert len(prepare(world.session, "one", ids, world.settings, now=NINE)) == 1
    lost = {"state": MailState.SENDING, "claimed_by": "", "claimed_until": None}
    world.session.execute(update(Mail).values(lost))
    world.session.commit()

    assert is_work_waiting(world.session, now=NINE)
    assert world.tick(NINE).sent == 1
