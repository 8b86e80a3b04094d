"""What may be judged, for how long it is awaited, and by whom. Pure."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from enum import StrEnum

from tracker.actions.policy import Outcome
from tracker.languages import noop
from tracker.services.policy import FEWEST_JUDGING, LOWEST_SHARE

WINDOW_DAYS = 28


class VerdictValue(StrEnum):
    YES = "yes"
    A_BIT = "a_bit"
    NO = "no"
    CANT_TELL = "cant_tell"


CANT_TELL = VerdictValue.CANT_TELL


VERDICT_LABELS = {
    VerdictValue.YES: noop("Yes, it changed"),
    VerdictValue.A_BIT: noop("A bit"),
    VerdictValue.NO: noop("No"),
    VerdictValue.CANT_TELL: noop("I can't tell"),
}


LONGEST_WHY = 1000


def window_ends_on(published_on: date) -> date:
    """The last day on which a `done` action, public since `published_on`, awaits verdicts."""
    return published_on + timedelta(days=WINDOW_DAYS)


def awaits_verdict(outcome: Outcome | None, published_on: date | None, today: date) -> bool:
    """Whether respondents are being asked just now; a verdict given later counts as well."""
    if outcome is not Outcome.DONE or published_on is None:
        return False
    return published_on <= today <= window_ends_on(published_on)


def enough_say_no(counts: Mapping[VerdictValue, int], *, share: int, judging: int) -> bool:
    """Whether a change is denied: at least `judging` have an opinion, and `share` % of these say no.

    "I can't tell" is no opinion. A setting below the floor counts as the floor.
    """
    opinions = sum(number for value, number in counts.items() if value is not CANT_TELL)
    if opinions < max(judging, FEWEST_JUDGING):
        return False
    return counts.get(VerdictValue.NO, 0) * 100 >= max(share, LOWEST_SHARE) * opinions


def tidy_why(typed: str) -> str:
    """Why somebody judged so, as it is kept: no NUL (PostgreSQL refuses it), no lone surrogates."""
    sound = typed.replace("\0", "").encode("utf-8", "replace").decode()
    return sound.replace("\r\n", "\n").strip()[:LONGEST_WHY]


def may_judge(outcome: Outcome | None, answered: Collection[int], coded: Collection[int]) -> bool:
    """Whether a response coded to the themes `coded` may judge an action that answers `answered`.

    `outcome` is the public one, None if nothing of the action is public. Only what is said to be
    done can be judged, from the day it is public and without an end: a change can wear off.
    """
    return outcome is Outcome.DONE and not set(answered).isdisjoint(coded)
