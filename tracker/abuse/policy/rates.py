"""How many answers are many: from one connection, and for one survey against its own usual.

Counts are kept in slots of five minutes. A class of forty in one lesson and a school of 1,500 in an
hour come from one address each; neither may notice that anybody is counting.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

SLOT = timedelta(minutes=5)
SLOTS_IN_AN_HOUR = 12

_SLOT_BUDGET = 500
_HOUR_BUDGET = 2000

# Fewer than this in a slot is never an attack, whatever the usual is.
_NEVER_AN_ATTACK = 600
_TIMES_THE_USUAL = 8

SHORTEST_WAIT = timedelta(minutes=1)
_BETWEEN_TURNS = timedelta(seconds=2)


def is_over_budget(in_this_slot: int, in_the_last_hour: int) -> bool:
    """Whether one connection has sent more to one survey than a school would."""
    return in_this_slot > _SLOT_BUDGET or in_the_last_hour > _HOUR_BUDGET


def is_attack(in_this_slot: int, earlier_slots: Iterable[int]) -> bool:
    """Whether a survey gets far more than is usual for it.

    `earlier_slots` are the slots of the last day that had answers. A slot of an earlier attack counts
    for no more than the floor, so that a long attack doesn't become the usual.
    """
    busy = [min(count, _NEVER_AN_ATTACK) for count in earlier_slots if count]
    usual = sum(busy) / len(busy) if busy else 0
    return in_this_slot > max(_NEVER_AN_ATTACK, _TIMES_THE_USUAL * usual)


def next_turn(now: datetime, last_turn: datetime | None) -> datetime:
    """When somebody whose browser can't do the sum may send: in a minute, and one after the other.

    Without the queue a machine would wait one minute and then send ten thousand.
    """
    first = now + SHORTEST_WAIT
    return first if last_turn is None else max(first, last_turn + _BETWEEN_TURNS)
