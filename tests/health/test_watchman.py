"""The watchman: it tells the administrators once that the worker stands still, and lets alerts out."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tests.reminders.world import World, at, make_world
from tests.safeguarding.world import make_guarded, write
from tracker.accounts.policy import RoleName
from tracker.health.queries import health
from tracker.health.watchman import watch as watch_at
from tracker.mail.transport import MemoryTransport
from tracker.reminders.models import MailKind

NINE = at("2026-01-08 09:00")
HALF_AN_HOUR = timedelta(minutes=30)


def watch(world: World, minutes: float) -> bool:
    world.session.commit()
    with world.app.app_context():
        return watch_at(
            world.session,
            world.transport,
            world.settings,
            clock=lambda: NINE + timedelta(minutes=minutes),
        )


def addressees(world: World) -> list[str]:
    return [recipient for _, recipient, _ in world.transport.sent]


@pytest.fixture
def silent(app: Flask, session: Session, settings: Config) -> World:
    """The last tick was at nine; since then a consultation has closed."""
    world = make_world(app, session, settings)
    make.make_person(world.session, "Ada", RoleName.ADMINISTRATOR)
    make.make_person(world.session, "Gone", RoleName.ADMINISTRATOR, active=False)
    world.tick(NINE)
    world.transport.sent.clear()
    world.closed()
    return world


def test_watch_tells_every_administrator_once(silent: World) -> None:
    assert watch(silent, 30)
    assert watch(silent, 35)

    assert addressees(silent) == ["ada@example.org"]
    sent = silent.transport.sent[0][2].decode()
    assert "Subject: Reminders stand still: the last look at the clock was 30 minutes" in sent
    assert "1 consultation to look at, 0 mails to send" in sent
    assert "http://localhost/staff/health" in sent


def test_watch_tells_again_of_another_silence(silent: World) -> None:
    watch(silent, 30)
    silent.tick(NINE + timedelta(minutes=40))
    silent.transport.sent.clear()
    silent.closed(title="Food")

    assert not watch(silent, 69)
    assert watch(silent, 70)
    assert addressees(silent) == ["ada@example.org"]


def test_watch_is_quiet_while_the_clock_ticks_or_nothing_is_due(silent: World) -> None:
    assert not watch(silent, 29)
    silent.tick(NINE + timedelta(minutes=29))
    assert not watch(silent, 58)
    silent.transport.sent.clear()
    silent.session.commit()

    assert not watch(silent, 60)  # nothing has changed since that tick
    assert silent.transport.sent == []


def test_watch_sends_no_reminder(silent: World) -> None:
    silent.tick(NINE - timedelta(hours=3))  # queued for nine
    silent.transport.sent.clear()

    assert watch(silent, 45)

    assert addressees(silent) == ["ada@example.org"]
    assert {m.kind for m in silent.mails if m.sent_at is None} == {MailKind.REMINDER}


def test_watch_sends_nothing_while_sending_is_off(silent: World) -> None:
    silent.organisation.is_sending = False

    watch(silent, 30)

    assert silent.transport.sent == []


def test_watch_lets_alerts_about_young_people_out(
    app: Flask, session: Session, settings: Config
) -> None:
    guarded = make_guarded(session)
    write(session, guarded)
    session.commit()
    transport = MemoryTransport()

    with app.app_context():
        assert watch_at(session, transport, settings, clock=lambda: make.NOW)

    told = {recipient for _, recipient, _ in transport.sent}
    assert {guarded.first.email, guarded.administrator.email} <= told
    assert guarded.owner.email not in told


def test_health_counts_what_waits_and_what_comes(silent: World) -> None:
    before = health(silent.session, now=NINE + HALF_AN_HOUR)
    assert (before.looks_due, before.mails_due, before.is_stalled) == (1, 0, True)
    assert not before.is_well

    silent.tick(at("2026-01-09 03:00"))
    queued = health(silent.session, now=at("2026-01-09 03:00"))
    assert (queued.looks_due, queued.mails_due, queued.is_well) == (0, 0, True)
    assert queued.next_at == NINE + timedelta(days=1)

    late = health(silent.session, now=at("2026-01-09 09:10"))
    assert (late.mails_due, late.oldest_mail_due) == (1, NINE + timedelta(days=1))
