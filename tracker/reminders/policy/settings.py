"""The cadence as an organisation and its services set it: their settings put over the defaults.

Pure. Nothing is refused here, so that what is stored can always be reckoned with; whether settings
make sense is asked before they are stored (`tracker.cadence.policy`).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from tracker.reminders.policy.cadence import (
    CADENCE,
    SNOOZE_DAYS,
    SNOOZES_PER_CASE,
    CaseKind,
    Rule,
    Step,
)

StepKey = tuple[CaseKind, Step]


@dataclass(frozen=True)
class Timing:
    """When one step comes, counted from its anchor; `every`: working days until it comes again."""

    days: int = 0
    working_days: int = 0
    every: int = 0
    is_on: bool = True


@dataclass(frozen=True)
class CadenceSettings:
    """What an organisation or a service sets otherwise. What isn't here is as it is above them."""

    steps: Mapping[StepKey, Timing] = field(default_factory=dict)
    snooze_days: int | None = None
    snoozes_per_case: int | None = None

    @property
    def is_set(self) -> bool:
        """Whether anything is set here at all."""
        return self != AS_ABOVE


AS_ABOVE = CadenceSettings()


@dataclass(frozen=True)
class Cadence:
    """The cadence that holds somewhere, complete."""

    rules: Mapping[CaseKind, tuple[Rule, ...]]
    snooze_days: int = SNOOZE_DAYS
    snoozes_per_case: int = SNOOZES_PER_CASE

    def can_snooze(self, kind: CaseKind) -> bool:
        """Whether a case of this kind has steps that a snooze may hold."""
        return any(rule.can_wait and rule.is_on for rule in self.rules[kind])


DEFAULTS = Cadence(CADENCE)


def cadence_for(
    defaults: Cadence, organisation: CadenceSettings, service: CadenceSettings = AS_ABOVE
) -> Cadence:
    """What holds for a service: its own settings over the organisation's over the defaults."""
    return _over(_over(defaults, organisation), service)


def _over(below: Cadence, own: CadenceSettings) -> Cadence:
    if own == AS_ABOVE:
        return below
    return Cadence(
        rules={
            kind: tuple(retimed(rule, own.steps.get((kind, rule.step))) for rule in rules)
            for kind, rules in below.rules.items()
        },
        snooze_days=below.snooze_days if own.snooze_days is None else own.snooze_days,
        snoozes_per_case=(
            below.snoozes_per_case if own.snoozes_per_case is None else own.snoozes_per_case
        ),
    )


def retimed(rule: Rule, timing: Timing | None) -> Rule:
    """The step at its new time. An escalation is never off, and what comes once never repeats."""
    if timing is None:
        return rule
    return replace(
        rule,
        days=timing.days,
        working_days=timing.working_days,
        every=timing.every if rule.every else 0,
        is_on=timing.is_on or rule.is_escalation,
    )


def timing_of(rule: Rule) -> Timing:
    """When this step comes."""
    return Timing(rule.days, rule.working_days, rule.every, rule.is_on)


def times_in_words(times: int) -> str:
    """How often something may be put off, in words."""
    return ("never", "once", "twice")[times]


def to_stored(settings: CadenceSettings) -> dict[str, Any]:
    """The settings as plain values, such as JSON can hold."""
    return {
        "steps": {f"{kind}/{step}": asdict(each) for (kind, step), each in settings.steps.items()},
        "snooze_days": settings.snooze_days,
        "snoozes_per_case": settings.snoozes_per_case,
    }


def from_stored(stored: Mapping[str, Any]) -> CadenceSettings:
    """The settings that were stored. Steps that no case has (any more) are passed over."""
    known = {f"{kind}/{rule.step}": (kind, rule.step) for kind in CADENCE for rule in CADENCE[kind]}
    return CadenceSettings(
        steps={known[k]: Timing(**v) for k, v in stored["steps"].items() if k in known},
        snooze_days=stored["snooze_days"],
        snoozes_per_case=stored["snoozes_per_case"],
    )
