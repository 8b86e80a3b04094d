"""What becomes of mails when servers misbehave."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests import factories as make
from tests.mail.server import Inbox, smtp_server
from tests.reminders.trouble import HELLO, NINE, Failing, Slow, smtp
from tests.reminders.world import World
from tracker.mail.errors import (
    LineLost,
    PermanentMailError,
    ServerUnavailable,
    TemporaryMailError,
    UnknownOutcomeError,
)
from tracker.mail.smtp import LIMIT
from tracker.reminders.operations import queue_notice
from tracker.reminders.worker import deliver
from tracker.reminders.worker.claiming import MAX_ATTEMPTS, pause_after
from tracker.reminders.worker.delivering import FRESH, LONGEST_ROUND
from tracker.reminders.worker.preparing import MAY_HAVE_ARRIVED


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with smtp_server() as server:
        yield server


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


def test_mail_whose_outcome_is_unknown_at_the_last_try_is_given_up(world: World) -> None:
    world.closed()
    world.tick(NINE, Failing(TemporaryMailError("451 no")))
    world.mails[0].attempts = MAX_ATTEMPTS - 1
    world.tick(NINE + timedelta(minutes=10), Failing(UnknownOutcomeError("the line died")))
    assert world.mails[0].last_error == f"the line died {MAY_HAVE_ARRIVED}"


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


def test_worker_that_lost_its_lease_says_so(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.closed()
    world.tick(NINE, Slow(world, steals=True))
    assert "was taken over by another worker meanwhile" in caplog.text
    assert str(world.mails[0].state) == "sending"  # its new owner will say
