"""Whether a cadence makes sense: how far each step may be moved, and that the steps keep their order.

Pure. It names all that is wrong at once and mends nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from tracker.cadence.policy.words import anchor_in_words, step_in_words
from tracker.reminders.policy import (
    SNOOZE_DAYS,
    SNOOZES_PER_CASE,
    STEP_LABELS,
    Cadence,
    CaseKind,
    Rule,
    StepKey,
)

# What a fault is about: a step of a case, or one of the two limits of putting off.
SNOOZE_LENGTH, SNOOZE_TIMES = "snooze_days", "snoozes_per_case"
FaultKey = StepKey | str

LONGEST_BEFORE = 60  # days before a date that a step may prepare for
LATEST_ON_THE_DAY = 14  # days by which a step that belongs to a date may follow it
LATEST_NUDGE = 84  # days; by then the promise is due by default
SHORTEST_EVERY, LONGEST_EVERY = 5, 40  # working days
DAYS_IN_FIVE_WORKING_DAYS = 7


@dataclass(frozen=True)
class Reach:
    """How far a step may be moved from its anchor, in days; before it if negative."""

    earliest: int
    latest: int

    @property
    def is_fixed(self) -> bool:
        return self.earliest == self.latest

    @property
    def is_before(self) -> bool:
        return self.latest < 0

    @property
    def latest_working_days(self) -> int:
        return self.latest * 5 // DAYS_IN_FIVE_WORKING_DAYS


def reach_of(default: Rule) -> Reach:
    """How far the step may be moved whose default this is.

    An escalation at most to twice its distance: later, nobody above the owner would hear in time.
    What comes at once stays at once.
    """
    distance = _nominal_days(default)
    if default.is_escalation:
        return Reach(min(1, distance), 2 * distance)
    if distance < 0:
        return Reach(-LONGEST_BEFORE, -1)
    return Reach(0, LATEST_ON_THE_DAY) if distance == 0 else Reach(1, LATEST_NUDGE)


def _nominal_days(rule: Rule) -> int:
    return rule.days + rule.working_days * DAYS_IN_FIVE_WORKING_DAYS // 5


def faults_of(cadence: Cadence, defaults: Cadence) -> dict[FaultKey, str]:
    """Everything that is wrong with a cadence, in words, by what it is about; empty if it is sound."""
    found: dict[FaultKey, str] = {}
    for kind, rules in cadence.rules.items():
        for rule, default in zip(rules, defaults.rules[kind], strict=True):
            if fault := _beyond_reach(kind, rule, default):
                found[kind, rule.step] = fault
        for key, fault in _out_of_order(kind, rules):
            found.setdefault(key, fault)
    return found | dict(_snooze_faults(cadence))


def _beyond_reach(kind: CaseKind, rule: Rule, default: Rule) -> str:
    reach, label = reach_of(default), STEP_LABELS[rule.step]
    if rule.every and not SHORTEST_EVERY <= rule.every <= LONGEST_EVERY:
        return (
            f"“{label}” can come again every {SHORTEST_EVERY} to {LONGEST_EVERY} working days: "
            "enter a number between them."
        )
    is_within = (
        reach.earliest <= rule.days <= reach.latest
        if not rule.working_days
        else max(reach.earliest, 1) <= rule.working_days <= reach.latest_working_days
    )
    return "" if is_within else f"“{label}” {_reach_in_words(kind, rule, reach)}"


def _reach_in_words(kind: CaseKind, rule: Rule, reach: Reach) -> str:
    anchor = anchor_in_words(kind, rule)
    if reach.is_fixed:
        return "comes at once and can't be moved."
    if reach.is_before:
        return f"can come 1 to {-reach.earliest} days before {anchor}: enter a number between them."
    least = max(reach.earliest, 1) if rule.working_days else reach.earliest
    most = reach.latest_working_days if rule.working_days else reach.latest
    unit = "working days" if rule.working_days else "days"
    return f"can come {least} to {most} {unit} after {anchor}: enter a number between them."


def _out_of_order(kind: CaseKind, rules: tuple[Rule, ...]) -> Iterator[tuple[StepKey, str]]:
    """Steps with one anchor that would come in another order than they escalate in."""
    coming = [rule for rule in rules if rule.is_on]
    for anchor in dict.fromkeys(rule.anchor for rule in coming):
        for lower, higher in pairwise(rule for rule in coming if rule.anchor is anchor):
            if not _keeps_order(lower, higher):
                yield (kind, higher.step), _why_out_of_order(kind, lower, higher)


def _why_out_of_order(kind: CaseKind, lower: Rule, higher: Rule) -> str:
    first, then = STEP_LABELS[lower.step], STEP_LABELS[higher.step]
    why = "An escalation can't come before the step it follows." if higher.is_escalation else ""
    return (
        f"“{then}” has to come after “{first}”, which comes {step_in_words(kind, lower)}. {why}"
    ).rstrip()


def _keeps_order(lower: Rule, higher: Rule) -> bool:
    """Whether the higher step comes later, whatever weekend or bank holiday lies between."""
    if lower.working_days and not higher.working_days:
        return _longest(lower.working_days) <= higher.days
    if higher.working_days and not lower.working_days:
        return lower.days <= _shortest(higher.working_days)
    return (lower.days, lower.working_days) < (higher.days, higher.working_days)


def _shortest(working_days: int) -> int:
    """The fewest days that so many working days can take, counted from a Sunday."""
    return working_days + 2 * ((working_days - 1) // 5)


def _longest(working_days: int) -> int:
    """No fewer days than so many working days can take, over Christmas and Hogmanay or Easter and May."""
    return working_days * 7 // 5 + 6 + working_days // 20


def _snooze_faults(cadence: Cadence) -> Iterator[tuple[str, str]]:
    if not 1 <= cadence.snooze_days <= SNOOZE_DAYS:
        yield (
            SNOOZE_LENGTH,
            f"Reminders can be put off for 1 to {SNOOZE_DAYS} days: enter a number between them.",
        )
    if not 0 <= cadence.snoozes_per_case <= SNOOZES_PER_CASE:
        yield (
            SNOOZE_TIMES,
            f"Reminders can be put off 0 to {SNOOZES_PER_CASE} times: enter a number between them.",
        )


def faults_everywhere(
    cadence: Cadence, defaults: Cadence, services: Mapping[str, Cadence]
) -> dict[FaultKey, str]:
    """The faults of a cadence, and of the services (by name) that build their own upon it."""
    found = faults_of(cadence, defaults)
    for name, own in services.items():
        for key, fault in faults_of(own, defaults).items():
            found.setdefault(key, f"{name} sets steps of its own, and there: {fault}")
    return found
