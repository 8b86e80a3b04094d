"""The cadence written down once more, from `domain` §4 and not from the product: lines, dates, choice.

It shares the calendar of working days with the product and nothing else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from tracker.working_days import Nation, add_working_days, roll_forward

OWNER, DEPUTIES, CONTACT, LEADS = "odcl"


@dataclass(frozen=True)
class Line:
    """One line of a table of the cadence: `to` gets it, `copy` as well, `instead` if `to` can't."""

    step: str
    since: str
    to: str
    days: int = 0
    working_days: int = 0
    copy: str = ""
    instead: str = ""
    every: int = 0
    waits: bool = True
    is_on: bool = True


TABLE: dict[str, tuple[Line, ...]] = {
    "untold": (
        Line("next_steps", "close", "o", working_days=1),
        Line("nudge", "close", "o", days=7),
        Line("nudge_again", "close", "od", days=28),
        Line("promise_soon", "promise", "od", days=-14),
        Line("promise_due", "promise", "o"),
        Line("escalate_manager", "promise", "c", 0, 5, copy="o", instead="l", every=0, waits=False),
        Line("escalate_lead", "promise", "l", 0, 20, instead="c", waits=False),
        Line("still_open", "promise", "l", 0, 40, copy="o", instead="c", every=20, waits=False),
    ),
    "no_answers": (
        Line("next_steps", "close", "o", working_days=1),
        Line("nudge", "close", "o", days=7),
        Line("nudge_again", "close", "o", days=28, copy="c"),
    ),
    "late_action": (
        Line("due_soon", "due", "o", days=-7),
        Line("due", "due", "o"),
        Line("escalate_manager", "due", "c", 0, 5, copy="o", instead="l", waits=False),
        Line("escalate_lead", "due", "l", 0, 20, instead="c", waits=False),
    ),
    "said_no": (
        Line("asked_again", "start", "o", working_days=1),
        Line("nudge", "start", "o", days=14),
        Line("escalate_manager", "start", "c", days=28, copy="o", instead="l", waits=False),
        Line("escalate_lead", "start", "l", days=56, instead="c", waits=False),
    ),
    "orphan": (Line("no_owner", "start", "dc", instead="l", waits=False),),
}


@dataclass(frozen=True)
class Settings:
    """What an organisation or a service sets otherwise: for some steps (days, working days, every, on)."""

    steps: Mapping[tuple[str, str], tuple[int, int, int, bool]] = field(default_factory=dict)
    snooze_days: int | None = None
    snoozes: int | None = None


AS_IT_CAME = Settings()
# Sound ones, each alone and any two over each other.
CHOICES = (
    AS_IT_CAME,
    Settings({("untold", "nudge"): (7, 0, 0, False), ("no_answers", "nudge"): (10, 0, 0, True)}),
    Settings(
        {
            ("untold", "escalate_manager"): (0, 3, 0, True),
            ("untold", "still_open"): (0, 30, 10, True),
        }
    ),
    Settings({("late_action", "due_soon"): (-14, 0, 0, True)}, snooze_days=14, snoozes=1),
    Settings({("untold", "nudge"): (10, 0, 0, True)}, snoozes=0),
)


@dataclass(frozen=True)
class Cadence:
    """What holds in one service."""

    table: Mapping[str, tuple[Line, ...]]
    snooze_days: int = 28
    snoozes: int = 2


def cadence_of(*above_first: Settings) -> Cadence:
    """The table with these settings put over it, one after the other."""
    table, snooze_days, snoozes = dict(TABLE), 28, 2
    for own in above_first:
        for (kind, step), (days, working_days, every, is_on) in own.steps.items():
            table[kind] = tuple(
                replace(line, days=days, working_days=working_days, every=every, is_on=is_on)
                if line.step == step
                else line
                for line in table[kind]
            )
        snooze_days = snooze_days if own.snooze_days is None else own.snooze_days
        snoozes = snoozes if own.snoozes is None else own.snoozes
    return Cadence(table, snooze_days, snoozes)


@dataclass(frozen=True)
class Step:
    """A step on its day: `day` by the table, `on` after any snooze."""

    line: Line
    rank: int
    day: date
    on: date


@dataclass(frozen=True)
class Dates:
    """What the days of a case are counted from."""

    start: date
    promise: date | None
    due: date | None
    snoozed_until: date | None
    nation: Nation


def steps_of(lines: tuple[Line, ...], dates: Dates, today: date) -> Iterator[Step]:
    """Every step of a case up to today and the next after it."""
    for rank, line in enumerate(lines):
        if not line.is_on:
            continue
        since = {"promise": dates.promise, "due": dates.due}.get(line.since, dates.start)
        if since is None:
            continue
        day = since + timedelta(line.days)
        if line.working_days:
            day = add_working_days(day, line.working_days, dates.nation)
        day = roll_forward(max(day, dates.start), dates.nation)
        yield Step(line, rank, day, _snoozed(line, day, dates))
        while line.every and day <= today:
            day = add_working_days(day, line.every, dates.nation)
            yield Step(line, rank, day, _snoozed(line, day, dates))


def _snoozed(line: Line, day: date, dates: Dates) -> date:
    until = dates.snoozed_until
    return roll_forward(until, dates.nation) if line.waits and until and until > day else day
