"""Looking for bounces: each mail of the mailbox once, whatever is killed, slow or broken."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tests.bounces.conftest import reading
from tests.bounces.letters import NO_BOUNCES, bounce
from tests.bounces.scenes import bounces, came_back, sent_to
from tests.bounces.server import Box
from tests.factories import NOW
from tracker.accounts.models import Person
from tracker.bounces.models import BounceMailbox
from tracker.bounces.operations import LOOK_EVERY
from tracker.bounces.policy import KEPT
from tracker.bounces.worker import look_for_bounces
from tracker.mail.transport import MemoryTransport
from tracker.reminders.worker import tick


@pytest.fixture
def olu(session: Session) -> Person:
    make.make_organisation(session)
    return make.make_person(session, "Olu")


def look(session: Session, settings: Config, looks: int = 0) -> int:
    """What the look takes, so many looks after the first."""
    session.commit()
    moment = NOW + looks * LOOK_EVERY
    return look_for_bounces(session, settings, lambda: moment, timeout=30, limit=60)


def known(session: Session) -> BounceMailbox:
    return session.get_one(BounceMailbox, 1, populate_existing=True)


def test_look_takes_each_bounce_once(
    session: Session, settings: Config, olu: Person, box: Box
) -> None:
    mail = sent_to(session, olu)
    box.put(NO_BOUNCES["holiday"], bounce(mail.message_id, olu.email), NO_BOUNCES["nothing"])
    own = reading(settings, box)

    assert [look(session, own, each) for each in range(2)] == [1, 0]

    assert olu.is_bounced
    assert (known(session).uid_validity, known(session).last_uid) == (7, 3)
    assert (known(session).read_at, known(session).trouble) == (NOW + LOOK_EVERY, "")
    assert sum(each.startswith("UID FETCH") for each in box.commands) == 3


def test_look_takes_what_came_since(
    session: Session, settings: Config, olu: Person, box: Box
) -> None:
    dee, own = make.make_person(session, "Dee"), reading(settings, box)
    first, second = sent_to(session, olu), sent_to(session, dee)
    box.put(bounce(first.message_id, olu.email))
    assert look(session, own) == 1
    box.put(bounce(second.message_id, dee.email))

    assert look(session, own, 1) == 1
    assert olu.is_bounced and dee.is_bounced


def test_look_waits_its_time(session: Session, settings: Config, olu: Person, box: Box) -> None:
    own = reading(settings, box)
    session.commit()
    for seconds in (0, 60, 299):
        look_for_bounces(session, own, lambda: NOW + timedelta(seconds=seconds))  # noqa: B023

    assert box.commands.count("LOGOUT") == 1


def test_look_begins_anew_in_a_mailbox_that_was_made_anew(
    session: Session, settings: Config, olu: Person, box: Box
) -> None:
    mail, own = sent_to(session, olu), reading(settings, box)
    box.put(*[b"Subject: Hello\n\nHello"] * 5)
    look(session, own)
    box.letters, box.uid_validity = {}, 8
    box.put(bounce(mail.message_id, olu.email))

    assert look(session, own, 1) == 1
    assert (known(session).uid_validity, known(session).last_uid) == (8, 1)


def test_look_without_a_mailbox_only_forgets_what_is_old(
    session: Session, settings: Config, olu: Person
) -> None:
    then = NOW - KEPT - timedelta(days=1)
    came_back(session, settings, sent_to(session, olu, sent_at=then), now=then)

    assert look(session, settings) == 0

    assert bounces(session) == []
    assert session.get(BounceMailbox, 1) is None


def test_look_that_breaks_off_keeps_what_it_took_and_goes_on_there(
    session: Session, settings: Config, olu: Person, box: Box
) -> None:
    dee, own = make.make_person(session, "Dee"), reading(settings, box)
    for person in (olu, dee):
        box.put(bounce(sent_to(session, person).message_id, person.email))
    fetched: list[str] = []

    def hang_up_at_the_second(verb: str) -> bytes | None:
        if verb != "UID FETCH":
            return None
        fetched.append(verb)
        return b"" if len(fetched) == 2 else None

    box.misbehave = hang_up_at_the_second
    look(session, own)

    assert (olu.is_bounced, dee.is_bounced) == (True, False)
    assert (known(session).last_uid, known(session).read_at) == (1, None)
    assert "abort" in known(session).trouble

    assert look(session, own, 1) == 1
    assert dee.is_bounced and known(session).trouble == ""


def test_look_passes_over_a_letter_that_cant_be_taken(
    session: Session, settings: Config, olu: Person, box: Box
) -> None:
    dee, own = make.make_person(session, "Dee"), reading(settings, box)
    for person in (olu, dee):
        box.put(bounce(sent_to(session, person).message_id, person.email))
    _refuse_rows_about(session, olu)

    assert look(session, own) == 1

    assert (olu.is_bounced, dee.is_bounced) == (False, True)
    assert known(session).last_uid == 2
    _refuse_nothing(session)


def _refuse_rows_about(session: Session, person: Person) -> None:
    """Make the database refuse a row, as nothing that a letter can hold does."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(
            text(
                "CREATE TRIGGER refusing BEFORE INSERT ON bounces "
                f"WHEN NEW.person_id = {person.id} BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        )
    else:
        session.execute(
            text(f"ALTER TABLE bounces ADD CONSTRAINT refusing CHECK (person_id <> {person.id})")
        )
    session.commit()


def _refuse_nothing(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DROP TRIGGER refusing"))
    else:
        session.execute(text("ALTER TABLE bounces DROP CONSTRAINT refusing"))
    session.commit()


def test_mailbox_that_is_dead_stops_no_tick(
    app: Flask, session: Session, settings: Config, olu: Person, box: Box
) -> None:
    own = reading(settings, box)
    box.misbehave = lambda verb: b"" if verb == "CAPABILITY" else None
    session.commit()
    with app.app_context():
        parts = [("looking for bounces", look_for_bounces)]
        summary = tick(session, MemoryTransport(), own, clock=lambda: NOW, parts_above=parts)

    assert summary.failures == 0
    assert "abort" in known(session).trouble
