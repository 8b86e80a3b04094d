"""The cadence in plain words: when a step comes, to whom, and what a change of it changed. Pure."""

from collections.abc import Iterator

from tracker.reminders.policy import (
    CASE_LABELS,
    STEP_LABELS,
    Anchor,
    Audience,
    Cadence,
    CaseKind,
    Rule,
    times_in_words,
)

_ANCHORS = {
    Anchor.CLOSE: "the close",
    Anchor.PROMISE: "the promise date",
    Anchor.DUE: "the date it is due",
}
_STARTS = {
    CaseKind.SAID_NO: "young people said no",
    CaseKind.ORPHAN: "it lost its owner",
}
_AUDIENCES = {
    Audience.OWNER: "the owner",
    Audience.DEPUTIES: "the deputies",
    Audience.CONTACT: "the escalation contact",
    Audience.LEADS: "the participation lead",
}


def anchor_in_words(kind: CaseKind, rule: Rule) -> str:
    """The date from which a step is counted."""
    return _STARTS[kind] if rule.anchor is Anchor.START else _ANCHORS[rule.anchor]


def step_in_words(kind: CaseKind, rule: Rule) -> str:
    """When a step comes: "7 days after the close", "never"."""
    if not rule.is_on:
        return "never"
    again = f", then every {_counted(rule.every, 'working day')}" if rule.every else ""
    return _distance(kind, rule) + again


def _distance(kind: CaseKind, rule: Rule) -> str:
    anchor = anchor_in_words(kind, rule)
    if rule.working_days:
        return f"{_counted(rule.working_days, 'working day')} after {anchor}"
    if rule.days:
        side = "after" if rule.days > 0 else "before"
        return f"{_counted(abs(rule.days), 'day')} {side} {anchor}"
    return "at once" if rule.anchor is Anchor.START else f"on {anchor}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def audience_in_words(rule: Rule) -> str:
    """To whom a step goes: "to the owner and the deputies"."""
    to = "to " + " and ".join(_AUDIENCES[audience] for audience in rule.to)
    copy = " and ".join(_AUDIENCES[audience] for audience in rule.copy)
    return f"{to}, with a copy to {copy}" if copy else to


def changes_in_words(before: Cadence, after: Cadence) -> tuple[str, ...]:
    """What is different, a line for each step; empty if nothing is."""
    return tuple(_changes(before, after))


def _changes(before: Cadence, after: Cadence) -> Iterator[str]:
    for kind, rules in after.rules.items():
        for was, now in zip(before.rules[kind], rules, strict=True):
            if was != now:
                yield (
                    f"{CASE_LABELS[kind]}, {STEP_LABELS[now.step]}: {step_in_words(kind, now)} "
                    f"(was: {step_in_words(kind, was)})."
                )
    if before.snooze_days != after.snooze_days:
        yield f"Put off for at most {after.snooze_days} days (was: {before.snooze_days})."
    if before.snoozes_per_case != after.snoozes_per_case:
        often, was_often = map(times_in_words, (after.snoozes_per_case, before.snoozes_per_case))
        yield f"Put off {often} at most (was: {was_often})."
