"""The cadence: which reminder a case is owed, when, and to whom. The one file to change it in.

These are the defaults; what an organisation or a service sets otherwise is put over them by `settings`.
"""

from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum


class CaseKind(StrEnum):
    UNTOLD = "untold"
    NO_ANSWERS = "no_answers"
    LATE_ACTION = "late_action"
    SAID_NO = "said_no"
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
    ASKED_AGAIN = "asked_again"
    NO_OWNER = "no_owner"


CASE_LABELS = {
    CaseKind.UNTOLD: "Waiting to be told",
    CaseKind.NO_ANSWERS: "Nobody answered",
    CaseKind.LATE_ACTION: "An action that is promised",
    CaseKind.SAID_NO: "Young people say it hasn't changed",
    CaseKind.ORPHAN: "Nobody looks after it",
}
STEP_LABELS = {
    Step.NEXT_STEPS: "First steps",
    Step.NUDGE: "Nudge",
    Step.NUDGE_AGAIN: "Second nudge",
    Step.PROMISE_SOON: "The promise date is near",
    Step.PROMISE_DUE: "The promise date is here",
    Step.ESCALATE_MANAGER: "Told to the manager",
    Step.ESCALATE_LEAD: "Told to the participation lead",
    Step.STILL_OPEN: "Still open",
    Step.DUE_SOON: "The due date is near",
    Step.DUE: "The due date is here",
    Step.ASKED_AGAIN: "Asked again",
    Step.NO_OWNER: "It has no owner",
}


class Anchor(StrEnum):
    """The dates from which steps are counted."""

    CLOSE = "close"  # the last day for answers
    PROMISE = "promise"  # the day by which respondents will have been told
    DUE = "due"  # the day a planned action is due
    START = "start"  # the day the case itself began


class Audience(StrEnum):
    OWNER = "owner"
    DEPUTIES = "deputies"
    CONTACT = "contact"
    LEADS = "leads"


@dataclass(frozen=True)
class Rule:
    """One line of the cadence. `or_else` gets the step if nobody in `to` can be reached."""

    step: Step
    anchor: Anchor
    to: tuple[Audience, ...]
    days: int = 0
    working_days: int = 0
    copy: tuple[Audience, ...] = ()
    or_else: tuple[Audience, ...] = ()
    every: int = 0  # working days after which it comes again; 0: once
    can_wait: bool = True  # whether a snooze may hold it
    is_on: bool = True  # a step that is switched off keeps its place and never comes

    @property
    def is_escalation(self) -> bool:
        """Whether somebody beside the owner and the deputies hears: such a step can't be switched off."""
        return bool({Audience.CONTACT, Audience.LEADS} & {*self.to, *self.copy})


OWNER, DEPUTIES, CONTACT, LEADS = (
    (Audience.OWNER,),
    (Audience.DEPUTIES,),
    (Audience.CONTACT,),
    (Audience.LEADS,),
)

# The cadence. Within a case a later line is a higher step.
CADENCE: dict[CaseKind, tuple[Rule, ...]] = {
    CaseKind.UNTOLD: (
        Rule(Step.NEXT_STEPS, Anchor.CLOSE, OWNER, working_days=1),
        Rule(Step.NUDGE, Anchor.CLOSE, OWNER, days=7),
        Rule(Step.NUDGE_AGAIN, Anchor.CLOSE, OWNER + DEPUTIES, days=28),
        Rule(Step.PROMISE_SOON, Anchor.PROMISE, OWNER + DEPUTIES, days=-14),
        Rule(Step.PROMISE_DUE, Anchor.PROMISE, OWNER),
        Rule(
            Step.ESCALATE_MANAGER,
            Anchor.PROMISE,
            CONTACT,
            working_days=5,
            copy=OWNER,
            or_else=LEADS,
            can_wait=False,
        ),
        Rule(
            Step.ESCALATE_LEAD,
            Anchor.PROMISE,
            LEADS,
            working_days=20,
            or_else=CONTACT,
            can_wait=False,
        ),
        Rule(
            Step.STILL_OPEN,
            Anchor.PROMISE,
            LEADS,
            working_days=40,
            copy=OWNER,
            or_else=CONTACT,
            every=20,
            can_wait=False,
        ),
    ),
    CaseKind.NO_ANSWERS: (
        Rule(Step.NEXT_STEPS, Anchor.CLOSE, OWNER, working_days=1),
        Rule(Step.NUDGE, Anchor.CLOSE, OWNER, days=7),
        Rule(Step.NUDGE_AGAIN, Anchor.CLOSE, OWNER, days=28, copy=CONTACT),
    ),
    CaseKind.LATE_ACTION: (
        Rule(Step.DUE_SOON, Anchor.DUE, OWNER, days=-7),
        Rule(Step.DUE, Anchor.DUE, OWNER),
        Rule(
            Step.ESCALATE_MANAGER,
            Anchor.DUE,
            CONTACT,
            working_days=5,
            copy=OWNER,
            or_else=LEADS,
            can_wait=False,
        ),
        Rule(
            Step.ESCALATE_LEAD, Anchor.DUE, LEADS, working_days=20, or_else=CONTACT, can_wait=False
        ),
    ),
    CaseKind.SAID_NO: (
        Rule(Step.ASKED_AGAIN, Anchor.START, OWNER, working_days=1),
        Rule(Step.NUDGE, Anchor.START, OWNER, days=14),
        Rule(
            Step.ESCALATE_MANAGER,
            Anchor.START,
            CONTACT,
            days=28,
            copy=OWNER,
            or_else=LEADS,
            can_wait=False,
        ),
        Rule(Step.ESCALATE_LEAD, Anchor.START, LEADS, days=56, or_else=CONTACT, can_wait=False),
    ),
    CaseKind.ORPHAN: (
        Rule(Step.NO_OWNER, Anchor.START, DEPUTIES + CONTACT, or_else=LEADS, can_wait=False),
    ),
}

# How long an owner who acted is left in peace, and what a snooze may do.
QUIET_AFTER_ACT = timedelta(hours=24)
SNOOZE_DAYS = 28
SNOOZES_PER_CASE = 2
# A loop that was told and came open again (a late paper form) has this long before it escalates.
REOPENED_DAYS = 28
OPENS_AT, SHUTS_AT = time(9), time(16)  # local time, on working days
