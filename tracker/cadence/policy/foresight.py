"""The coming year as the cadence would make it: who gets a mail on which day, about what.

Pure: cases in, mails out, by the same `schedule`, `decide` and `plan` that the engine uses. It says
what happens if nobody does anything; it promises nothing about what people will do.
"""

from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from tracker.reminders.policy import (
    CaseFacts,
    CaseKind,
    DueStep,
    Record,
    Rule,
    Step,
    decide,
    plan,
    schedule,
)

MANY_MAILS = 20  # on one day beyond those that would go out anyway; more ask for confirmation


@dataclass(frozen=True)
class Addressee:
    """A person whom mail can reach."""

    id: int
    name: str


@dataclass(frozen=True)
class Prospect:
    """A case that is open, or will be once a consultation that is open for answers has closed."""

    key: Hashable
    consultation_id: int
    service_id: int
    title: str
    facts: CaseFacts
    records: tuple[Record, ...]
    addressees: Mapping[Step, tuple[Addressee, ...]]
    # The first day on which its reminders may leave, and the first for somebody who has had today's
    # mail. Held is what is due by now, while an answer is about to appear or the owner has just acted.
    sends_on: date
    sends_again_on: date
    is_held: bool = False


@dataclass(frozen=True)
class Line:
    """One line of a mail: a step of a case."""

    case: Hashable
    kind: CaseKind
    step: Step
    title: str
    consultation_id: int
    service_id: int
    rank: int


@dataclass(frozen=True)
class ForeseenMail:
    """All that one person gets on one day, the highest step first. `is_next`: with the next sending."""

    on: date
    to: Addressee
    lines: tuple[Line, ...]
    is_next: bool


def foresee(
    prospects: Iterable[Prospect],
    rules_of: Mapping[int, Mapping[CaseKind, tuple[Rule, ...]]],
    *,
    today: date,
    until: date,
    had_one: Container[int] = (),
) -> list[ForeseenMail]:
    """The mails from `today` to `until`, by day and name, under the rules of each service (by id).

    `had_one` holds the ids of those who have had today's mail.
    """
    drafts: dict[tuple[date, Addressee], _Draft] = {}
    for prospect in prospects:
        rules = rules_of[prospect.service_id][prospect.facts.kind]
        for day, due in _days_of(prospect, rules, today, until):
            for person in prospect.addressees[due.step]:
                first = prospect.sends_again_on if person.id in had_one else prospect.sends_on
                on = max(day, first)
                drafts.setdefault((on, person), _Draft()).add(prospect, due, is_next=on == first)
    return [
        ForeseenMail(on, person, draft.sorted_lines, draft.is_next)
        for (on, person), draft in sorted(
            drafts.items(), key=lambda each: (each[0][0], each[0][1].name, each[0][1].id)
        )
    ]


@dataclass
class _Draft:
    """A mail while it is put together: of each case the highest step alone."""

    lines: dict[Hashable, Line] = field(default_factory=dict)
    is_next: bool = False

    def add(self, prospect: Prospect, due: DueStep, *, is_next: bool) -> None:
        there = self.lines.get(prospect.key)
        if there is None or there.rank < due.rank:
            self.lines[prospect.key] = _line(prospect, due)
        self.is_next = self.is_next or is_next

    @property
    def sorted_lines(self) -> tuple[Line, ...]:
        return tuple(sorted(self.lines.values(), key=lambda line: (-line.rank, line.title)))


def _days_of(
    prospect: Prospect, rules: tuple[Rule, ...], today: date, until: date
) -> Iterator[tuple[date, DueStep]]:
    """The step that is sent on each day, as the engine would decide from day to day."""
    steps = schedule(replace(prospect.facts, rules=rules), until)
    send = decide(steps, prospect.records, today).send
    by_day: dict[date, DueStep] = {}
    if send is not None and not prospect.is_held:
        by_day[prospect.sends_on] = send
    for planned in plan(steps, prospect.records, today):
        day = max(planned.due.due_on, prospect.sends_on)
        if day not in by_day or by_day[day].rank < planned.due.rank:
            by_day[day] = planned.due
    return ((day, due) for day, due in by_day.items() if day <= until)


def _line(prospect: Prospect, due: DueStep) -> Line:
    return Line(
        case=prospect.key,
        kind=prospect.facts.kind,
        step=due.step,
        title=prospect.title,
        consultation_id=prospect.consultation_id,
        service_id=prospect.service_id,
        rank=due.rank,
    )


def in_service_alone(mails: Iterable[ForeseenMail], service_id: int) -> list[ForeseenMail]:
    """What these mails say about one service; those that say nothing are left out."""
    cut = (
        replace(mail, lines=tuple(line for line in mail.lines if line.service_id == service_id))
        for mail in mails
    )
    return [mail for mail in cut if mail.lines]


def surge(before: Sequence[ForeseenMail], after: Sequence[ForeseenMail]) -> tuple[str, ...]:
    """The people who would get a mail with the next sending only because of a change, by name."""
    anyway = {mail.to for mail in before if mail.is_next}
    return tuple(mail.to.name for mail in after if mail.is_next and mail.to not in anyway)
