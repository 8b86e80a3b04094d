"""From the cadence and a case's dates to what is due: the steps, and which of them is sent.

Pure: dates in, values out. It knows nothing of mails: `operations` queue what is decided here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tracker.reminders.policy.cadence import (
    CADENCE,
    REOPENED_DAYS,
    STEP_LABELS,
    Anchor,
    CaseKind,
    Rule,
    Step,
)
from tracker.working_days import Nation, add_working_days, roll_forward


@dataclass(frozen=True)
class CaseFacts:
    """What the cadence needs to know about one case."""

    kind: CaseKind
    nation: Nation
    starts_on: date  # no step falls before this day: the close, the publication, the departure
    promise_on: date | None = None
    due_on: date | None = None
    snoozed_until: date | None = None
    # The steps of such a case where it is, see `settings`; None: the defaults.
    rules: tuple[Rule, ...] | None = None

    def anchor(self, anchor: Anchor) -> date | None:
        """The date that `anchor` stands for in this case; None where there is none."""
        if anchor is Anchor.PROMISE:
            return self.promise_on
        return self.due_on if anchor is Anchor.DUE else self.starts_on


@dataclass(frozen=True)
class DueStep:
    """A step with its day. `base_on` is the cadence's own, `due_on` the day after any snooze."""

    rule: Rule
    base_on: date
    due_on: date
    rank: int

    @property
    def step(self) -> Step:
        return self.rule.step


class RecordState(StrEnum):
    WAITING = "waiting"
    FLYING = "flying"  # handed to a worker: it may have arrived
    SENT = "sent"
    DROPPED = "dropped"  # skipped or cancelled


@dataclass(frozen=True)
class Record:
    """One reminder that exists already, as `decide` sees it."""

    step: Step
    due_on: date
    state: RecordState


@dataclass(frozen=True)
class Decision:
    """What to do for one case today: at most one step to send, the others with their reasons."""

    send: DueStep | None = None
    skipped: tuple[tuple[DueStep, str], ...] = ()


def reopened_promise(promise_on: date | None, reopened_on: date) -> date:
    """The date to work towards in a loop that was told and came open again on `reopened_on`."""
    floor = reopened_on + timedelta(days=REOPENED_DAYS)
    return max(promise_on or floor, floor)


def schedule(facts: CaseFacts, until: date) -> list[DueStep]:
    """Every step of a case up to `until` (of one that repeats also the next), sorted by date.

    All fall on working days of the service's nation and none before the case began. Two may fall
    on one day: then only the higher is sent, see `decide`.
    """
    steps = [
        DueStep(rule, day, _held_until(rule, day, facts), rank)
        for rank, rule in enumerate(CADENCE[facts.kind] if facts.rules is None else facts.rules)
        if rule.is_on
        for day in _days(rule, facts, until)
    ]
    return sorted(steps, key=lambda due: (due.due_on, due.rank, due.base_on))


def _days(rule: Rule, facts: CaseFacts, until: date) -> Iterator[date]:
    anchor = facts.anchor(rule.anchor)
    if anchor is None:
        return
    day = anchor + timedelta(days=rule.days)
    if rule.working_days:
        day = add_working_days(day, rule.working_days, facts.nation)
    day = roll_forward(max(day, facts.starts_on), facts.nation)
    yield day
    while rule.every and day <= until:
        day = add_working_days(day, rule.every, facts.nation)
        yield day


def _held_until(rule: Rule, day: date, facts: CaseFacts) -> date:
    if not rule.can_wait or facts.snoozed_until is None or facts.snoozed_until <= day:
        return day
    return roll_forward(facts.snoozed_until, facts.nation)


def unsettled(
    steps: Iterable[DueStep], records: Iterable[Record], today: date = date.max
) -> list[DueStep]:
    """The steps about which nothing final has been recorded, in their order.

    One that was sent stays sent when the promise moves. One that was skipped or cancelled comes
    again only if the promise has moved it to a later day. Of one that repeats, what a clock that
    ran ahead sent for a day yet to come speaks for none of the days until then.
    """
    known = list(records)
    return [due for due in steps if not any(_settles(record, due, today) for record in known)]


def _settles(record: Record, due: DueStep, today: date) -> bool:
    if record.step is not due.step or record.state is RecordState.WAITING:
        return False
    if due.rule.every and (record.due_on - today).days > 1:  # a day: in another zone it was that
        return record.due_on == due.due_on
    if record.state is RecordState.DROPPED or due.rule.every:
        return record.due_on >= due.base_on
    return True


def decide(steps: Iterable[DueStep], records: Iterable[Record], today: date) -> Decision:
    """What is due by `today`: the highest step alone; those it overtakes are skipped, with a reason."""
    due = [step for step in unsettled(steps, records, today) if step.due_on <= today]
    if not due:
        return Decision()
    send = max(due, key=lambda step: (step.rank, step.base_on))
    return Decision(send, tuple((step, _why_skipped(step, send)) for step in due if step != send))


def _why_skipped(step: DueStep, send: DueStep) -> str:
    label = STEP_LABELS[send.step]
    if step.due_on == send.due_on:
        return f"It fell on the same day as a higher step: {label}."
    return f"It was not sent in its time, and a higher step is due: {label}."


@dataclass(frozen=True)
class Planned:
    """A step still to come; `gives_way_to` names the higher step of the same day, if any."""

    due: DueStep
    gives_way_to: Step | None


def plan(steps: Iterable[DueStep], records: Iterable[Record], today: date) -> list[Planned]:
    """The steps after `today` as they will happen if nobody does anything."""
    coming = [step for step in unsettled(steps, records, today) if step.due_on > today]
    highest = {step.due_on: step for step in coming}  # sorted by rank within a day: the last wins
    return [
        Planned(step, None if highest[step.due_on] == step else highest[step.due_on].step)
        for step in coming
    ]


def can_hold(
    steps: Iterable[DueStep], records: Iterable[Record], *, after: date = date.min
) -> bool:
    """Whether a step that falls after this day is still to come, and a snooze may hold it."""
    return any(due.rule.can_wait and due.due_on > after for due in unsettled(steps, records))
