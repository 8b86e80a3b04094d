"""Working days by table: weekends, each nation's bank holidays, one-off days, counting across them."""

from datetime import date

import pytest

from tracker.working_days import (
    NATION_NAMES,
    Nation,
    add_working_days,
    bank_holidays,
    is_working_day,
    roll_forward,
)

ENGLAND, WALES, SCOTLAND, NORTHERN_IRELAND = Nation
ALL = frozenset(Nation)
NONE: frozenset[Nation] = frozenset()


@pytest.mark.parametrize(
    ("day", "closed_in"),
    [
        (date(2026, 1, 1), ALL),
        (date(2026, 1, 2), {SCOTLAND}),
        (date(2026, 1, 5), NONE),
        (date(2026, 3, 17), {NORTHERN_IRELAND}),  # St Patrick's Day
        (date(2026, 4, 3), ALL),  # Good Friday
        (date(2026, 4, 6), {ENGLAND, WALES, NORTHERN_IRELAND}),  # Easter Monday
        (date(2026, 5, 4), ALL),
        (date(2026, 5, 25), ALL),
        (date(2026, 6, 15), {SCOTLAND}),  # given once
        (date(2026, 7, 13), {NORTHERN_IRELAND}),  # the Twelfth fell on a Sunday
        (date(2026, 8, 3), {SCOTLAND}),
        (date(2026, 8, 31), {ENGLAND, WALES, NORTHERN_IRELAND}),
        (date(2026, 11, 30), {SCOTLAND}),  # St Andrew's Day
        (date(2026, 12, 25), ALL),
        (date(2026, 12, 28), ALL),  # Boxing Day fell on a Saturday
        (date(2026, 12, 29), NONE),
        # Days that were given once.
        (date(2022, 6, 3), ALL),  # the platinum jubilee
        (date(2022, 9, 19), ALL),  # the Queen's funeral
        (date(2023, 5, 8), ALL),  # the coronation
        # Christmas Day on a Sunday: the substitute is Tuesday, after Boxing Day's Monday.
        (date(2022, 12, 26), ALL),
        (date(2022, 12, 27), ALL),
        (date(2022, 12, 28), NONE),
    ],
)
def test_is_working_day_knows_each_nations_bank_holidays(
    day: date, closed_in: frozenset[Nation]
) -> None:
    assert {nation for nation in Nation if not is_working_day(day, nation)} == closed_in


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 2, 6), True),  # Friday
        (date(2026, 2, 7), False),
        (date(2026, 2, 8), False),
        (date(2026, 2, 9), True),
    ],
)
def test_is_working_day_refuses_weekends(day: date, expected: bool) -> None:
    assert is_working_day(day, ENGLAND) is expected


def test_is_working_day_heeds_extra_closed_days() -> None:
    closed = {date(2026, 2, 9)}
    assert not is_working_day(date(2026, 2, 9), ENGLAND, closed)
    assert is_working_day(date(2026, 2, 10), ENGLAND, closed)


@pytest.mark.parametrize(
    ("day", "nation", "expected"),
    [
        (date(2026, 2, 4), ENGLAND, date(2026, 2, 4)),
        (date(2026, 2, 7), ENGLAND, date(2026, 2, 9)),
        (date(2026, 4, 3), ENGLAND, date(2026, 4, 7)),  # Good Friday to Tuesday
        (date(2026, 4, 3), SCOTLAND, date(2026, 4, 6)),  # Monday is a working day there
        (date(2026, 12, 25), WALES, date(2026, 12, 29)),
        (date(2026, 12, 31), SCOTLAND, date(2026, 12, 31)),
        (date(2027, 1, 1), ENGLAND, date(2027, 1, 4)),
        (date(2027, 1, 1), SCOTLAND, date(2027, 1, 5)),  # 2 January, a Saturday, moved on
    ],
)
def test_roll_forward_goes_to_the_next_working_day(
    day: date, nation: Nation, expected: date
) -> None:
    assert roll_forward(day, nation) == expected


def test_roll_forward_passes_over_extra_closed_days() -> None:
    shut = {date(2026, 2, 9), date(2026, 2, 10)}
    assert roll_forward(date(2026, 2, 7), ENGLAND, shut) == date(2026, 2, 11)


@pytest.mark.parametrize(
    ("day", "count", "nation", "expected"),
    [
        (date(2026, 2, 4), 0, ENGLAND, date(2026, 2, 4)),
        (date(2026, 2, 7), 0, ENGLAND, date(2026, 2, 9)),
        (date(2026, 2, 4), 1, ENGLAND, date(2026, 2, 5)),
        (date(2026, 2, 6), 1, ENGLAND, date(2026, 2, 9)),
        (date(2026, 2, 7), 1, ENGLAND, date(2026, 2, 9)),  # counted from a Saturday
        (date(2026, 2, 4), 5, ENGLAND, date(2026, 2, 11)),
        (date(2026, 2, 4), 20, ENGLAND, date(2026, 3, 4)),
        (date(2026, 4, 2), 1, ENGLAND, date(2026, 4, 7)),
        (date(2026, 4, 2), 1, SCOTLAND, date(2026, 4, 6)),
        (date(2026, 12, 24), 2, ENGLAND, date(2026, 12, 30)),
        (date(2026, 12, 31), 1, ENGLAND, date(2027, 1, 4)),
        (date(2026, 12, 31), 1, SCOTLAND, date(2027, 1, 5)),
        (date(2026, 3, 16), 5, NORTHERN_IRELAND, date(2026, 3, 24)),
        (date(2026, 3, 16), 5, ENGLAND, date(2026, 3, 23)),
    ],
)
def test_add_working_days_counts_across_weekends_and_holidays(
    day: date, count: int, nation: Nation, expected: date
) -> None:
    assert add_working_days(day, count, nation) == expected


def test_add_working_days_passes_over_extra_closed_days() -> None:
    shut = {date(2026, 2, 5)}
    assert add_working_days(date(2026, 2, 4), 1, ENGLAND, shut) == date(2026, 2, 6)


def test_every_nation_has_a_name_and_holidays() -> None:
    assert set(NATION_NAMES) == ALL
    assert all(len(bank_holidays(nation, 2026)) >= 8 for nation in Nation)
