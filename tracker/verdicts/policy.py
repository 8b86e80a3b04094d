"""What may be judged, for how long it is awaited, and by whom. Pure."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

from tracker.actions.policy import Outcome

WINDOW_DAYS = 28


class VerdictValue(StrEnum):
    YES = "yes"
    A_BIT = "a_bit"
    NO = "no"
    CANT_TELL = "cant_tell"


VERDICT_LABELS = {
    VerdictValue.YES: "Yes, it changed",
    VerdictValue.A_BIT: "A bit",
    VerdictValue.NO: "No",
    VerdictValue.CANT_TELL: "I can't tell",
}


def window_ends_on(published_on: date) -> date:
    """The last day on which a `done` action, public since `published_on`, awaits verdicts."""
    return published_on + timedelta(days=WINDOW_DAYS)


def awaits_verdict(outcome: Outcome | None, published_on: date | None, today: date) -> bool:
    """Whether respondents are being asked just now; a verdict given later counts as well."""
    if outcome is not Outcome.DONE or published_on is None:
        return False
    return published_on <= today <= window_ends_on(published_on)


def may_judge(outcome: Outcome | None, answered: Collection[int], coded: Collection[int]) -> bool:
    """Whether a response coded to the themes `coded` may judge an action that answers `answered`.

    `outcome` is the public one, None if nothing of the action is public. Only what is said to be
    done can be judged, from the day it is public and without an end: a change can wear off.
    """
    return outcome is Outcome.DONE and not set(answered).isdisjoint(coded)
