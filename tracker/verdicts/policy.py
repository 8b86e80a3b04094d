"""What may be judged, for how long, and what the verdicts add up to. Pure."""

from datetime import date, timedelta
from enum import StrEnum

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
