"""From a bounce in the mailbox to an orphan: who stands in is told, and nobody can be silenced."""

from dataclasses import replace
from email import message_from_bytes

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from config import Config
from tests.bounces.conftest import reading
from tests.bounces.letters import bounce
from tests.bounces.server import Box
from tests.reminders.world import World, at, make_world
from tracker.accounts.operations import PersonDraft, edit_person
from tracker.bounces.worker import look_for_bounces
from tracker.reminders.models import Mail, MailState
from tracker.reminders.policy import Step
from tracker.reminders.scheduler import tick_once
from tracker.reminders.worker import tick
from tracker.reminders.worker.room import secret_message_id


@pytest.fixture
def world(app: Flask, session: Session, settings: Config, box: Box) -> World:
    return replace(make_world(app, session, settings), settings=reading(settings, box))


def run(world: World, words: str) -> None:
    """A tick that looks for bounces at its end, as a worker does it."""
    world.session.commit()
    with world.app.app_context():
        tick(
            world.session,
            world.transport,
            world.settings,
            clock=lambda: at(words),
            parts_above=[("looking for bounces", look_for_bounces)],
        )
    world.session.expire_all()


def test_bounce_of_a_reminder_opens_an_orphan_and_tells_who_stands_in(
    world: World, box: Box
) -> None:
    world.closed()
    run(world, "2026-01-08 10:00")
    assert world.sent == [("next_steps", "Olu")]
    _sender, recipient, content = world.transport.sent[0]
    box.put(bounce(str(message_from_bytes(content)["Message-ID"]), recipient))

    run(world, "2026-01-08 10:10")
    assert world.owner.is_bounced
    run(world, "2026-01-08 10:11")

    assert world.cases == [("untold", ""), ("orphan", "")]
    told = {name for step, name in world.sent if step == Step.NO_OWNER}
    assert told == {"Dee", "Mo"}
    timeline = {step: reason for step, _name, _state, reason in world.reminders}
    assert timeline["next_steps"] == "It came back. Nobody is at this address."

    run(world, "2026-01-14 10:00")
    assert all(name != "Olu" for _step, name in world.sent[1:])
    nudges = [
        reason for step, name, _state, reason in world.reminders if (step, name) == ("nudge", "Olu")
    ]
    assert nudges in (["Mail to Olu comes back."], [])


def test_waiting_reminder_to_a_dead_address_is_cancelled(world: World, box: Box) -> None:
    world.closed()
    run(world, "2026-01-08 10:00")
    _sender, recipient, content = world.transport.sent[0]
    run(world, "2026-01-14 05:00")  # the nudge is queued, and waits for nine o'clock
    assert ("nudge", "Olu", "waiting", "") in world.reminders
    box.put(bounce(str(message_from_bytes(content)["Message-ID"]), recipient))

    run(world, "2026-01-14 05:10")
    run(world, "2026-01-14 09:10")

    assert ("nudge", "Olu", "cancelled", "Mail to Olu comes back.") in world.reminders


def test_corrected_address_closes_the_orphan(world: World, box: Box) -> None:
    world.closed()
    run(world, "2026-01-08 10:00")
    _sender, recipient, content = world.transport.sent[0]
    box.put(bounce(str(message_from_bytes(content)["Message-ID"]), recipient))
    run(world, "2026-01-08 10:10")
    run(world, "2026-01-08 10:20")

    edit_person(world.session, world.owner, PersonDraft("Olu", "o@example.org"), by=world.owner.id)
    run(world, "2026-01-08 10:30")

    assert [kind for kind, why in world.cases if not why] == ["untold"]


def test_message_id_cant_be_worked_out_without_the_secret(
    world: World, settings: Config, session: Session
) -> None:
    world.closed()
    run(world, "2026-01-08 10:00")
    (mail,) = world.mails
    assert (mail.state, mail.message_id) == (MailState.SENT, _id(settings, mail))

    another = replace(settings, secret_key="another secret, which is as long as the first one")

    assert _id(another, mail) != mail.message_id


def _id(settings: Config, mail: Mail) -> str:
    key = "\n".join(sorted(reminder.key for reminder in mail.reminders))
    return secret_message_id(settings, key)


def test_worker_looks_for_bounces_at_each_tick(
    app: Flask, world: World, settings: Config, box: Box
) -> None:
    world.session.commit()
    app.config["LOOPKEEPER"] = replace(world.settings, data=settings.data)
    try:
        tick_once(app, lambda: at("2026-01-08 10:00"))
    finally:
        app.config["LOOPKEEPER"] = settings

    assert box.commands[-1] == "LOGOUT"
