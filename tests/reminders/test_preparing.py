"""A mail is looked at once more before it leaves: is it still true, and can it be written?"""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from jinja2 import ChoiceLoader, DictLoader

from tests import factories as make
from tests.reminders.trouble import NINE, Slow, notice
from tests.reminders.world import World, at
from tracker.mail.render import _templates
from tracker.reminders.models import ReminderState
from tracker.reminders.operations import send_again
from tracker.reminders.operations.notices import RecipientUnreachable
from tracker.reminders.policy.mending import BAD_ADDRESS
from tracker.reminders.worker import deliver
from tracker.reminders.worker.claiming import MAX_ATTEMPTS


def test_what_waited_too_long_is_looked_at_again_before_it_leaves(world: World) -> None:
    told = world.closed(title="Told meanwhile", owner=make.make_person(world.session, "Ada"))
    world.closed(title="Bus")
    world.tick(at("2026-01-08 06:00"))
    transport = Slow(world)
    with world.app.app_context():
        delivered = deliver(world.session, transport, world.settings, clock=lambda: transport.now)
    assert (delivered.sent, delivered.put_off) == (2, 1)  # the second went back once
    assert told.id
    assert [mail.attempts for mail in world.mails] == [1, 1]


def test_mail_claimed_at_the_last_second_leaves_the_next_day(world: World) -> None:
    world.closed()
    world.tick(at("2026-01-08 06:00"))
    moments = iter([at("2026-01-08 15:59:59")] * 3)  # the last is the one of the claim
    with world.app.app_context():
        deliver(
            world.session,
            world.transport,
            world.settings,
            clock=lambda: next(moments, at("2026-01-08 16:00")),
        )
    assert world.transport.sent == []
    assert world.mails[0].not_before == at("2026-01-09 09:00")


def test_mail_with_nothing_left_to_say_is_cancelled(world: World) -> None:
    world.closed()
    world.tick(at("2026-01-08 06:00"))
    reminder = world.mails[0].reminders[0]
    reminder.state, reminder.reason = ReminderState.CANCELLED, "By hand"
    world.session.commit()
    with world.app.app_context():
        deliver(world.session, world.transport, world.settings, clock=lambda: NINE)
    world.session.expire_all()
    mail = world.mails[0]
    assert (str(mail.state), mail.last_error) == ("cancelled", "Nothing was left to say.")


def test_reminder_of_somebody_who_left_is_cancelled(world: World) -> None:
    world.closed()
    world.tick(at("2026-01-08 06:00"))
    world.owner.active = False
    world.tick(NINE)
    assert ("next_steps", "Olu", "cancelled", "Olu has left.") in world.reminders
    assert world.sent == [("no_owner", "Dee"), ("no_owner", "Mo")]


def test_reminder_goes_to_the_new_owner_after_a_hand_over(world: World) -> None:
    consultation = world.closed()
    world.tick(at("2026-01-08 06:00"))
    consultation.owner = make.make_person(world.session, "Ada")
    world.tick(NINE)
    assert world.sent == [("next_steps", "Ada")]
    assert world.reminders[0] == (
        "next_steps",
        "Olu",
        "cancelled",
        "Somebody else looks after it now.",
    )


def test_reminder_to_an_address_that_is_none_is_given_up_at_once_and_sent_when_mended(
    world: World,
) -> None:
    world.owner.email = "olu@exämple@org"
    world.closed(title="Bus")
    world.closed(title="Food", owner=make.make_person(world.session, "Ada"))
    assert world.tick(NINE).sent == 1
    mail = world.mails[0]
    assert (str(mail.state), mail.last_error) == ("failed", BAD_ADDRESS)
    assert world.reminders[0][2:] == ("cancelled", BAD_ADDRESS)
    with pytest.raises(RecipientUnreachable, match="is no address"):
        send_again(world.session, mail, now=NINE)
    world.owner.email = "olu@example.org"
    send_again(world.session, mail, now=NINE)
    assert world.tick(NINE + timedelta(hours=1)).sent == 1
    assert world.transport.sent[-1][1] == "olu@example.org"


@pytest.fixture
def broken_templates() -> Iterator[None]:
    """A reminder's template that somebody left with a mistake in it."""
    environment = _templates()
    sound = environment.loader
    assert sound is not None and environment.cache is not None
    broken = DictLoader({"emails/reminder/body.txt": "{% if items %}and no end"})
    environment.loader = ChoiceLoader([broken, sound])
    environment.cache.clear()
    yield
    environment.loader = sound
    environment.cache.clear()


@pytest.mark.usefixtures("broken_templates")
def test_mail_that_cannot_be_rendered_stops_no_other_and_is_given_up_at_last(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.closed(title="Bus")
    notice(world)
    assert world.tick(NINE).sent == 1  # the notice was written before
    assert "could not be written: TemplateSyntaxError" in caplog.text
    mail = world.mails[1]
    assert (str(mail.state), mail.attempts) == ("waiting", 1)
    assert mail.last_error == "It could not be written: TemplateSyntaxError"
    mail.attempts = MAX_ATTEMPTS - 1
    world.tick(NINE + timedelta(hours=1))
    assert str(world.mails[1].state) == "failed"
    assert world.reminders[0][2] == "cancelled"


def test_consultation_with_impossible_dates_stops_no_other(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    far = date.max
    world.closed(title="Impossible", promise_on=far)
    world.closed(title="Bus")
    world.closed(title="Food", owner=make.make_person(world.session, "Ada"))
    summary = world.tick(NINE)
    assert (summary.sent, summary.failures) == (2, 0)
    assert "has dates that can't be reckoned with" in caplog.text


def test_part_that_breaks_stops_no_other_part(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.closed()
    world.tick(at("2026-01-08 06:00"))
    world.organisation.time_zone = "Nowhere/At-all"
    summary = world.tick(NINE)
    assert summary.failures > 1 and summary.sent == 0
    assert "looking failed: ZoneInfoNotFoundError" in caplog.text
    world.organisation.time_zone = "Europe/London"
    assert world.tick(NINE).sent == 1
