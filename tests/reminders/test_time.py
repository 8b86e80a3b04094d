"""Time itself misbehaves: clocks that change, jump or move, days that are added to calendars.

Whatever happens: no step missed, no second key for one local day, no second mail on one local day.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from holidays.countries.united_kingdom import UnitedKingdomStaticHolidays
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tests.reminders.test_rules import Refusing
from tests.reminders.test_said_no import deny, done
from tests.reminders.world import World, at, make_world
from tracker.actions.models import ActionVersion, Reopening, Via
from tracker.actions.policy import Outcome
from tracker.clock import local_date, local_moment
from tracker.consultations.models import Consultation
from tracker.mail.render import RenderedMail
from tracker.mail.transport import MemoryTransport
from tracker.reminders.models import Case, Mail, MailKind, MailState, Reminder, Snooze
from tracker.reminders.operations import mend_after_clock, queue_notice
from tracker.reminders.policy import (
    CaseFacts,
    CaseKind,
    Record,
    RecordState,
    Step,
    decide,
    schedule,
)
from tracker.safeguarding.models import Flag
from tracker.surveys.models import Survey
from tracker.working_days import Nation, bank_holidays

HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)
Sent = tuple[str, str]


class Killed(BaseException):
    """What ends a worker in the middle of its work."""


class Dying(MemoryTransport):
    """The worker is killed while it hands a mail over."""

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        raise Killed


def assert_sound(world: World) -> None:
    """No key twice, whichever case it is of; no second reminder mail on one local day."""
    query = select(Reminder).where(Reminder.decided_at.is_not(None))
    keys = [
        (r.case.consultation_id, r.case.kind, r.case.action_id, r.step, r.recipient_id, r.due_on)
        for r in world.session.scalars(query)
    ]
    assert len(keys) == len(set(keys))
    mails = [m for m in world.mails if m.kind is MailKind.REMINDER and m.sent_at is not None]
    days = [(mail.recipient_id, mail.day) for mail in mails]
    assert len(days) == len(set(days))


def days_sent(world: World) -> list[tuple[str, str]]:
    """(step, local day of sending) of every reminder sent to Olu."""
    query = (
        select(Reminder)
        .join(Reminder.mail)
        .where(Mail.sent_at.is_not(None), Reminder.recipient_id == world.owner.id)
        .order_by(Mail.id)
    )
    return [
        (str(r.step), r.mail.day.isoformat())
        for r in world.session.scalars(query)
        if r.mail and r.mail.day
    ]


# --- The clocks change ---


@pytest.mark.parametrize(
    ("zone", "closes_on", "sent_at"),
    [
        ("Europe/London", date(2026, 3, 27), "2026-03-30 08:00"),
        ("Europe/London", date(2026, 10, 23), "2026-10-26 09:00"),
        # Clocks that change on the very day of the step, and one that changes by half an hour.
        ("Africa/Cairo", date(2026, 4, 23), "2026-04-24 06:00"),
        ("Africa/Cairo", date(2026, 10, 29), "2026-10-30 07:00"),
        ("Australia/Lord_Howe", date(2026, 10, 2), "2026-10-04 22:00"),
        ("America/New_York", date(2026, 3, 6), "2026-03-09 13:00"),
    ],
    ids=["spring", "autumn", "cairo spring", "cairo autumn", "half an hour", "new york"],
)
def test_a_step_goes_out_at_nine_on_the_local_clock_around_a_change(
    app: Flask, session: Session, settings: Config, zone: str, closes_on: date, sent_at: str
) -> None:
    world = make_world(app, session, settings, time_zone=zone)
    closed_at = local_moment(closes_on + DAY, time(0), zone)
    world.closed(closes_on=closes_on, closed_at=closed_at)
    nine = at(sent_at)
    assert (nine.astimezone(ZoneInfo(zone)).hour, nine.minute) == (9, 0)

    for moment in (nine - DAY, nine - 2 * HOUR, nine - HOUR, nine - timedelta(minutes=1)):
        assert world.tick(moment).sent == 0
    for moment in (nine, nine + timedelta(minutes=1), nine + HOUR, nine + 6 * HOUR, nine + DAY):
        world.tick(moment)

    assert [mail.sent_at for mail in world.mails] == [nine]
    assert days_sent(world) == [("next_steps", local_date(nine, zone).isoformat())]
    assert_sound(world)


# --- Leap days and bank holidays ---


@pytest.mark.parametrize(
    ("closes_on", "promise_on", "step", "day"),
    [
        (date(2028, 2, 28), None, "next_steps", "2028-02-29"),
        (date(2028, 2, 29), None, "next_steps", "2028-03-01"),
        (date(2028, 2, 22), None, "nudge", "2028-02-29"),
        (date(2028, 2, 29), None, "nudge", "2028-03-07"),
        (date(2028, 2, 1), None, "nudge_again", "2028-02-29"),
        (date(2028, 1, 4), date(2028, 2, 29), "promise_due", "2028-02-29"),
        # Days that were moved: to the end of the war in 2020, for the jubilee in 2022.
        (date(2020, 5, 1), None, "next_steps", "2020-05-04"),
        (date(2020, 5, 1), None, "nudge", "2020-05-11"),
        (date(2022, 5, 26), None, "nudge", "2022-06-06"),
        (date(2022, 5, 23), None, "nudge", "2022-05-30"),
        # Days that were given once: a funeral, a coronation.
        (date(2022, 9, 12), None, "nudge", "2022-09-20"),
        (date(2023, 5, 1), None, "nudge", "2023-05-09"),
    ],
    ids=lambda value: str(value),
)
def test_a_step_keeps_to_the_calendar(
    world: World, closes_on: date, promise_on: date | None, step: str, day: str
) -> None:
    world.closed(closes_on=closes_on, promise_on=promise_on or closes_on + 84 * DAY)
    due = date.fromisoformat(day)

    for offset in (-5, -4, -3, -2, -1, 0, 1, 2):
        world.tick(datetime.combine(due + offset * DAY, time(12), UTC))

    assert (step, day) in days_sent(world)
    assert [sent for sent, _ in days_sent(world)].count(step) == 1
    assert_sound(world)


@pytest.mark.parametrize(("nation", "day"), [("england", "2026-06-15"), ("scotland", "2026-06-16")])
def test_a_day_given_once_in_one_nation_moves_its_steps_alone(
    world: World, nation: str, day: str
) -> None:
    world.service.nation = Nation(nation)
    world.closed(closes_on=date(2026, 6, 8))
    for number in range(12, 18):
        world.tick(at(f"2026-06-{number} 10:00"))
    assert [sent for sent in days_sent(world) if sent[0] == "nudge"] == [("nudge", day)]


@pytest.fixture
def announce(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int, int, int], None]]:
    """Give a day off that the calendar didn't know, as a new edition of `holidays` would."""

    def announced(year: int, month: int, day: int) -> None:
        given = UnitedKingdomStaticHolidays.special_public_holidays
        monkeypatch.setitem(given, year, (month, day, "A day given once"))
        bank_holidays.cache_clear()

    yield announced
    monkeypatch.undo()
    bank_holidays.cache_clear()


@pytest.mark.parametrize("known", ["a month before", "in the morning"])
def test_a_bank_holiday_announced_later_moves_the_step(
    world: World, announce: Callable[[int, int, int], None], known: str
) -> None:
    world.closed()
    world.tick(at("2026-01-08 09:00"))
    if known == "in the morning":
        world.tick(at("2026-01-14 06:00"))  # it waits for nine o'clock already
    announce(2026, 1, 14)

    for day in (14, 15, 16):
        world.tick(at(f"2026-01-{day} 09:00"))

    assert days_sent(world) == [("next_steps", "2026-01-08"), ("nudge", "2026-01-15")]
    assert_sound(world)


# --- The organisation moves ---

STEPS = ("2026-01-08", "2026-01-14", "2026-02-04", "2026-03-18", "2026-04-01", "2026-04-10")


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("America/New_York", "2026-01-14 09:30"),
        ("Pacific/Auckland", "2026-01-13 23:30"),
        ("Pacific/Kiritimati", "2026-01-14 09:30"),
        ("Pacific/Pago_Pago", "2026-01-13 23:30"),
    ],
)
def test_an_organisation_that_changes_its_time_zone_misses_and_repeats_nothing(
    world: World, zone: str, moment: str
) -> None:
    world.closed()
    deny(world, done(world), at("2026-01-05 12:00"))
    asked = world.session.scalars(select(Consultation).order_by(Consultation.id)).all()
    for day in STEPS[:2]:
        if at(f"{day} 09:00") < at(moment):
            world.tick(at(f"{day} 09:00"))
    world.organisation.time_zone = zone

    start = at(moment)
    for hour in range(0, 48, 6):
        world.tick(start + timedelta(hours=hour))
    for day in STEPS[2:]:
        for hour in (1, 15, 22, 25):
            world.tick(at(f"{day} 00:00") + timedelta(hours=hour))

    query = (
        select(Reminder.step)
        .join(Reminder.case)
        .join(Reminder.mail)
        .where(
            Case.consultation_id == asked[0].id,
            Reminder.recipient_id == world.owner.id,
            Mail.sent_at.is_not(None),
        )
        .order_by(Reminder.id)
    )
    steps = [str(step) for step in world.session.scalars(query)]
    assert steps == [
        "next_steps",
        "nudge",
        "nudge_again",
        "promise_soon",
        "promise_due",
        "escalate_manager",
    ]
    assert [kind for kind, _ in world.cases].count("said_no") == 1
    assert_sound(world)


# --- The clock jumps ---

TRUE_DAYS = (*STEPS, "2026-05-01", "2026-06-02")


def truly(world: World, days: Iterable[str]) -> None:
    """What a worker sees of these days."""
    for day in days:
        for hours in (9.5, 12):
            world.tick(at(f"{day} 00:00") + timedelta(hours=hours))


def first_sent(world: World) -> dict[Sent, date]:
    """The day on which each (step, recipient) of a step that comes once was sent."""
    found: dict[Sent, date] = {}
    query = select(Reminder).join(Reminder.mail).where(Mail.sent_at.is_not(None))
    for reminder in world.session.scalars(query.order_by(Reminder.id)):
        assert reminder.mail is not None and reminder.mail.day is not None
        found.setdefault((str(reminder.step), reminder.recipient.name), reminder.mail.day)
    return found


ON_TIME = {
    ("next_steps", "Olu"): date(2026, 1, 8),
    ("nudge", "Olu"): date(2026, 1, 14),
    ("nudge_again", "Olu"): date(2026, 2, 4),
    ("nudge_again", "Dee"): date(2026, 2, 4),
    ("promise_soon", "Olu"): date(2026, 3, 18),
    ("promise_soon", "Dee"): date(2026, 3, 18),
    ("promise_due", "Olu"): date(2026, 4, 1),
    ("escalate_manager", "Mo"): date(2026, 4, 10),
    ("escalate_manager", "Olu"): date(2026, 4, 10),
    ("escalate_lead", "Lee"): date(2026, 5, 1),
    ("still_open", "Lee"): date(2026, 6, 2),
    ("still_open", "Olu"): date(2026, 6, 2),
}


# What a clock that is ahead sends, it sends too early, by the day that it shows; and never again.
A_DAY_EARLY = {("nudge", "Olu"): date(2026, 1, 15)}
A_YEAR_EARLY = {
    ("still_open", "Lee"): date(2027, 1, 14),
    ("still_open", "Olu"): date(2027, 1, 14),
}


@pytest.mark.parametrize(
    ("when", "jump", "early"),
    [
        ("2026-01-13 22:00", HOUR, {}),
        ("2026-01-13 22:00", DAY, A_DAY_EARLY),
        ("2026-01-13 22:00", YEAR, A_YEAR_EARLY),
        ("2026-01-13 22:00", -DAY, {}),
        ("2026-01-14 07:00", YEAR, A_YEAR_EARLY),
        ("2026-01-14 07:00", -HOUR, {}),
        ("2026-01-14 07:00", -DAY, {}),
        ("2026-01-14 07:00", -YEAR, {}),
    ],
    ids=[
        "an hour ahead",
        "a day ahead",
        "a year ahead",
        "a day behind",
        "a year ahead while one waits",
        "an hour behind while one waits",
        "a day behind while one waits",
        "a year behind while one waits",
    ],
)
def test_a_clock_that_jumps_and_comes_back_misses_no_step(
    world: World, when: str, jump: timedelta, early: dict[Sent, date]
) -> None:
    world.closed()
    truly(world, ["2026-01-08"])
    if when.startswith("2026-01-14"):
        world.tick(at("2026-01-14 06:00"))  # the nudge waits for nine o'clock
    for hours in (0, 4, 15) if abs(jump) > HOUR else (0,):
        world.tick(at(when) + jump + timedelta(hours=hours))

    world.tick(at(when) + timedelta(minutes=10))
    truly(world, TRUE_DAYS[1:])

    assert first_sent(world) == ON_TIME | early
    assert_sound(world)


@pytest.mark.parametrize("jump", [HOUR, DAY, YEAR], ids=["hour", "day", "year"])
def test_a_worker_killed_while_its_clock_was_ahead_holds_no_mail(
    world: World, jump: timedelta
) -> None:
    world.closed()
    now = at("2026-01-08 10:00")
    world.tick(at("2026-01-08 06:00"))
    with pytest.raises(Killed):
        world.tick(now + jump, Dying())
    world.session.rollback()
    held = [m.message_id for m in world.mails if m.state is MailState.SENDING]

    for minutes in (0, 6, 12, 24 * 60):
        world.tick(now + timedelta(minutes=minutes))

    assert held and set(held) <= {m.message_id for m in world.mails if m.sent_at}
    assert ("next_steps", "Olu") in world.sent
    assert len(world.sent) == 1 or jump == YEAR
    assert_sound(world)


def test_a_notice_put_off_by_a_clock_a_year_ahead_leaves_when_it_is_back(world: World) -> None:
    now = at("2026-01-08 10:00")
    words = RenderedMail("Subject", "Text", "<p>Text</p>")
    queue_notice(world.session, recipient=world.owner, key="one", rendered=words, now=now)
    world.tick(now + YEAR, Refusing())
    assert world.mails[0].not_before > now + YEAR

    assert world.tick(now + timedelta(minutes=1)).sent == 1


def test_a_lease_of_a_clock_a_year_ahead_is_no_lease(world: World) -> None:
    now = at("2026-01-08 10:00")
    words = RenderedMail("Subject", "Text", "<p>Text</p>")
    queue_notice(world.session, recipient=world.owner, key="one", rendered=words, now=now)
    with pytest.raises(Killed):
        world.tick(now + YEAR, Dying())
    world.session.rollback()

    sent = [world.tick(now + timedelta(minutes=minutes)).sent for minutes in (1, 7)]

    assert sum(sent) == 1


def test_a_lease_of_another_machine_whose_clock_is_a_little_ahead_is_kept(world: World) -> None:
    now = at("2026-01-08 10:00")
    words = RenderedMail("Subject", "Text", "<p>Text</p>")
    queue_notice(world.session, recipient=world.owner, key="one", rendered=words, now=now)
    with pytest.raises(Killed):
        world.tick(now + timedelta(minutes=4), Dying())
    world.session.rollback()

    assert world.tick(now).sent == 0


def test_what_people_did_while_the_clock_was_ahead_counts_from_its_return(world: World) -> None:
    consultation, wrong = world.closed(), at("2027-01-08 10:00")
    theme = make.make_theme(world.session, consultation)
    held = make.make_action(
        world.session,
        theme,
        via=Via.MAIL,
        recorded_at=wrong,
        publishes_at=wrong + DAY,
        published_at=None,
    ).versions[0]
    late = make.make_action(
        world.session,
        theme,
        outcome=Outcome.PLANNED,
        due_on=date(2026, 1, 12),
        recorded_at=wrong,
        published_at=wrong,
    ).versions[0]
    denied = done(world)
    deny(world, denied, wrong)
    response = make.make_response(world.session, world.session.scalars(select(Survey)).first())  # type: ignore[arg-type]
    flag = Flag(
        response_id=response.id,
        consultation_id=consultation.id,
        raised_at=wrong,
        look_at=wrong,
    )
    world.session.add(flag)
    make.make_open_consultation(
        world.session, service=world.service, owner=None, closes_on=date(2027, 6, 1)
    )
    world.tick(wrong)
    case = world.session.scalars(select(Case).where(Case.kind == CaseKind.UNTOLD)).first()
    assert case is not None
    world.session.add(
        Snooze(case_id=case.id, until_on=date(2027, 2, 1), reason="x", at=wrong, person_id=1)
    )
    now = at("2026-01-09 10:00")

    world.tick(now)

    session, today = world.session, now.date()
    assert session.get_one(ActionVersion, held.id).publishes_at == now + DAY
    assert session.get_one(ActionVersion, late.id).published_at == now
    assert session.scalars(select(Reopening.reopened_on)).one() == today
    assert flag.raised_at == now
    assert session.scalars(select(Snooze.until_on)).one() == today + timedelta(days=28)
    still = session.scalars(select(Case).where(Case.closed_at.is_(None))).all()
    begun = {case.kind: case.opened_at for case in still}
    assert begun[CaseKind.LATE_ACTION] == begun[CaseKind.ORPHAN] == now
    assert begun[CaseKind.SAID_NO] == at("2026-01-09 00:00")
    assert all(case.opened_at <= now for case in still)
    for day in (12, 13, 19, 20):
        world.tick(at(f"2026-01-{day} 10:00"))
    assert ("due", "Olu") in world.sent
    assert_sound(world)


def test_a_close_that_is_still_to_come_keeps_its_day(world: World) -> None:
    consultation = make.make_open_consultation(
        world.session, service=world.service, closes_on=date(2026, 2, 20)
    )
    survey = make.make_survey(world.session, consultation)
    make.make_response(world.session, survey)
    world.tick(at("2026-03-05 23:00"))  # closed in an hour that isn't true
    world.tick(at("2026-02-04 10:00"))

    case = world.session.scalars(select(Case)).one()
    assert case.opened_at == consultation.closed_at == at("2026-02-21 00:00")
    world.tick(at("2026-02-20 10:00"))
    assert world.sent == []
    world.tick(at("2026-02-23 10:00"))
    assert world.sent == [("next_steps", "Olu")]


def test_a_repeating_step_sent_a_year_too_early_is_sent_in_its_time_too() -> None:
    facts = CaseFacts(
        CaseKind.UNTOLD, Nation.ENGLAND, date(2026, 1, 7), promise_on=date(2026, 4, 1)
    )
    today = date(2026, 6, 2)
    steps = schedule(facts, today)
    others = [
        Record(due.step, due.due_on, RecordState.SENT)
        for due in steps
        if due.step is not Step.STILL_OPEN
    ]
    ahead = [Record(Step.STILL_OPEN, date(2027, 6, 2), RecordState.SENT)]
    elsewhere = [Record(Step.STILL_OPEN, date(2026, 6, 3), RecordState.SENT)]

    due = decide(steps, others + ahead, today).send

    assert due is not None and due.due_on == today
    assert decide(steps, others + elsewhere, today).send is None


def test_what_a_clock_that_was_ahead_has_left_is_mended_once(world: World) -> None:
    world.closed()
    truly(world, ["2026-01-08"])
    now = at("2026-01-08 10:00")
    world.tick(now + YEAR)

    world.tick(now)

    assert mend_after_clock(world.session, now=now + timedelta(minutes=10)) == 0
    assert all(mail.queued_at <= now for mail in world.mails)


def test_mending_leaves_a_sound_database_alone(world: World) -> None:
    world.closed()
    truly(world, ["2026-01-08"])
    before = world.reminders, [(m.not_before, m.claimed_until, m.state) for m in world.mails]

    world.tick(at("2026-01-09 10:00"))

    assert before == (
        world.reminders,
        [(m.not_before, m.claimed_until, m.state) for m in world.mails],
    )
