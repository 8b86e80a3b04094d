"""The eleven rules of reminders (domain §4), each shown end to end by ticks of the clock."""

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tests.reminders.world import CLOSED_ON, PROMISE_ON, World, at, make_world
from tracker.actions.models import Via
from tracker.actions.policy import Outcome
from tracker.consultations.operations import note_event
from tracker.mail.errors import TemporaryMailError
from tracker.mail.transport import MemoryTransport
from tracker.reminders.models import Case, Reminder, ReminderState
from tracker.reminders.operations import SnoozeRefused, snooze
from tracker.reminders.operations.snoozing import SnoozeTooLate
from tracker.reminders.policy import Step
from tracker.reminders.queries import cases_that_can_wait, open_cases_of
from tracker.reminders.timelines import timeline
from tracker.working_days import Nation

NINE = at("2026-01-08 09:00")  # when the first step is due
NUDGE = at("2026-01-14 09:00")
NUDGE_AGAIN = at("2026-02-04 09:00")


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        ("2026-01-08 00:01", 0),
        ("2026-01-08 08:59", 0),
        ("2026-01-08 09:00", 1),
        ("2026-01-08 15:59", 1),
        ("2026-01-08 16:00", 0),
        ("2026-01-10 12:00", 0),  # a Saturday
        ("2026-01-12 09:00", 1),
    ],
)
def test_rule_1_working_time(world: World, moment: str, sent: int) -> None:
    world.closed()
    assert world.tick(at(moment)).sent == sent


def test_rule_1_working_time_is_that_of_the_nation_of_the_service(world: World) -> None:
    world.service.nation = Nation.SCOTLAND
    world.closed(closes_on=date(2025, 12, 31))
    assert world.tick(at("2026-01-02 10:00")).sent == 0  # a bank holiday in Scotland alone
    assert world.tick(at("2026-01-05 10:00")).sent == 1


def test_rule_1_what_waits_over_a_holiday_of_its_nation_is_held_back(world: World) -> None:
    # An English and a Scottish service have one owner; St Andrew's Day closes Scotland alone.
    scottish = make.make_service(
        world.session,
        owner=world.owner,
        escalation_contact=world.contact,
        nation=Nation.SCOTLAND,
    )
    world.closed(closes_on=date(2026, 11, 27), title="English")
    world.closed(closes_on=date(2026, 11, 20), title="Scottish", service=scottish)
    # The nudge is due on Friday 27; the server is down; Monday 30 is a holiday in Scotland.
    world.tick(at("2026-11-23 09:00"))
    world.tick(at("2026-11-27 15:30"), Refusing())
    assert world.tick(at("2026-11-30 10:00")).sent == 1
    assert world.sent[1:] == [("next_steps", "Olu")]
    world.tick(at("2026-12-01 09:00"))
    assert world.sent[2:] == [("nudge", "Olu")]


class Refusing(MemoryTransport):
    """A mail server that says "not now" to everything."""

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        raise TemporaryMailError("451 not now")


def test_rule_2_one_mail_a_day_per_person(world: World) -> None:
    for title in ("Bus", "Food", "Lights"):
        world.closed(title=title)
    world.tick(NINE)
    assert len(world.transport.sent) == 1
    text = world.transport.sent[0][2].decode()
    assert "Subject: 3 things wait for you: Bus and more" in text
    assert all(title in text for title in ("BUS", "FOOD", "LIGHTS"))


def test_rule_2_what_comes_due_later_that_day_waits_for_the_next(world: World) -> None:
    world.closed(title="Bus")
    world.tick(NINE)
    world.closed(title="Food")
    assert world.tick(at("2026-01-08 14:00")).sent == 0
    assert world.tick(at("2026-01-09 08:59")).sent == 0
    assert world.tick(at("2026-01-09 09:00")).sent == 1
    assert [mail.day for mail in world.mails] == [date(2026, 1, 8), date(2026, 1, 9)]


def test_rule_3_catch_up_sends_the_highest_step_only(world: World) -> None:
    world.closed()
    world.tick(at("2026-05-05 09:00"))
    assert world.sent == [("escalate_lead", "Lee")]
    skipped = [(step, who) for step, who, state, _ in world.reminders if state == "skipped"]
    assert skipped == [
        ("next_steps", "Olu"),
        ("nudge", "Olu"),
        ("nudge_again", "Olu"),
        ("nudge_again", "Dee"),
        ("promise_soon", "Olu"),
        ("promise_soon", "Dee"),
        ("promise_due", "Olu"),
        ("escalate_manager", "Mo"),
        ("escalate_manager", "Olu"),
    ]
    reasons = {reason for _, _, state, reason in world.reminders if state == "skipped"}
    assert reasons == {
        "It was not sent in its time, and a higher step is due: Told to the participation lead."
    }


def test_rule_3_a_step_overtaken_while_it_waits_is_skipped(world: World) -> None:
    world.closed()
    world.tick(NINE, Refusing())  # the server says "not now" for a week
    world.tick(NUDGE)
    assert world.sent == [("nudge", "Olu")]
    assert world.reminders[0] == (
        "next_steps",
        "Olu",
        "skipped",
        "A higher step came due before it could be sent.",
    )


def test_rule_4_never_after_the_case_has_closed(world: World) -> None:
    consultation = world.closed()
    world.tick(at("2026-01-08 06:00"))  # queued before the doors open
    assert world.reminders == [("next_steps", "Olu", "waiting", "")]
    world.tell(consultation, at("2026-01-08 08:00"))
    world.tick(NINE)
    assert world.sent == []
    assert world.reminders == [
        ("next_steps", "Olu", "cancelled", "Every theme has a published answer.")
    ]
    assert [str(mail.state) for mail in world.mails] == ["cancelled"]


@pytest.mark.parametrize(
    ("acted", "sent"),
    [(timedelta(hours=24), 1), (timedelta(hours=24) - timedelta(seconds=1), 0)],
)
def test_rule_4_never_within_a_day_of_an_act_of_the_owner(
    world: World, acted: timedelta, sent: int
) -> None:
    consultation = world.closed()
    note_event(world.session, consultation, "coded", person_id=world.owner.id, now=NINE - acted)
    assert world.tick(NINE).sent == sent
    if not sent:
        assert world.reminders == [
            (
                "next_steps",
                "Olu",
                "cancelled",
                "The owner did something about it in the last 24 hours.",
            )
        ]


def test_rule_4_a_step_that_an_act_stopped_does_not_begin_again_if_its_date_moved_while_it_waited(
    world: World,
) -> None:
    consultation = world.closed()
    world.tick(at("2026-04-01 17:00"))  # too late for the promise's day
    waits = select(Reminder).where(Reminder.step == "promise_due")
    assert world.session.scalars(waits).one().due_on == date(2026, 4, 1)
    consultation.promise_on = date(2026, 4, 2)
    acted = at("2026-04-02 08:00")
    note_event(world.session, consultation, "coded", person_id=world.owner.id, now=acted)
    world.tick(at("2026-04-02 09:00"))
    reminder = world.session.scalars(waits).one()
    assert (reminder.due_on, reminder.state) == (date(2026, 4, 2), "cancelled")
    world.tick(at("2026-04-07 09:00"))  # the next working day
    assert world.sent == []


@pytest.mark.parametrize("kind", ["created", "opened", "closed"])
def test_rule_4_starting_the_clock_is_no_act(world: World, kind: str) -> None:
    consultation = world.closed()
    note_event(world.session, consultation, kind, person_id=world.owner.id, now=NINE)
    assert world.tick(NINE).sent == 1


def test_rule_4_an_act_of_somebody_else_stops_nothing(world: World) -> None:
    consultation = world.closed()
    note_event(world.session, consultation, "coded", person_id=world.deputy.id, now=NINE)
    assert world.tick(NINE).sent == 1


@pytest.mark.parametrize(
    ("goes_live_on", "cases"),
    [
        (CLOSED_ON - timedelta(days=1), [("untold", "")]),
        (CLOSED_ON, [("untold", "")]),
        (CLOSED_ON + timedelta(days=1), []),
    ],
)
def test_rule_5_never_for_the_past(
    app: Flask, session: Session, settings: Config, goes_live_on: date, cases: list[object]
) -> None:
    world = make_world(app, session, settings, goes_live_on=goes_live_on)
    world.closed()
    world.tick(at("2026-05-05 09:00"))
    assert world.cases == cases
    assert bool(world.sent) is bool(cases)


def put_off(world: World, until: date, now: datetime, reason: str = "Exams") -> None:
    case = world.session.scalars(select(Case)).one()
    snooze(world.session, case, until, reason, person_id=world.owner.id, now=now)


def test_rule_6_snooze_holds_the_nudges_until_its_day(world: World) -> None:
    world.closed()
    world.tick(NINE)
    put_off(world, date(2026, 1, 20), at("2026-01-10 12:00"))
    world.tick(NUDGE)
    assert world.sent == [("next_steps", "Olu")]
    assert world.tick(at("2026-01-20 08:59")).sent == 0
    world.tick(at("2026-01-20 09:00"))
    assert world.sent == [("next_steps", "Olu"), ("nudge", "Olu")]


def test_rule_6_snooze_holds_what_waits_already(world: World) -> None:
    world.closed()
    world.tick(at("2026-01-08 06:00"))
    put_off(world, date(2026, 1, 12), at("2026-01-08 07:00"))
    assert world.tick(NINE).sent == 1  # the notice to Mo alone
    assert world.reminders == [("next_steps", "Olu", "waiting", "")]
    world.tick(at("2026-01-12 10:00"))
    assert world.sent == [("next_steps", "Olu")]


def test_rule_6_snooze_is_seen_by_the_escalation_contact(world: World) -> None:
    consultation = world.closed()
    world.tick(NINE)
    put_off(world, date(2026, 1, 20), at("2026-01-10 23:00"))
    world.tick(at("2026-01-10 23:01"))  # a notice may go out at any hour
    assert world.transport.sent[-1][1] == world.contact.email
    assert b"Their reason: Exams" in world.transport.sent[-1][2]
    story = timeline(world.session, consultation, now=at("2026-01-10 23:02"))
    assert ("Olu put it off until 20 January 2026", "Exams") in [
        (row.what, row.why) for row in story.past
    ]


def test_rule_6_snooze_cannot_move_the_escalations(world: World) -> None:
    world.closed()
    world.tick(at("2026-03-18 09:00"))
    put_off(world, date(2026, 4, 15), at("2026-03-18 10:00"))
    world.tick(at("2026-04-01 09:00"))
    assert "promise_due" not in {step for step, _ in world.sent}
    world.tick(at("2026-04-10 09:00"))
    assert ("escalate_manager", "Mo") in world.sent


@pytest.mark.parametrize("day", ["2026-04-01", "2026-04-10", "2026-05-01", "2026-06-02"])
def test_rule_6_snooze_is_refused_once_it_would_hold_nothing(world: World, day: str) -> None:
    world.closed()
    world.tick(at(f"{day} 09:00"))
    now = at(f"{day} 10:00")

    with pytest.raises(SnoozeTooLate, match="the steps still to come don't wait"):
        put_off(world, now.date() + timedelta(days=14), now)
    cases = world.session.scalars(select(Case)).all()
    assert cases_that_can_wait(world.session, cases, now=now) == []


@pytest.mark.parametrize(
    ("until", "reason", "message"),
    [
        (date(2026, 1, 10), "Exams", "Choose a day from 11 January 2026 to 7 February 2026."),
        (date(2026, 2, 8), "Exams", "Choose a day from 11 January 2026 to 7 February 2026."),
        (date(2026, 1, 20), " \0", "Say why it has to wait. The escalation contact reads it."),
        (date(2026, 1, 20), "x" * 501, "Say why in 500 characters or fewer."),
    ],
)
def test_rule_6_snooze_needs_a_reason_and_a_near_date(
    world: World, until: date, reason: str, message: str
) -> None:
    world.closed()
    world.tick(NINE)
    with pytest.raises(SnoozeRefused) as refusal:
        put_off(world, until, at("2026-01-10 12:00"), reason)
    assert refusal.value.message == message


def test_rule_6_snooze_is_given_twice_at_most(world: World) -> None:
    world.closed()
    world.tick(NINE)
    put_off(world, date(2026, 1, 11), at("2026-01-10 12:00"))  # the nearest day
    put_off(world, date(2026, 2, 7), at("2026-01-10 12:00"))  # the furthest
    with pytest.raises(SnoozeTooLate, match="twice already"):
        put_off(world, date(2026, 1, 20), at("2026-01-10 12:00"))


def test_rule_6_a_settled_case_and_an_orphan_cannot_be_put_off(world: World) -> None:
    consultation = world.closed()
    world.tick(NINE)
    world.tell(consultation, NINE)
    world.tick(at("2026-01-08 10:00"))
    with pytest.raises(SnoozeTooLate, match="settled already"):
        put_off(world, date(2026, 1, 20), at("2026-01-10 12:00"))
    world.session.rollback()
    make.make_open_consultation(world.session, service=world.service, owner=None)
    world.tick(at("2026-02-04 10:00"))
    orphan = world.session.scalars(select(Case).where(Case.closed_at.is_(None))).one()
    with pytest.raises(SnoozeTooLate, match="somebody to look after it"):
        snooze(
            world.session,
            orphan,
            date(2026, 2, 10),
            "x",
            person_id=world.owner.id,
            now=at("2026-02-04 10:00"),
        )


def test_rule_7_exactly_one_intent_is_unique_in_the_database(world: World) -> None:
    world.closed()
    world.tick(NINE)
    one = world.session.scalars(select(Reminder)).one()
    values = {"case_id": one.case_id, "step": one.step, "recipient_id": one.recipient_id}
    world.session.add(Reminder(due_on=one.due_on, queued_at=NINE, **values))
    with pytest.raises(IntegrityError):
        world.session.flush()


def test_rule_7_ticking_again_and_again_sends_nothing_twice(world: World) -> None:
    world.closed()
    for minute in range(5):
        world.tick(NINE + timedelta(minutes=minute))
    assert world.sent == [("next_steps", "Olu")]


def test_rule_8_explainable_to_the_last_step(world: World) -> None:
    consultation = world.closed()
    world.tick(NINE)
    story = timeline(world.session, consultation, now=NINE)
    assert [(str(row.state), row.what, row.to) for row in story.rows] == [
        ("note", "The clock started", ()),
        ("sent", "First steps", ("Olu",)),
        ("to come", "Nudge", ("Olu",)),
        ("to come", "Second nudge", ("Olu", "Dee")),
        ("to come", "The promise date is near", ("Olu", "Dee")),
        ("to come", "The promise date is here", ("Olu",)),
        ("to come", "Told to the manager", ("Mo", "Olu")),
        ("to come", "Told to the participation lead", ("Lee",)),
        ("to come", "Still open", ("Lee", "Olu")),
    ]
    assert story.rows[5].on == PROMISE_ON


def test_rule_9_a_restored_backup_sends_nothing_until_switched_on(world: World) -> None:
    world.closed()
    world.organisation.is_sending = False
    for moment in (NINE, NUDGE, NUDGE_AGAIN):
        assert world.tick(moment).sent == 0
    world.organisation.is_sending = True
    world.tick(NUDGE_AGAIN + timedelta(hours=1))
    assert world.sent == [("nudge_again", "Olu"), ("nudge_again", "Dee")]


def test_rule_10_steps_keep_their_order_when_the_promise_is_short(world: World) -> None:
    world.closed(promise_on=CLOSED_ON + timedelta(days=7))
    day = at("2026-01-07 09:30")
    while day < at("2026-02-05 00:00"):
        world.tick(day)
        day += timedelta(days=1)
    assert [step for step, who in world.sent if who == "Olu"] == [
        "promise_soon",  # would have been before the close: on the closing date
        "next_steps",
        "promise_due",  # the nudge of that day gives way
        "escalate_manager",
        "nudge_again",
    ]
    assert (
        "nudge",
        "Olu",
        "skipped",
        "It fell on the same day as a higher step: The promise date is here.",
    ) in world.reminders


def test_rule_11_reopening_starts_the_clock_anew_and_says_so(world: World) -> None:
    consultation = world.closed()
    world.tick(NINE)
    consultation.closed_at = None
    consultation.closes_on = date(2026, 1, 20)
    world.tick(NUDGE)  # open again: nothing is sent
    world.tick(at("2026-01-21 09:00"))  # closed by the clock, and chased anew
    assert world.sent == [("next_steps", "Olu"), ("next_steps", "Olu")]
    assert world.cases == [
        ("untold", "It is open for answers again. Its clock starts anew when it closes."),
        ("untold", ""),
    ]
    story = timeline(world.session, consultation, now=at("2026-01-21 09:00"))
    assert [row.what for row in story.past if row.state == "note"] == [
        "The clock started",
        "The clock stopped",
        "The clock started",
    ]


def test_rule_11_reopening_and_closing_between_two_looks_starts_the_clock_anew(
    world: World,
) -> None:
    consultation = world.closed()
    world.tick(NINE)
    consultation.closes_on = date(2026, 1, 20)
    consultation.closed_at = at("2026-01-21 00:00")
    world.tick(at("2026-01-21 09:00"))
    assert world.sent == [("next_steps", "Olu"), ("next_steps", "Olu")]
    assert world.cases[0][1] == "It was opened again and closed anew, so its clock starts anew."


def test_rule_11_a_promise_that_moves_takes_the_later_steps_with_it(world: World) -> None:
    consultation = world.closed()
    world.tick(at("2026-03-18 09:00"))
    world.tick(at("2026-04-01 06:00"))  # the promise is due and waits for nine o'clock
    consultation.promise_on = date(2026, 5, 13)
    world.tick(at("2026-04-01 09:00"))
    assert [step for step, _ in world.sent] == ["promise_soon", "promise_soon"]
    assert ("promise_due", "Olu", "cancelled", "Its date moved to 13 May 2026.") in world.reminders
    world.tick(at("2026-05-13 09:00"))
    assert world.sent[-1] == ("promise_due", "Olu")


def test_what_was_recorded_by_mail_holds_the_next_steps_until_it_is_public(world: World) -> None:
    consultation = world.closed()
    theme = make.make_theme(world.session, consultation)
    make.make_action(
        world.session,
        theme,
        outcome=Outcome.ALREADY,
        via=Via.MAIL,
        recorded_at=NINE - timedelta(hours=1),
        publishes_at=NINE + timedelta(hours=23),
        published_at=None,
    )
    assert world.tick(NINE).sent == 0
    story = timeline(world.session, consultation, now=NINE)
    assert {str(row.state) for row in story.to_come} == {"held"}
    # A day later it is public by itself; answers are still unheard, so the step goes out.
    summary = world.tick(NINE + timedelta(hours=24))
    assert (summary.published, summary.sent) == (1, 1)


def test_what_was_recorded_by_mail_holds_what_waits_already(world: World) -> None:
    consultation = world.closed()
    world.tick(at("2026-01-08 06:00"))
    theme = make.make_theme(world.session, consultation)
    action = make.make_action(
        world.session,
        theme,
        via=Via.MAIL,
        recorded_at=at("2026-01-08 07:00"),
        publishes_at=at("2026-01-09 07:00"),
        published_at=None,
    )
    assert world.tick(NINE).sent == 0
    action.versions[0].stopped_at = at("2026-01-08 10:30")
    assert world.tick(at("2026-01-08 11:00")).sent == 1
    assert world.reminders[0][2] == "sent"
    assert open_cases_of(world.session, consultation.id)[0].reminders[0].step is Step.NEXT_STEPS
    assert world.session.scalars(select(Reminder.state)).all() == [ReminderState.SENT]
