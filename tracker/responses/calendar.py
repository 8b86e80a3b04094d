"""The promise date as a file for a calendar. Holds the public title and the day, and no receipt."""

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from tracker.languages import gettext as _


def promise_calendar(
    title: str, promise_on: date, *, code: str, base_url: str, now: datetime
) -> bytes:
    """An all-day entry on the promise date, the same entry however often it is fetched."""
    calendar = Calendar()
    calendar.add("prodid", "-//Loopkeeper//EN")
    calendar.add("version", "2.0")
    event = Event()
    event.add("uid", f"promise-{code.lower()}@{urlsplit(base_url).hostname}")
    event.add("dtstamp", now)
    event.add("dtstart", promise_on)
    event.add("dtend", promise_on + timedelta(days=1))
    event.add("summary", _("Find out what changed: %(title)s", title=title))
    event.add(
        "description",
        _(
            "By today they promised to say what happened to the answers. "
            "Your four words open your own page: %(address)s",
            address=f"{base_url}/answer",
        ),
    )
    event.add("url", f"{base_url}/answer")
    event.add("transp", "TRANSPARENT")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
