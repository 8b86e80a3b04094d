"""Outcomes: their words, which are final, and which may follow which. Pure."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from tracker.languages import noop


class Outcome(StrEnum):
    """The state of an action (domain: outcome)."""

    PLANNED = "planned"
    DOING = "doing"
    DONE = "done"
    ALREADY = "already"
    CANNOT = "cannot"
    PASSED_ON = "passed_on"
    PRAISE = "praise"


class ReasonCode(StrEnum):
    """Why something can't be done."""

    MONEY = "money"
    LAW = "law"
    SAFETY = "safety"
    NOT_OURS = "not_ours"
    SPACE = "space"
    PEOPLE = "people"
    OTHERS_DISAGREE = "others_disagree"
    OTHER = "other"


# In the order in which staff are offered them.
OUTCOME_LABELS = {
    Outcome.DONE: "We did it",
    Outcome.DOING: "We are doing it",
    Outcome.PLANNED: "We will, by…",
    Outcome.ALREADY: "It's already there",
    Outcome.CANNOT: "We can't, because…",
    Outcome.PASSED_ON: "We passed it on",
    Outcome.PRAISE: "Thank you",
}
OUTCOME_MEANINGS = {
    Outcome.DONE: "Something is different now, since a day you can name.",
    Outcome.DOING: "Work has begun and will be finished by a date.",
    Outcome.PLANNED: "It has been decided and will happen by a date.",
    Outcome.ALREADY: "It was there before anyone asked, and now you say so aloud.",
    Outcome.CANNOT: "It has been decided against, for a reason that can be said plainly.",
    Outcome.PASSED_ON: "Somebody else decides this, and now they know.",
    Outcome.PRAISE: "They liked something. Nothing to change; the team has been told.",
}
REASON_LABELS = {
    ReasonCode.MONEY: noop("There isn't the money"),
    ReasonCode.LAW: noop("The law doesn't allow it"),
    ReasonCode.SAFETY: noop("It wouldn't be safe"),
    ReasonCode.NOT_OURS: noop("It isn't ours to decide"),
    ReasonCode.SPACE: noop("There isn't the space"),
    ReasonCode.PEOPLE: noop("There aren't enough people to do it"),
    ReasonCode.OTHERS_DISAGREE: noop("Other young people asked for the opposite"),
    ReasonCode.OTHER: noop("Another reason"),
}
EXAMPLES = {
    Outcome.DONE: "From 3 February the centre is open until 8 pm on Fridays.",
    Outcome.DOING: "The new lights are being put up along the path to the centre.",
    Outcome.PLANNED: "We will ask the bus company for a 9.30 bus and tell you what they say.",
    Outcome.ALREADY: "The room upstairs is free every Tuesday. Ask at the desk for the key.",
    Outcome.CANNOT: "We can't put in a pool this year.",
    Outcome.PASSED_ON: "We sent what you said about the crossing to the people who plan roads.",
    Outcome.PRAISE: "We read this out to the kitchen team. It made their week.",
}

FINAL = frozenset(
    {Outcome.DONE, Outcome.ALREADY, Outcome.CANNOT, Outcome.PASSED_ON, Outcome.PRAISE}
)


def is_final(outcome: Outcome) -> bool:
    """Whether nothing more is owed under this outcome (an honest closure included)."""
    return outcome in FINAL


# Public outcome → what it may become next. Staying the same (better words, a new date) is always
# allowed. Three rules lie behind the table: an answer never sinks to mere thanks; what was said
# to be done can be corrected downwards (it was there before; it could not last, and why) but never
# turned back into a plan, because that is a reopening; and what has begun was not there already.
MOVES: dict[Outcome, frozenset[Outcome]] = {
    Outcome.PLANNED: FINAL - {Outcome.PRAISE} | {Outcome.DOING},
    Outcome.DOING: frozenset({Outcome.PLANNED, Outcome.DONE, Outcome.CANNOT, Outcome.PASSED_ON}),
    Outcome.DONE: frozenset({Outcome.ALREADY, Outcome.CANNOT}),
    Outcome.ALREADY: frozenset(Outcome) - {Outcome.PRAISE},
    Outcome.CANNOT: frozenset(Outcome) - {Outcome.PRAISE},
    Outcome.PASSED_ON: frozenset(Outcome) - {Outcome.PRAISE},
    Outcome.PRAISE: frozenset(Outcome),
}


def may_move(from_: Outcome | None, to: Outcome, *, is_reopened: bool = False) -> bool:
    """Whether an action whose public outcome is `from_` (None: nothing public yet) may become `to`.

    What young people said hasn't changed (`is_reopened`) may become a plan again.
    """
    if from_ is None or from_ is to or to in MOVES[from_]:
        return True
    return is_reopened and to is not Outcome.PRAISE


def is_answered(change: date, later: Iterable[tuple[Outcome, date | None]]) -> bool:
    """Whether what was published after a reopening settles it: another change, or an honest closure.

    `change` is the day of the change that young people denied; `later` are the outcomes published
    since, each with the day of its change. Better words for the same change don't settle it, and a
    plan doesn't either.
    """
    return any(
        is_final(outcome) and not (outcome is Outcome.DONE and changed_on == change)
        for outcome, changed_on in later
    )
