"""The promise date as a file for the calendar of whoever answers for it. In the language being spoken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from tracker.languages import gettext as _
from tracker.languages import ngettext

_DAY_ONE = date(2020, 1, 1)


@dataclass(frozen=True)
class Promise:
    """What a consultation promised, and where it stands."""

    consultation_id: int
    title: str
    answered: int
    promise_on: date
    address: str


def promise_file(promises: Sequence[Promise], *, base_url: str, now: datetime) -> str:
    """An all-day entry for each promise. A later file with a moved date replaces the earlier entry.

    A promise only ever moves to a later date, so the date itself numbers the entry's versions.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Loopkeeper//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for promise in promises:
        calendar.add_component(_entry(promise, urlsplit(base_url).hostname or "", now))
    return bytes(calendar.to_ical()).decode()


def _entry(promise: Promise, host: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"consultation-{promise.consultation_id}@{host}")
    event.add("sequence", max(0, (promise.promise_on - _DAY_ONE).days))
    event.add("dtstamp", now)
    event.add("dtstart", promise.promise_on)
    event.add("dtend", promise.promise_on + timedelta(days=1))
    event.add(
        "summary", _("Promised: tell young people what changed (%(title)s)", title=promise.title)
    )
    answered = ngettext(
        "%(num)s young person answered.", "%(num)s young people answered.", promise.answered
    )
    told = _("By today they will have been told.")
    event.add("description", f"{answered} {told}")
    event.add("url", promise.address)
    event.add("transp", "TRANSPARENT")
    return event
