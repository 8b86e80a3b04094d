"""Who is told about a flag, and when, until somebody acknowledges it.

Pure: the flag, the people and the moment in, the calls that are due out. The clock runs day and
night. It starts at the full hour before the flag was raised: the minute is never kept, because it
would tell when a young person answered. So nobody has more than the hours that were promised.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

STILL_EVERY = timedelta(hours=24)
LOOK_MINUTES = 5

# The steps; from STILL on they count up, one for each day.
RAISED, ALTERNATES, OVERSEERS, STILL = range(4)


class CallKind(StrEnum):
    """What a person is told."""

    READ = "read"  # a flag waits to be read: for those who may
    LATE = "late"  # nobody has acknowledged one: for those who may not read it
    NOBODY = "nobody"  # there is nobody who may read it and can be told


@dataclass(frozen=True)
class Guardian:
    """Somebody who may be told: a safeguarding lead (`may_read`), or who answers for the rest."""

    person_id: int
    may_read: bool
    is_reachable: bool


@dataclass(frozen=True)
class Alarm:
    """What the clock needs to know of a flag."""

    raised_at: datetime  # the start of the hour
    is_acknowledged: bool = False
    named: frozenset[int] = frozenset()  # people whose names stand in the text
    told: frozenset[tuple[int, int]] = frozenset()  # (step, person)
    unreached: frozenset[int] = frozenset()  # people whose alert could not be delivered


@dataclass(frozen=True)
class Hours:
    """The organisation's clock."""

    acknowledge: int
    escalate: int


@dataclass(frozen=True)
class Call:
    """One person to be told once, at one step."""

    step: int
    person_id: int
    kind: CallKind


def start_of_hour(now: datetime) -> datetime:
    """The full hour: all that is kept of the moment at which a flag was raised."""
    return now.replace(minute=0, second=0, microsecond=0)


def next_look(now: datetime) -> datetime:
    """When to look again whom to tell about a flag: people leave, and mails come back."""
    return start_of_hour(now) + (now.minute // LOOK_MINUTES + 1) * timedelta(minutes=LOOK_MINUTES)


def acknowledge_by(raised_at: datetime, hours: Hours) -> datetime:
    """The moment from which the alternates are told too."""
    return raised_at + timedelta(hours=hours.acknowledge)


def calls_due(
    alarm: Alarm, guardians: Sequence[Guardian], hours: Hours, now: datetime
) -> list[Call]:
    """Everybody who has to be told now and hasn't been. `guardians` in the order they are asked in.

    Nobody who is named in the text is ever told. The first lead who can be reached is told at once,
    the others after the hours to acknowledge, those who answer for the rest after the hours to
    escalate (or as soon as there is no other lead left), and everybody again each day after that.
    """
    if alarm.is_acknowledged:
        return []
    able = [
        each
        for each in guardians
        if each.is_reachable and each.person_id not in alarm.named | alarm.unreached
    ]
    readers = [each.person_id for each in able if each.may_read]
    overseers = [each.person_id for each in able if not each.may_read]
    due = [
        *_at_once(alarm, readers, overseers),
        *_late(alarm, readers, overseers, hours, now - alarm.raised_at),
    ]
    return [call for call in dict.fromkeys(due) if (call.step, call.person_id) not in alarm.told]


def _at_once(alarm: Alarm, readers: list[int], overseers: list[int]) -> Iterator[Call]:
    if not readers:
        yield from (Call(RAISED, person, CallKind.NOBODY) for person in overseers)
    elif not any((RAISED, person) in alarm.told for person in readers):
        yield Call(RAISED, readers[0], CallKind.READ)


def _late(
    alarm: Alarm, readers: list[int], overseers: list[int], hours: Hours, waited: timedelta
) -> Iterator[Call]:
    if waited < timedelta(hours=hours.acknowledge):
        return
    others = [person for person in readers[1:] if (RAISED, person) not in alarm.told]
    yield from (Call(ALTERNATES, person, CallKind.READ) for person in others)
    over = waited - timedelta(hours=hours.escalate)
    if over >= timedelta(0) or len(readers) == 1:
        yield from (Call(OVERSEERS, person, CallKind.LATE) for person in overseers)
    if over >= STILL_EVERY:
        step = STILL + over // STILL_EVERY - 1
        yield from (Call(step, person, CallKind.READ) for person in readers)
        yield from (Call(step, person, CallKind.LATE) for person in overseers)
