"""Which reminders may wait for a digest, and what a digest does to the one mail a day."""

from datetime import datetime, timedelta

import pytest

from tests.mail.server import Received
from tests.reminders.world import World, at
from tracker.channels.operations import choose
from tracker.channels.policy import Choice, Rhythm
from tracker.mail.errors import TemporaryMailError
from tracker.mail.transport import MemoryTransport
from tracker.reminders.models import ReminderState
from tracker.reminders.operations import plan_anew
from tracker.reminders.policy import CADENCE, CaseKind, Step, digest_moment, may_wait
from tracker.reminders.timelines import timeline
from tracker.working_days import Nation

K, S = CaseKind, Step
THURSDAY, MONDAY = at("2026-01-08 09:00"), at("2026-01-12 09:00")
WEEKLY = Choice(Rhythm.WEEKLY, 0)

MAY_WAIT = {
    (K.UNTOLD, S.NEXT_STEPS),
    (K.UNTOLD, S.NUDGE),
    (K.UNTOLD, S.NUDGE_AGAIN),
    (K.UNTOLD, S.PROMISE_SOON),
    (K.NO_ANSWERS, S.NEXT_STEPS),
    (K.NO_ANSWERS, S.NUDGE),
    (K.LATE_ACTION, S.DUE_SOON),
    (K.SAID_NO, S.ASKED_AGAIN),
    (K.SAID_NO, S.NUDGE),
}


@pytest.mark.parametrize(
    ("kind", "step"),
    [(kind, rule.step) for kind, rules in CADENCE.items() for rule in rules],
)
def test_only_polite_steps_may_wait(kind: CaseKind, step: Step) -> None:
    assert may_wait(kind, step) == ((kind, step) in MAY_WAIT)


def test_nothing_that_somebody_else_hears_may_wait() -> None:
    firm = [(kind, rule.step) for kind in K for rule in CADENCE[kind] if rule.is_escalation]
    assert not any(may_wait(*each) for each in firm)
    assert not may_wait(K.UNTOLD, S.DUE_SOON)  # no such step


@pytest.mark.parametrize(
    ("earliest", "expected"),
    [
        ("2026-01-08 09:00", "2026-01-12 09:00"),
        ("2026-01-12 09:00", "2026-01-12 09:00"),
        ("2026-01-12 15:59", "2026-01-12 15:59"),
        ("2026-01-13 09:00", "2026-01-19 09:00"),
        ("2026-07-07 08:00", "2026-07-13 08:00"),  # 9 o'clock in summer
    ],
)
def test_digest_moment(earliest: str, expected: str) -> None:
    found = digest_moment(at(earliest), 0, "Europe/London", Nation.ENGLAND)
    assert found == at(expected)


def weekly(world: World, choice: Choice = WEEKLY) -> None:
    choose(world.session, world.owner.id, choice, now=THURSDAY - timedelta(days=1))


def letter(world: World) -> Received:
    return Received("", "", world.transport.sent[-1][2])


def test_polite_reminder_waits_for_the_digest_and_says_so(world: World) -> None:
    consultation = world.closed()
    weekly(world)
    assert world.tick(THURSDAY).sent == 0
    [row] = [r for r in timeline(world.session, consultation, now=THURSDAY).past if r.to]
    assert row.why == "It waits for the weekly digest on Monday 12 January 2026."
    assert world.tick(at("2026-01-12 08:59")).sent == 0
    assert world.tick(MONDAY).sent == 1
    assert world.sent == [("next_steps", "Olu")]


def test_digest_has_one_line_and_one_link_for_each_case(world: World) -> None:
    world.closed(title="Bus to the youth centre")
    world.closed(title="Food in the café", responses=1)
    weekly(world)
    world.tick(THURSDAY)
    world.tick(MONDAY)
    mail = letter(world)
    assert mail.message["Subject"] == "2 loops wait for you"
    assert "3 young people are waiting to hear: Bus to the youth centre (day 5 of 84)" in mail.text
    assert "1 young person is waiting to hear: Food in the café" in mail.text
    assert mail.text.count("Read the answers: http://localhost/") == 2
    assert "You get these once a week." in mail.text
    assert "List-Unsubscribe" not in mail.message  # there is nothing less to be had


def test_digest_of_one_loop_names_it(world: World) -> None:
    world.closed()
    weekly(world)
    world.tick(THURSDAY)
    world.tick(MONDAY)
    assert letter(world).message["Subject"] == "1 loop waits for you: Bus to the youth centre"


def test_what_waits_is_looked_at_again_when_it_is_sent(world: World) -> None:
    consultation = world.closed()
    weekly(world)
    world.tick(THURSDAY)
    world.tell(consultation, THURSDAY + timedelta(days=1))
    assert world.tick(MONDAY).sent == 0
    [(step, name, state, reason)] = world.reminders
    assert (step, name, state) == ("next_steps", "Olu", "cancelled")
    assert reason == "Every theme has a published answer."


def test_promise_date_waits_for_nobody_and_takes_along_what_waits(world: World) -> None:
    world.closed(title="Promised", closes_on=at("2025-10-15 00:00").date())  # for 7 January
    weekly(world, Choice(Rhythm.WEEKLY, 1))
    world.closed(title="Polite")
    world.tick(at("2026-01-07 09:00"))  # a Wednesday: the promised day
    assert ("promise_due", "Olu") in world.sent
    world.tick(THURSDAY)
    assert ("next_steps", "Olu") not in world.sent


def test_urgent_step_overtakes_the_one_that_waits(world: World) -> None:
    world.closed(promise_on=at("2026-01-09 00:00").date())
    weekly(world)
    world.tick(THURSDAY)
    world.tick(at("2026-01-09 09:00"))
    assert [step for step, name in world.sent if name == "Olu"] == ["promise_due"]


def test_others_still_hear_at_once(world: World) -> None:
    world.closed(promise_on=at("2026-01-05 00:00").date())
    weekly(world)
    world.tick(at("2026-01-13 09:00"))  # a Tuesday
    assert {name for _, name in world.sent} == {"Mo", "Olu"}  # the copy to the owner as well


def test_digest_that_could_not_leave_on_its_day_leaves_on_the_next(world: World) -> None:
    class Ill(MemoryTransport):
        def send(self, message: bytes, *, sender: str, recipient: str) -> None:
            raise TemporaryMailError("451 not now")

    world.closed()
    weekly(world)
    world.tick(THURSDAY)
    assert world.tick(MONDAY, Ill()).put_off == 1
    assert world.tick(at("2026-01-13 09:00")).sent == 1


def test_digest_leaves_when_sending_was_off_on_its_day(world: World) -> None:
    world.closed()
    weekly(world)
    world.tick(THURSDAY)
    world.organisation.is_sending = False
    world.tick(MONDAY)
    world.organisation.is_sending = True
    assert world.tick(at("2026-01-13 09:00")).sent == 1


def test_second_thing_of_the_digest_day_waits_a_week(world: World) -> None:
    weekly(world)
    world.closed()
    world.tick(THURSDAY)
    world.tick(MONDAY)
    world.closed(title="Late", closes_on=at("2026-01-09 00:00").date())
    world.tick(MONDAY + timedelta(hours=2))
    assert world.tick(at("2026-01-13 09:00")).sent == 0
    assert world.tick(at("2026-01-19 09:00")).sent == 1


def test_mail_of_somebody_who_chose_digest_after_it_was_planned_is_put_off(world: World) -> None:
    world.closed()
    world.tick(THURSDAY - timedelta(hours=1))  # 8 o'clock: planned for 9
    weekly(world)
    assert world.tick(THURSDAY).sent == 0
    assert world.tick(MONDAY).sent == 1


def test_polite_mail_offers_one_press_for_fewer(world: World) -> None:
    world.closed()
    world.tick(THURSDAY)
    message = letter(world).message
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = message["List-Unsubscribe"].strip("<>")
    assert address.startswith("http://localhost/reach/")
    assert f"Settings: {address}" in letter(world).text


def test_mail_that_must_come_offers_no_such_press(world: World) -> None:
    world.closed(promise_on=at("2026-01-05 00:00").date())
    world.tick(at("2026-01-13 09:00"))
    assert len(world.transport.sent) == 2
    for _, _, content in world.transport.sent:
        assert "List-Unsubscribe" not in Received("", "", content).message


def plan(world: World, moment: datetime) -> None:
    plan_anew(world.session, world.owner.id, now=moment)


def test_plan_follows_the_choice_there_and_back(world: World) -> None:
    world.closed()
    eight = THURSDAY - timedelta(hours=1)
    world.tick(eight)
    [mail] = world.mails
    weekly(world)
    plan(world, eight)
    assert mail.not_before == MONDAY
    choose(world.session, world.owner.id, Choice(), now=eight)
    plan(world, eight)
    assert mail.not_before == THURSDAY


def test_plan_leaves_alone_what_was_tried_and_what_is_empty(world: World) -> None:
    world.closed()
    eight = THURSDAY - timedelta(hours=1)
    world.tick(eight)
    [mail] = world.mails
    weekly(world)
    mail.attempts = 1
    plan(world, eight)
    assert mail.not_before == THURSDAY
    mail.attempts = 0
    mail.reminders[0].state = ReminderState.CANCELLED
    mail.reminders[0].reason = "It is over."
    plan(world, eight)
    assert mail.not_before == THURSDAY
