"""`flask reminders …` as it is typed."""

import json
import signal
import threading
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import func, select

from tests import factories as make
from tests.reminders.test_scheduler import signal_process
from tests.reminders.world import World, at
from tracker.actions.policy import Outcome
from tracker.clock import utc_now
from tracker.db import Base
from tracker.reminders.models import Mail

NINE = "2026-01-08T09:00+00:00"


def run(world: World, *words: str) -> Result:
    world.session.commit()
    result = world.app.test_cli_runner().invoke(args=["reminders", *words])
    world.session.expire_all()
    return result


def mails_in_folder(world: World) -> int:
    folder = world.settings.data / "mails"
    return len(list(folder.glob("*.eml"))) if folder.exists() else 0


def test_tick_does_what_is_due_and_says_so(world: World) -> None:
    world.closed()
    result = run(world, "tick", "--now", NINE)
    assert result.exit_code == 0
    assert "opened cases: 1" in result.output and "sent: 1" in result.output
    assert mails_in_folder(world) == 1


def test_tick_acts_on_the_present_without_now(world: World) -> None:
    assert "sent: 0" in run(world, "tick").output


def test_tick_that_breaks_says_so_and_fails(world: World) -> None:
    world.organisation.time_zone = "Nowhere"
    result = run(world, "tick", "--now", NINE)
    assert result.exit_code == 1
    assert "Part of it failed." in result.output


@pytest.mark.parametrize(
    ("moment", "problem"),
    [
        ("yesterday", "'yesterday' is not a moment"),
        ("2026-02-30T10:00+00:00", "is not a moment"),
        ("2026-02-04T10:00", "has no time zone; write it like 2026-02-04T10:00+00:00"),
        ("0001-01-01T00:00+14:00", "is too far from today"),
        ("9999-12-31T23:59-12:00", "is too far from today"),
    ],
)
@pytest.mark.parametrize("command", [["tick"], ["explain", "1"], ["simulate", "--days", "1"]])
def test_now_has_to_be_a_moment(
    world: World, command: list[str], moment: str, problem: str
) -> None:
    result = run(world, *command, "--now", moment)
    assert result.exit_code == 2
    assert problem in " ".join(result.output.split())


def test_run_ticks_until_stopped(world: World) -> None:
    world.closed(closes_on=utc_now().date() - timedelta(days=1))
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    threading.Timer(1, signal_process, [signal.SIGINT]).start()
    try:
        result = run(world, "run")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert "until stopped" in result.output
    assert world.cases == [("untold", "")]


def test_explain_prints_the_whole_story(world: World) -> None:
    consultation = world.closed()
    world.tick(at("2026-01-14 09:00"))
    for name in (str(consultation.id), consultation.slug):
        result = run(world, "explain", name, "--now", "2026-01-14T09:00+00:00")
        assert result.output.splitlines()[:4] == [
            "Bus to the youth centre",
            "2026-01-08 00:00  note       The clock started",
            "2026-01-14 09:00  skipped    First steps to Olu (due 2026-01-08) – "
            "It was not sent in its time, and a higher step is due: Nudge.",
            "2026-01-14 09:00  sent       Nudge to Olu (due 2026-01-14)",
        ]
        assert "2026-04-10        to come    Told to the manager to Mo, Olu" in result.output


LONG = "Three new lights at the bus stop, and a bench, and a roof, and a bin that is emptied daily"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("A later bus", "A later bus"),
        (LONG, "Three new lights at the bus stop, and a bench, and a roof, and a bin that is…"),
    ],
)
def test_explain_names_the_action_of_each_case(world: World, text: str, named: str) -> None:
    consultation = world.closed()
    for words in ("Cheaper tickets", text):
        make.make_action(
            world.session,
            consultation=consultation,
            outcome=Outcome.PLANNED,
            text=words,
            due_on=date(2026, 3, 2),
            published_at=at("2026-01-08 08:00"),
        )
    world.tick(at("2026-02-23 09:00"))

    lines = run(world, "explain", "1", "--now", "2026-02-23T10:00+00:00").output.splitlines()

    assert "2026-01-08 08:00  note       The clock started (“Cheaper tickets”)" in lines
    for words in ("Cheaper tickets", named):
        sent = f"The due date is near (“{words}”) to Olu (due 2026-02-23)"
        assert f"2026-02-23 09:00  sent       {sent}" in lines
        assert f"2026-03-02        to come    The due date is here (“{words}”) to Olu" in lines
    assert any("  Nudge to Olu (due 2026-01-14)" in line for line in lines)  # of no action


def test_explain_as_json(world: World) -> None:
    world.closed()
    world.tick(at("2026-01-08 09:00"))
    result = run(world, "explain", "1", "--json", "--now", NINE)
    rows: list[dict[str, Any]] = json.loads(result.output)
    assert rows[1] == {
        "on": "2026-01-08",
        "at": "2026-01-08T09:00:00+00:00",
        "case": 1,
        "about": "Waiting to be told",
        "state": "sent",
        "step": "next_steps",
        "what": "First steps",
        "to": ["Olu"],
        "why": "",
    }
    assert rows[-1]["at"] is None and rows[-1]["step"] == "still_open"


def test_explain_says_that_nothing_is_owed_or_sending_is_off(world: World) -> None:
    consultation = world.closed()
    world.tell(consultation, at("2026-01-08 08:00"))
    assert "No reminder is owed, and none was ever sent." in run(world, "explain", "1").output
    world.organisation.is_sending = False
    assert "Sending is switched off" in run(world, "explain", "1").output


@pytest.mark.parametrize("name", ["99", "no-such", "99999999999999", "", "é", "\0"])
def test_explain_of_nothing(world: World, name: str) -> None:
    result = run(world, "explain", name)
    assert result.exit_code == 1
    assert "There is no consultation" in result.output


def rows(world: World) -> dict[str, int]:
    world.session.commit()
    found = {
        table.name: world.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }
    world.session.rollback()
    return found


def test_simulate_prints_who_would_get_what_and_changes_nothing(world: World) -> None:
    world.closed(closed_at=None)  # still open: the simulation closes it as the clock would
    world.organisation.is_sending = False
    before = rows(world)
    result = run(world, "simulate", "--days", "100", "--now", "2026-01-05T12:00+00:00")
    assert result.exit_code == 0, result.output
    assert [line for line in result.stdout.splitlines() if not line.startswith(" ")] == [
        "Thu 2026-01-08 09:00  Olu <olu@example.org>",
        "Wed 2026-01-14 09:00  Olu <olu@example.org>",
        "Wed 2026-02-04 09:00  Olu <olu@example.org>",
        "Wed 2026-02-04 09:00  Dee <dee@example.org>",
        "Wed 2026-03-18 09:00  Olu <olu@example.org>",
        "Wed 2026-03-18 09:00  Dee <dee@example.org>",
        "Wed 2026-04-01 09:00  Olu <olu@example.org>",
        "Fri 2026-04-10 09:00  Mo <mo@example.org>",
        "Fri 2026-04-10 09:00  Olu <olu@example.org>",
        "9 mails in 100 days.",
    ]
    assert "    escalate_manager: Bus to the youth centre" in result.stdout
    assert "… March 2026" in result.stderr
    assert rows(world) == before
    assert mails_in_folder(world) == 0
    assert not world.organisation.is_sending


def test_simulate_starts_from_what_was_sent_and_shows_notices(world: World) -> None:
    world.closed()
    world.tick(at("2026-01-08 09:00"))
    world.tick(at("2026-01-14 03:00"))  # the nudge waits for nine o'clock
    notice = Mail(
        kind="notice",
        notice_key="k",
        recipient_id=world.owner.id,
        queued_at=at("2026-01-14 04:00"),
        not_before=at("2026-01-14 04:00"),
        subject="Hello",
        content=b"Subject: Hello\r\n\r\nHello\r\n",
    )
    world.session.add(notice)
    result = run(world, "simulate", "--days", "2", "--now", "2026-01-14T04:00+00:00")
    assert "    nudge: Bus to the youth centre" in result.stdout
    assert "    Hello" in result.stdout
    assert "2 mails in 2 days." in result.stdout


@pytest.mark.parametrize("days", ["0", "-1", "3661", "many"])
def test_simulate_needs_a_number_of_days(world: World, days: str) -> None:
    assert run(world, "simulate", "--days", days).exit_code == 2


def test_simulate_without_an_organisation(world: World) -> None:
    world.session.rollback()
    result = world.app.test_cli_runner().invoke(args=["reminders", "simulate", "--days", "1"])
    assert result.exit_code == 1
    assert "There is no organisation yet." in result.output
