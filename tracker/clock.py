"""The one place that reads the time. Everything else is handed `now` (an aware UTC datetime).

`reminders tick --now` and the tests pass their own; nothing below the views reads a clock.
"""

import time as clock
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# The clocks of two machines that are kept by the same time differ by less.
CLOCKS_DIFFER = timedelta(minutes=5)


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def seconds_running() -> float:
    """Seconds on a clock that only ever goes forward: for how long, never for when."""
    return clock.monotonic()


def local_date(now: datetime, time_zone: str) -> date:
    """The calendar date in `time_zone` (an IANA name) at the moment `now`."""
    return now.astimezone(ZoneInfo(time_zone)).date()


def local_moment(day: date, at: time, time_zone: str) -> datetime:
    """The UTC moment at which the wall clock of `time_zone` shows `at` on `day`.

    A wall-clock time that a clock change skips is taken as if the change had not happened yet;
    one that occurs twice is taken the first time.
    """
    return datetime.combine(day, at, ZoneInfo(time_zone)).astimezone(UTC)


def end_of_day(day: date, time_zone: str) -> datetime:
    """The UTC moment at which `day` is over in `time_zone` (the midnight that follows)."""
    return local_moment(day + timedelta(days=1), time(0), time_zone)


def day_in_words(day: date) -> str:
    """`day` as people write it: 4 March 2026."""
    return f"{day.day} {day:%B} {day.year}"


def moment_in_words(at: datetime, time_zone: str) -> str:
    """A moment on the clocks of `time_zone`, as people write it: 4 March 2026, 9:05."""
    local = at.astimezone(ZoneInfo(time_zone))
    return f"{day_in_words(local.date())}, {local.hour}:{local.minute:02}"
