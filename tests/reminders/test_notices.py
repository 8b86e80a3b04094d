"""Mails that are no reminders: at any hour, once, and sent again by hand."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.mail.server import Received
from tests.reminders.trouble import HELLO, NINE, Failing, notice
from tests.reminders.world import World, at
from tracker.accounts.models import Person
from tracker.mail.errors import PermanentMailError, TemporaryMailError, UnknownOutcomeError
from tracker.reminders.models import MailState, Reminder, ReminderState
from tracker.reminders.operations import queue_notice, send_again
from tracker.reminders.operations.notices import MailNotFailed, RecipientUnreachable
from tracker.reminders.policy.mending import BAD_ADDRESS


def test_notice_goes_out_at_any_hour_and_only_once(world: World) -> None:
    night = at("2026-01-10 23:00")
    first, second = notice(world, moment=night), notice(world, moment=night)
    assert first is second
    assert world.tick(night).sent == 1
    notice(world, moment=night)
    assert world.tick(night).sent == 0
    assert b"Subject: Hello" in world.transport.sent[0][2]


def test_notice_about_a_consultation_stands_in_the_thread_of_its_reminders(world: World) -> None:
    consultation = world.closed()
    queue_notice(
        world.session,
        recipient=world.owner,
        key="k",
        rendered=HELLO,
        now=NINE,
        about=consultation.id,
    )
    notice(world, "about nothing")
    world.tick(NINE)
    found = [Received("", "", mail[2]).message["In-Reply-To"] for mail in world.transport.sent]
    assert len(found) == 3 and found.count(None) == 1 and len(set(found)) == 2


def test_notice_does_not_count_as_the_mail_of_the_day(world: World) -> None:
    world.closed()
    notice(world)
    assert world.tick(NINE).sent == 2


def test_notice_that_was_put_off_keeps_one_sender_and_its_id(world: World) -> None:
    notice(world)
    world.tick(NINE, Failing(TemporaryMailError("451")))
    world.tick(NINE + timedelta(minutes=5))
    assert world.transport.sent[0][2].count(b"Message-ID:") == 1


def test_notice_left_half_way_is_repeated_at_once(world: World) -> None:
    notice(world)
    world.tick(NINE, Failing(UnknownOutcomeError("killed"), is_kept=True))
    assert world.tick(at("2026-01-10 23:00")).sent == 1


def test_notice_to_somebody_who_left_is_cancelled(world: World) -> None:
    notice(world)
    world.owner.active = False
    world.tick(NINE)
    assert (str(world.mails[0].state), world.mails[0].last_error) == ("cancelled", "Olu has left.")


def test_notice_to_an_impossible_address_is_visible_as_failed(world: World) -> None:
    world.owner.email = "not an address"
    mail = notice(world)
    assert (str(mail.state), mail.last_error) == ("failed", BAD_ADDRESS)
    world.owner.email = "olu.new@example.org"
    send_again(world.session, mail, now=NINE)
    assert world.tick(NINE).sent == 1
    _, to, content = world.transport.sent[0]
    assert to == "olu.new@example.org" and b"To: Olu <olu.new@example.org>" in content


def test_notice_whose_address_turns_out_to_be_none_is_given_up_with_its_words(world: World) -> None:
    mail = notice(world)
    world.owner.email = "not an address"
    world.tick(NINE)
    world.session.refresh(mail)
    assert (str(mail.state), mail.last_error, mail.message_id) == ("failed", BAD_ADDRESS, "")
    assert mail.content is not None and b"Hello" in mail.content


def test_send_again_takes_up_the_reminders_as_they_are_true_then(world: World) -> None:
    world.closed()
    world.tick(NINE, Failing(PermanentMailError("554 no")))
    send_again(world.session, world.mails[0], now=NINE)
    assert world.tick(NINE + timedelta(minutes=1)).sent == 1
    assert [str(mail.state) for mail in world.mails] == ["cancelled", "sent"]
    assert world.session.scalars(select(Reminder.state)).all() == [ReminderState.SENT]


def test_send_again_of_a_notice(world: World) -> None:
    notice(world)
    world.tick(NINE, Failing(PermanentMailError("554 no")))
    world.owner.email = "olu.new@example.org"
    send_again(world.session, world.mails[0], now=NINE)
    assert world.tick(NINE + timedelta(minutes=1)).sent == 1
    message = Received("", "", world.transport.sent[0][2]).message
    assert message["To"] == "Olu <olu.new@example.org>"
    for name in ("From", "To", "Message-ID", "Subject"):
        assert len(message.get_all(name, [])) == 1


def test_send_again_refuses_what_did_not_fail_and_who_cannot_be_reached(world: World) -> None:
    mail = notice(world)
    with pytest.raises(MailNotFailed):
        send_again(world.session, mail, now=NINE)
    mail.state = MailState.FAILED
    world.owner.is_bounced = True
    world.session.flush()
    with pytest.raises(RecipientUnreachable, match="Correct the address"):
        send_again(world.session, mail, now=NINE)
    assert world.session.get(Person, world.owner.id)
