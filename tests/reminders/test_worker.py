"""What becomes of mails when servers, workers and rows misbehave."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import select, text

from tests import factories as make
from tests.mail.server import Inbox, Received, smtp_server
from tests.reminders.world import World, at
from tracker.accounts.models import Person
from tracker.mail.errors import (
    LineLost,
    PermanentMailError,
    ServerUnavailable,
    TemporaryMailError,
    UnknownOutcomeError,
)
from tracker.mail.render import RenderedMail, _templates
from tracker.mail.smtp import LIMIT, SmtpTransport
from tracker.mail.transport import MemoryTransport
from tracker.reminders.models import Mail, MailState, Reminder, ReminderState
from tracker.reminders.operations import queue_notice, send_again
from tracker.reminders.operations.notices import MailNotFailed, RecipientUnreachable
from tracker.reminders.policy.mending import BAD_ADDRESS
from tracker.reminders.worker import deliver
from tracker.reminders.worker.claiming import (
    MAX_ATTEMPTS,
    MAX_LAPSES,
    hand_back,
    pause_after,
    record_refused,
    record_sent,
)
from tracker.reminders.worker.delivering import FRESH, LONGEST_ROUND
from tracker.reminders.worker.preparing import MAY_HAVE_ARRIVED

NINE = at("2026-01-08 09:00")
HELLO = RenderedMail("Hello", "Hello", "<p>Hello</p>")
LEASE = timedelta(minutes=5)


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with smtp_server() as server:
        yield server


def smtp(inbox: Inbox) -> SmtpTransport:
    return SmtpTransport(host=inbox.host, port=inbox.port, security="none", timeout=60)


class Failing(MemoryTransport):
    """Fails with `error` for the addresses in `only` (for all, if none), else keeps the mail."""

    def __init__(self, error: Exception, *only: str, is_kept: bool = False) -> None:
        super().__init__()
        self.error, self.only, self.is_kept = error, only, is_kept

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        fails = not self.only or recipient in self.only
        if self.is_kept or not fails:
            super().send(message, sender=sender, recipient=recipient)
        if fails:
            raise self.error


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 5), (2, 10), (3, 20), (6, 160), (7, 240), (50, 240)]
)
def test_pause_after_doubles_up_to_four_hours(attempts: int, minutes: int) -> None:
    whole = timedelta(minutes=minutes)
    pauses = [pause_after(attempts, mail_id) for mail_id in range(1, 201)]
    assert whole * 0.85 < min(pauses) < whole * 0.86
    assert whole * 0.99 < max(pauses) <= whole
    assert pauses == [pause_after(attempts, mail_id) for mail_id in range(1, 201)]


def test_mail_put_off_by_the_server_is_tried_again_after_a_pause(
    world: World, inbox: Inbox
) -> None:
    world.closed()
    inbox.at_rcpt = lambda _: "451 try later"
    assert world.tick(NINE, smtp(inbox)).put_off == 1
    mail = world.mails[0]
    assert (str(mail.state), mail.last_error, mail.attempts) == ("waiting", "451 try later", 1)
    inbox.at_rcpt = lambda _: "250 OK"
    assert world.tick(NINE + timedelta(minutes=4), smtp(inbox)).sent == 0
    assert world.tick(NINE + timedelta(minutes=5), smtp(inbox)).sent == 1
    assert world.mails[0].last_error == ""


def test_mail_put_off_too_often_is_given_up_and_visible(world: World) -> None:
    world.closed()
    world.tick(NINE, Failing(TemporaryMailError("451 no")))
    world.mails[0].attempts = MAX_ATTEMPTS - 1
    world.tick(NINE + timedelta(minutes=10), Failing(TemporaryMailError("451 no")))
    assert str(world.mails[0].state) == "failed"
    assert world.reminders == [
        ("next_steps", "Olu", "cancelled", "The mail could not be delivered: 451 no")
    ]


def test_mail_to_an_address_that_is_no_more_marks_the_person(world: World, inbox: Inbox) -> None:
    world.closed()
    inbox.at_rcpt = lambda _: "550 5.1.1 no such user"
    assert world.tick(NINE, smtp(inbox)).refused == 1
    assert world.owner.is_bounced
    assert str(world.mails[0].state) == "failed"
    # The next look finds that nobody reachable owns it: deputy and contact are told at once.
    world.tick(NINE + timedelta(minutes=1))
    assert world.sent == [("no_owner", "Dee"), ("no_owner", "Mo")]
    assert b"Mail to Olu comes back." in world.transport.sent[0][2]


def test_mail_refused_by_policy_blames_nobody(world: World, inbox: Inbox) -> None:
    world.closed()
    inbox.at_rcpt = lambda _: "550 5.7.1 relaying denied"
    assert world.tick(NINE, smtp(inbox)).refused == 1
    assert not world.owner.is_bounced


def test_one_refused_mail_stops_no_other(world: World) -> None:
    world.closed(title="Bus")
    other = make.make_person(world.session, "Ada")
    world.closed(title="Food", owner=other)
    summary = world.tick(NINE, Failing(PermanentMailError("554 no"), world.owner.email))
    assert (summary.refused, summary.sent) == (1, 1)
    assert world.sent == [("next_steps", "Ada")]


def test_no_server_gives_everything_back_untried(world: World) -> None:
    world.closed(title="Bus")
    world.closed(title="Food", owner=make.make_person(world.session, "Ada"))
    down = Failing(ServerUnavailable("no connection: refused"))
    summary = world.tick(NINE, down)
    assert (summary.sent, summary.put_off) == (0, 2)
    assert [(m.attempts, str(m.state), m.last_error) for m in world.mails] == [
        (0, "waiting", "no connection: refused")
    ] * 2
    assert world.tick(NINE + timedelta(minutes=5)).sent == 2


def test_mail_whose_outcome_is_unknown_is_repeated_to_the_byte(world: World, inbox: Inbox) -> None:
    world.closed()
    inbox.at_data = lambda _: "drop"
    world.tick(NINE, smtp(inbox))
    assert str(world.mails[0].state) == "sending"
    inbox.at_data = lambda _: "250 OK"
    assert world.tick(NINE + timedelta(minutes=4), smtp(inbox)).sent == 0
    assert world.tick(NINE + timedelta(minutes=6), smtp(inbox)).sent == 1
    first, second = inbox.received
    assert first.content == second.content
    assert first.message["Message-ID"] == world.mails[0].message_id


def test_mail_whose_outcome_stays_unknown_is_given_up_at_last(world: World) -> None:
    world.closed()
    lost = Failing(UnknownOutcomeError("the line died"))
    world.tick(NINE, lost)
    world.mails[0].attempts = MAX_ATTEMPTS - 2
    world.tick(NINE + timedelta(minutes=10), lost)  # the last but one
    assert str(world.mails[0].state) == "sending"
    world.tick(NINE + timedelta(hours=5), lost)
    mail = world.mails[0]
    assert (str(mail.state), mail.last_error) == ("failed", MAY_HAVE_ARRIVED)
    assert world.reminders[0][2:] == ("cancelled", MAY_HAVE_ARRIVED)


@pytest.mark.parametrize("last_error", ["", "451 no"])
@pytest.mark.parametrize(
    ("lapses", "state"), [(MAX_LAPSES - 2, "sent"), (MAX_LAPSES - 1, "failed")]
)
def test_mail_whose_workers_died_is_given_up_far_later_than_one_whose_tries_failed(
    world: World, lapses: int, state: str, last_error: str
) -> None:
    mail = leave_half_way(world)
    mail.lapses, mail.last_error, mail.claimed_until = lapses, last_error, NINE
    world.tick(NINE + timedelta(minutes=10))
    assert (str(world.mails[0].state), world.mails[0].lapses) == (state, lapses + 1)


def test_a_worker_that_died_costs_a_mail_none_of_its_tries(world: World) -> None:
    mail = leave_half_way(world)
    mail.attempts, mail.claimed_until = 3, NINE
    world.tick(NINE + timedelta(minutes=10), Failing(UnknownOutcomeError("the line died")))
    mail = world.mails[0]
    assert (str(mail.state), mail.attempts, mail.lapses) == ("sending", 3, 1)
    # This try came to an end, though nobody knows to which: it counts.
    world.tick(NINE + timedelta(hours=1), Failing(UnknownOutcomeError("the line died")))
    mail = world.mails[0]
    assert (mail.attempts, mail.lapses) == (4, 1)


def test_mail_whose_outcome_is_unknown_at_the_last_try_is_given_up(world: World) -> None:
    world.closed()
    world.tick(NINE, Failing(TemporaryMailError("451 no")))
    world.mails[0].attempts = MAX_ATTEMPTS - 1
    world.tick(NINE + timedelta(minutes=10), Failing(UnknownOutcomeError("the line died")))
    assert world.mails[0].last_error == f"the line died {MAY_HAVE_ARRIVED}"


def leave_half_way(world: World, moment: datetime = NINE) -> Mail:
    """A mail that a worker handed over and then died."""
    world.closed()
    world.tick(moment, Failing(UnknownOutcomeError("killed"), is_kept=True))
    mail = world.mails[0]
    mail.claimed_by = "the dead one"
    return mail


def test_half_sent_mail_is_not_repeated_once_its_cases_are_over(world: World) -> None:
    mail = leave_half_way(world)
    world.tell(mail.reminders[0].case.consultation, NINE)
    world.tick(NINE + timedelta(hours=1))
    assert world.transport.sent == []
    assert (str(world.mails[0].state), world.mails[0].last_error) == ("cancelled", MAY_HAVE_ARRIVED)
    assert world.reminders[0][3].startswith("Every theme has a published answer. It may have been")


def test_half_sent_mail_waits_for_the_hours_of_sending(world: World) -> None:
    leave_half_way(world, at("2026-01-08 15:58"))
    assert world.tick(at("2026-01-08 16:30")).sent == 0
    assert world.tick(at("2026-01-09 08:59")).sent == 0
    assert world.tick(at("2026-01-09 09:01")).sent == 1


def test_half_sent_mail_is_held_over_a_holiday_of_its_nation(world: World) -> None:
    leave_half_way(world)
    assert world.tick(at("2026-01-10 10:00")).sent == 0  # a Saturday, within the hours
    assert world.tick(at("2026-01-12 09:01")).sent == 1


def test_half_sent_mail_counts_for_the_day_it_is_repeated_on(world: World) -> None:
    leave_half_way(world)
    world.closed(title="Food", closes_on=at("2026-01-09 00:00").date())
    world.tick(at("2026-01-12 10:00"))
    assert len(world.transport.sent) == 1  # the other waits for Tuesday
    world.tick(at("2026-01-13 10:00"))
    assert len(world.transport.sent) == 2


def test_half_sent_mail_waits_when_the_day_has_had_one(world: World) -> None:
    mail = leave_half_way(world)
    mail.claimed_until = at("2026-01-12 11:00")
    world.closed(title="Food", closes_on=at("2026-01-09 00:00").date())
    assert world.tick(at("2026-01-12 10:00")).sent == 1
    assert world.tick(at("2026-01-12 12:00")).sent == 0
    assert world.tick(at("2026-01-13 09:01")).sent == 1


def test_half_sent_mail_that_no_server_takes_keeps_its_bytes(world: World) -> None:
    mail = leave_half_way(world)
    bytes_before = mail.content
    world.tick(NINE + timedelta(hours=1), Failing(ServerUnavailable("down")))
    mail = world.mails[0]
    assert (str(mail.state), mail.content) == ("sending", bytes_before)
    world.tick(NINE + timedelta(hours=2), Failing(TemporaryMailError("451")))
    assert str(world.mails[0].state) == "sending"
    assert world.tick(NINE + timedelta(hours=3)).sent == 1
    assert world.transport.sent[0][2] == bytes_before


def test_half_sent_mail_that_cannot_be_looked_at_is_tried_again_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_half_way(world)
    ten = NINE + timedelta(hours=1)

    def fail(*_: object) -> bool:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("tracker.reminders.worker.preparing.has_had_one", fail)
        assert world.tick(ten).sent == 0
    assert world.mails[0].last_error == "It could not be written: RuntimeError"
    assert str(world.mails[0].state) == "sending"
    assert world.tick(ten + timedelta(minutes=1)).sent == 0
    assert world.tick(ten + timedelta(hours=1)).sent == 1


def test_outcome_of_a_worker_that_lost_its_lease_changes_nothing(world: World) -> None:
    mail = leave_half_way(world)
    world.session.flush()
    late, session = "somebody late", world.session
    assert not record_sent(session, late, mail.id, now=NINE)
    assert not record_refused(session, late, mail.id, "550", now=NINE, is_recipient_gone=True)
    assert not hand_back(session, late, mail.id, "", until=NINE, is_unknown=False, attempts=1)
    session.expire_all()
    assert (mail.claimed_by, str(mail.state)) == ("the dead one", "sending")
    assert not world.owner.is_bounced


class Slow(MemoryTransport):
    """Takes its time, by the clock, for each mail, or hands it to somebody else meanwhile."""

    def __init__(
        self, world: World, *, steals: bool = False, takes: timedelta = timedelta(minutes=2)
    ) -> None:
        super().__init__()
        self.world, self.now, self.steals, self.takes = world, NINE, steals, takes

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        super().send(message, sender=sender, recipient=recipient)
        self.now += self.takes
        if self.steals:
            self.world.session.execute(text("UPDATE mails SET claimed_by = 'another'"))
            self.world.session.commit()


def test_an_ill_server_is_left_alone_after_a_few_mails(world: World) -> None:
    people = [make.make_person(world.session, f"P{number}") for number in range(6)]
    for person in people:
        queue_notice(world.session, recipient=person, key=person.name, rendered=HELLO, now=NINE)

    summary = world.tick(NINE, Failing(LineLost("the line died at the address")))

    assert (summary.sent, summary.put_off) == (0, 6)
    assert [mail.attempts for mail in world.mails] == [1, 1, 1, 0, 0, 0]
    assert world.tick(NINE + timedelta(minutes=5)).sent == 6


def test_mails_that_take_the_line_down_hold_no_other(world: World) -> None:
    """However often: two die, one passes, two die, one passes."""
    people = [make.make_person(world.session, f"P{number}") for number in range(6)]
    for person in people:
        queue_notice(world.session, recipient=person, key=person.name, rendered=HELLO, now=NINE)
    ill = [person.email for number, person in enumerate(people) if number % 3 < 2]

    summary = world.tick(NINE, Failing(UnknownOutcomeError("the line died"), *ill))

    assert (summary.sent, summary.put_off) == (2, 4)
    assert [mail.attempts for mail in world.mails] == [1] * 6


def test_a_tick_is_bounded_however_slow_the_server_is(world: World) -> None:
    for number in range(40):
        person = make.make_person(world.session, f"P{number}")
        queue_notice(world.session, recipient=person, key=str(number), rendered=HELLO, now=NINE)
    world.session.commit()
    slow = Slow(world, takes=timedelta(seconds=LIMIT))
    with world.app.app_context():
        deliver(world.session, slow, world.settings, clock=lambda: slow.now)
    world.session.expire_all()
    batch = FRESH + timedelta(seconds=LIMIT)
    assert LONGEST_ROUND <= slow.now - NINE <= LONGEST_ROUND + batch
    states = [str(mail.state) for mail in world.mails]
    assert (states.count("sent"), states.count("waiting")) == (len(slow.sent), 40 - len(slow.sent))


def test_refusal_of_a_repeat_says_that_an_earlier_try_may_have_arrived(world: World) -> None:
    leave_half_way(world)
    world.tick(NINE + timedelta(hours=1), Failing(PermanentMailError("554 no")))
    assert world.mails[0].last_error == f"554 no {MAY_HAVE_ARRIVED}"


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


def test_worker_that_lost_its_lease_says_so(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.closed()
    world.tick(NINE, Slow(world, steals=True))
    assert "was taken over by another worker meanwhile" in caplog.text
    assert str(world.mails[0].state) == "sending"  # its new owner will say


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


def notice(world: World, key: str = "k/1", moment: datetime = NINE) -> Mail:
    return queue_notice(world.session, recipient=world.owner, key=key, rendered=HELLO, now=moment)


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
