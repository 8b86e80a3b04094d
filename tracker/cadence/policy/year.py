"""A year of foreseen mails, laid out as months, weeks and people. Pure: mails in, a calendar out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.cadence.policy.foresight import Addressee, ForeseenMail
from tracker.working_days import Nation, bank_holidays


@dataclass(frozen=True)
class Square:
    """One weekday of a month's grid."""

    on: date
    mails: int
    is_bank_holiday: bool
    is_past: bool


@dataclass(frozen=True)
class Day:
    """A day with mails."""

    on: date
    mails: tuple[ForeseenMail, ...]


@dataclass(frozen=True)
class Month:
    """One month: its weeks, Monday to Friday (None where the month doesn't reach), and its days."""

    first: date
    weeks: tuple[tuple[Square | None, ...], ...]
    days: tuple[Day, ...]

    @property
    def mails(self) -> int:
        return sum(len(day.mails) for day in self.days)

    @property
    def people(self) -> int:
        return len({mail.to for day in self.days for mail in day.mails})


@dataclass(frozen=True)
class PersonYear:
    """How many mails one person gets in each month of the year, and in all."""

    to: Addressee
    by_month: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.by_month)


@dataclass(frozen=True)
class Year:
    """The coming year: its months from the present one on, and who gets how much."""

    months: tuple[Month, ...]
    people: tuple[PersonYear, ...]

    @property
    def mails(self) -> int:
        return sum(month.mails for month in self.months)


def end_of_year(today: date) -> date:
    """The last day that is foreseen: the end of the eleventh month after this one."""
    return _next_month(today, 12) - timedelta(days=1)


def year_of(mails: Sequence[ForeseenMail], *, today: date, nation: Nation) -> Year:
    """The calendar of these mails; `nation` says which bank holidays are marked."""
    firsts = [today.replace(day=1), *(_next_month(today, ahead) for ahead in range(1, 12))]
    by_day: dict[date, list[ForeseenMail]] = {}
    for mail in mails:
        by_day.setdefault(mail.on, []).append(mail)
    return Year(
        months=tuple(_month(first, by_day, today, nation) for first in firsts),
        people=tuple(_people(mails, firsts)),
    )


def _next_month(day: date, ahead: int) -> date:
    months = day.year * 12 + day.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)


def _month(
    first: date, by_day: dict[date, list[ForeseenMail]], today: date, nation: Nation
) -> Month:
    last = _next_month(first, 1) - timedelta(days=1)
    holidays = bank_holidays(nation, first.year)
    monday = first - timedelta(days=first.weekday())
    weeks = []
    while monday <= last:
        week = [monday + timedelta(days=n) for n in range(5)]
        if week[-1] >= first and week[0] <= last:
            weeks.append(
                tuple(
                    Square(day, len(by_day.get(day, ())), day in holidays, day < today)
                    if first <= day <= last
                    else None
                    for day in week
                )
            )
        monday += timedelta(days=7)
    days = (Day(on, tuple(by_day[on])) for on in sorted(by_day) if first <= on <= last)
    return Month(first, tuple(weeks), tuple(days))


def _people(mails: Sequence[ForeseenMail], firsts: list[date]) -> Iterator[PersonYear]:
    """Everybody who gets a mail, those with most first."""
    counts = Counter((mail.to, mail.on.replace(day=1)) for mail in mails)
    everybody = {mail.to for mail in mails}
    found = [PersonYear(to, tuple(counts[to, first] for first in firsts)) for to in everybody]
    yield from sorted(found, key=lambda each: (-each.total, each.to.name, each.to.id))
