"""The promise date in a calendar: one entry for each consultation, replaced when the date moves."""

from datetime import date
from typing import Any

import pytest
from icalendar import Calendar

from tests.factories import NOW
from tracker.reminders.calendar import Promise, promise_file
from tracker.reminders.threads import thread_headers


def promise(**values: object) -> Promise:
    defaults = {
        "consultation_id": 7,
        "title": "Bus; to, the\r\nyouth centre",
        "answered": 27,
        "promise_on": date(2026, 4, 1),
        "address": "https://loop.example.org/staff/consultations/7",
    }
    return Promise(**(defaults | values))  # type: ignore[arg-type]


def file(*promises: Promise) -> str:
    return promise_file(promises, base_url="https://loop.example.org:8443", now=NOW)


def entries(written: str) -> list[Any]:
    return list(Calendar.from_ical(written).walk("VEVENT"))


def test_promise_file_is_a_published_all_day_entry() -> None:
    (event,) = entries(file(promise()))
    assert "METHOD:PUBLISH\r\n" in file(promise())
    assert str(event["UID"]) == "consultation-7@loop.example.org"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 4, 1), date(2026, 4, 2))
    assert event["DTSTAMP"].dt == NOW
    assert "Bus; to, the" in event["SUMMARY"] and "youth centre" in event["SUMMARY"]
    assert event["DESCRIPTION"].startswith("27 young people answered.")
    assert event["URL"] == "https://loop.example.org/staff/consultations/7"


@pytest.mark.parametrize(
    ("promise_on", "sequence"),
    [
        (date(2019, 12, 31), 0),
        (date(2020, 1, 1), 0),
        (date(2020, 1, 2), 1),
        (date(2026, 4, 1), 2282),
    ],
)
def test_promise_file_numbers_its_versions_by_the_date(promise_on: date, sequence: int) -> None:
    (event,) = entries(file(promise(promise_on=promise_on)))
    assert event["SEQUENCE"] == sequence


def test_promise_file_holds_one_entry_for_each_and_is_the_same_every_time() -> None:
    both = (promise(), promise(consultation_id=8, answered=1))
    first, second = entries(file(*both))
    assert first["UID"] != second["UID"]
    assert second["DESCRIPTION"].startswith("1 young person answered.")
    assert file(*both) == file(*both)


def test_thread_is_that_of_the_first_and_refers_to_each_once() -> None:
    alone, other = thread_headers(4, [17]), thread_headers(4, [18])
    both = thread_headers(4, [17, 18, 17])
    assert both["In-Reply-To"] == alone["References"]
    assert both["References"] == f"{alone['References']} {other['References']}"
    assert thread_headers(5, [17]) != alone
    assert thread_headers(4, []) == {}
