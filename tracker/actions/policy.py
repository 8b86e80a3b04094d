"""The rules of actions: what each outcome requires, which moves are allowed, what is final.

Pure: plain values in, values out. Writing and publishing are in `operations`.
"""

from enum import StrEnum


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


FINAL = frozenset(
    {Outcome.DONE, Outcome.ALREADY, Outcome.CANNOT, Outcome.PASSED_ON, Outcome.PRAISE}
)


def is_final(outcome: Outcome) -> bool:
    """Whether nothing more is owed under this outcome (an honest closure included)."""
    return outcome in FINAL
