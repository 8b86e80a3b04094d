"""The cadence: which reminder a case is owed, when, and to whom. The one file to change it in.

Pure: dates, counts and `now` in, values out. It never reads a table, a clock or a request.
"""

from enum import StrEnum


class CaseKind(StrEnum):
    UNTOLD = "untold"
    NO_ANSWERS = "no_answers"
    LATE_ACTION = "late_action"
    ORPHAN = "orphan"


class Step(StrEnum):
    """Every step of every case, in the words of the domain."""

    NEXT_STEPS = "next_steps"
    NUDGE = "nudge"
    NUDGE_AGAIN = "nudge_again"
    PROMISE_SOON = "promise_soon"
    PROMISE_DUE = "promise_due"
    ESCALATE_MANAGER = "escalate_manager"
    ESCALATE_LEAD = "escalate_lead"
    STILL_OPEN = "still_open"
    DUE_SOON = "due_soon"
    DUE = "due"
    NO_OWNER = "no_owner"
