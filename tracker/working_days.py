"""Working days of the four UK nations, pure: dates in, dates out.

A working day is Monday to Friday and not a bank holiday of the nation (one-off days included).
"""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays


class Nation(StrEnum):
    ENGLAND = "england"
    WALES = "wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern_ireland"


NATION_NAMES = {
    Nation.ENGLAND: "England",
    Nation.WALES: "Wales",
    Nation.SCOTLAND: "Scotland",
    Nation.NORTHERN_IRELAND: "Northern Ireland",
}
_SUBDIVISIONS = {
    Nation.ENGLAND: "ENG",
    Nation.WALES: "WLS",
    Nation.SCOTLAND: "SCT",
    Nation.NORTHERN_IRELAND: "NIR",
}


@lru_cache(maxsize=256)
def bank_holidays(nation: Nation, year: int) -> frozenset[date]:
    """The bank holidays of `nation` in `year`, from the `holidays` library."""
    return frozenset(holidays.country_holidays("GB", subdiv=_SUBDIVISIONS[nation], years=year))


def is_working_day(day: date, nation: Nation, closed_on: Collection[date] = ()) -> bool:
    """Whether offices of `nation` are open on `day`; `closed_on` are extra closed days."""
    return day.weekday() < 5 and day not in bank_holidays(nation, day.year) and day not in closed_on


def roll_forward(day: date, nation: Nation, closed_on: Collection[date] = ()) -> date:
    """`day` itself if it is a working day, else the next one."""
    while not is_working_day(day, nation, closed_on):
        day += timedelta(days=1)
    return day


def add_working_days(
    day: date, count: int, nation: Nation, closed_on: Collection[date] = ()
) -> date:
    """The `count`-th working day after `day` (count ≥ 0; 0 gives `day` rolled forward)."""
    if closed_on:
        return _counted_on(day, count, nation, closed_on)
    return _known(day, count, nation)


# A year of reminders asks for the same few thousand spans again and again.
@lru_cache(maxsize=2**16)
def _known(day: date, count: int, nation: Nation) -> date:
    return _counted_on(day, count, nation, ())


def _counted_on(day: date, count: int, nation: Nation, closed_on: Collection[date]) -> date:
    if count == 0:
        return roll_forward(day, nation, closed_on)
    while count:
        day = roll_forward(day + timedelta(days=1), nation, closed_on)
        count -= 1
    return day
