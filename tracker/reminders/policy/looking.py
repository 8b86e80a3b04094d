"""When a consultation has to be looked at next, if no fact changes before. Pure: dates in, moment out.

A changed fact has it looked at anyway. The longest pauses are a net under that, and under a clock
that was wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tracker.clock import local_moment
from tracker.reminders.policy.deciding import DueStep, Record, decide, unsettled

# While it is chased or open for answers, and while it is neither.
AT_LEAST_EVERY = timedelta(days=1)
AT_REST_EVERY = timedelta(days=28)
# At a step that is due and has nobody to go to.
NOBODY_YET_EVERY = timedelta(hours=1)
# No honest moment is further off: one that is was set by a clock that ran ahead.
LONGEST = AT_REST_EVERY + timedelta(days=1)


@dataclass(frozen=True)
class Ahead:
    """What lies ahead of one open case: the day of its next step, and whether one waits for somebody."""

    next_on: date | None
    has_nobody: bool


def ahead(
    steps: Iterable[DueStep], records: Iterable[Record], today: date, *, has_nobody: bool
) -> Ahead:
    """What lies ahead of a case. `has_nobody`: nobody whom the step due now could go to."""
    known, scheduled = list(records), list(steps)
    days = [due.due_on for due in unsettled(scheduled, known) if due.due_on > today]
    is_owed = has_nobody and decide(scheduled, known, today).send is not None
    return Ahead(min(days, default=None), is_owed)


def next_look(
    cases: Iterable[Ahead], *, is_in_play: bool, is_open: bool, now: datetime, time_zone: str
) -> datetime | None:
    """The moment of the next look; None if nothing can fall due before a fact changes.

    `is_in_play`: it was opened and not withdrawn. A step is looked at as its day begins.
    """
    known = list(cases)
    if not known and not is_in_play:
        return None
    pauses = [AT_LEAST_EVERY if known or is_open else AT_REST_EVERY]
    pauses += [NOBODY_YET_EVERY for case in known if case.has_nobody]
    days = [case.next_on for case in known if case.next_on is not None]
    moments = [now + min(pauses)]
    if days and min(days) <= (now + AT_LEAST_EVERY * 2).date():
        moments.append(local_moment(min(days), time(0), time_zone))
    return min(moments)
