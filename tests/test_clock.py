"""The clock by table: local days, and wall-clock times across both clock changes."""

from datetime import UTC, date, datetime, time

import pytest

from tracker.clock import day_in_words, end_of_day, local_date, local_moment, utc_now

LONDON = "Europe/London"
KATHMANDU = "Asia/Kathmandu"  # 5 hours 45 minutes ahead


def test_utc_now_is_aware() -> None:
    assert utc_now().tzinfo is UTC


@pytest.mark.parametrize(
    ("now", "zone", "expected"),
    [
        (datetime(2026, 2, 4, 23, 59, 59, tzinfo=UTC), LONDON, date(2026, 2, 4)),
        (datetime(2026, 2, 5, 0, 0, 0, tzinfo=UTC), LONDON, date(2026, 2, 5)),
        # Summer time: midnight in London is eleven at night in UTC.
        (datetime(2026, 7, 1, 22, 59, 59, tzinfo=UTC), LONDON, date(2026, 7, 1)),
        (datetime(2026, 7, 1, 23, 0, 0, tzinfo=UTC), LONDON, date(2026, 7, 2)),
        (datetime(2026, 2, 4, 18, 14, 59, tzinfo=UTC), KATHMANDU, date(2026, 2, 4)),
        (datetime(2026, 2, 4, 18, 15, 0, tzinfo=UTC), KATHMANDU, date(2026, 2, 5)),
    ],
)
def test_local_date_turns_at_local_midnight(now: datetime, zone: str, expected: date) -> None:
    assert local_date(now, zone) == expected


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2026, 2, 4), time(9), datetime(2026, 2, 4, 9, tzinfo=UTC)),
        (date(2026, 7, 1), time(9), datetime(2026, 7, 1, 8, tzinfo=UTC)),
        # Clocks go forward on 29 March at 01:00: the day before, the day, and the hour that isn't.
        (date(2026, 3, 28), time(9), datetime(2026, 3, 28, 9, tzinfo=UTC)),
        (date(2026, 3, 29), time(9), datetime(2026, 3, 29, 8, tzinfo=UTC)),
        (date(2026, 3, 29), time(0, 59), datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        (date(2026, 3, 29), time(1, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (date(2026, 3, 29), time(2), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        # Clocks go back on 25 October at 02:00: the hour that comes twice is taken the first time.
        (date(2026, 10, 24), time(9), datetime(2026, 10, 24, 8, tzinfo=UTC)),
        (date(2026, 10, 25), time(1, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (date(2026, 10, 25), time(2), datetime(2026, 10, 25, 2, tzinfo=UTC)),
        (date(2026, 10, 25), time(9), datetime(2026, 10, 25, 9, tzinfo=UTC)),
    ],
)
def test_local_moment_keeps_the_wall_clock(day: date, at: time, expected: datetime) -> None:
    assert local_moment(day, at, LONDON) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 2, 4), datetime(2026, 2, 5, 0, tzinfo=UTC)),
        (date(2026, 7, 1), datetime(2026, 7, 1, 23, tzinfo=UTC)),
        # A day of 23 hours and one of 25.
        (date(2026, 3, 28), datetime(2026, 3, 29, 0, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 23, tzinfo=UTC)),
        (date(2026, 10, 24), datetime(2026, 10, 24, 23, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 26, 0, tzinfo=UTC)),
        (date(2026, 12, 31), datetime(2027, 1, 1, 0, tzinfo=UTC)),
    ],
)
def test_end_of_day_is_the_midnight_that_follows(day: date, expected: datetime) -> None:
    assert end_of_day(day, LONDON) == expected
    assert local_date(expected, LONDON) > day


def test_day_in_words_has_no_leading_zero() -> None:
    assert day_in_words(date(2026, 3, 4)) == "4 March 2026"
