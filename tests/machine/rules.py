"""The steps that may be taken: each a name and some numbers, which choose among what there is.

So any part of a history is a history too, which is how a failing one is made short.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, NamedTuple, TypeVar

from tests.machine import clockwork
from tests.machine.cadence import CHOICES, TABLE
from tests.machine.comparing import left_to_look_at, of_model, of_product
from tests.machine.model import Model, start_of
from tests.machine.pausing import pause
from tests.machine.people import Consultation, Deed, Person, Service, Version
from tests.machine.product import Product
from tracker.working_days import Nation

STARTS_AT = datetime.fromisoformat("2026-02-02T09:30:00+00:00")
GOES_LIVE_ON = date(2025, 3, 1)
MOST_CONSULTATIONS = 5
NATIONS = (Nation.ENGLAND, Nation.SCOTLAND, Nation.NORTHERN_IRELAND)
Thing = TypeVar("Thing")


class Diverged(AssertionError):
    """The product and the model don't agree any more."""


class Taken(NamedTuple):
    """One step: a rule's name, and four numbers by which it chooses."""

    rule: str
    numbers: tuple[int, int, int, int]

    def __str__(self) -> str:
        return f"{self.rule}{self.numbers}"


def first_model() -> Model:
    """Three services in three nations; two of them share an owner; two leads."""
    people = [Person(number) for number in range(9)]
    for lead in people[7:]:
        lead.is_lead = True
    services = [
        Service(0, NATIONS[0], people[0], people[1], [people[2], people[3]]),
        Service(1, NATIONS[1], people[0], people[4], [people[5]]),
        Service(2, NATIONS[2], people[6], people[1], []),
    ]
    return Model(STARTS_AT, GOES_LIVE_ON, people, services)


@dataclass
class Machine:
    """The model and the product, taking the same steps."""

    model: Model
    product: Product
    looks_every: int = 1  # ticks between two checks of the stored moments
    ticks: int = 0
    log: list[str] = field(default_factory=list)

    def take(self, step: Taken) -> None:
        """Take one step on both sides. Raises `Diverged`."""
        RULES[step.rule].do(self, *step.numbers)

    def both(self, name: str, *args: Any) -> None:
        """The same deed on both sides: accepted by both or by neither."""
        expected = getattr(self.model, name)(*args)
        self.agree(name, expected, self.product.try_to(getattr(self.product, name), *args))

    def agree(self, name: str, expected: bool, accepted: bool) -> None:
        if accepted is not expected:
            raise Diverged(f"{name}: the model says {expected}, the product {accepted}")

    def ticked(self) -> None:
        """The model's tick after the product's, and everything laid side by side."""
        clockwork.tick(self.model)
        if difference := of_model(self.model).difference(of_product(self.product)):
            raise Diverged(f"at {self.model.now}:\n{difference}")
        self.ticks += 1
        if self.ticks % self.looks_every == 0 and (left := left_to_look_at(self.product)):
            raise Diverged(f"at {self.model.now}:\n{left}")


class Rule(NamedTuple):
    weight: int
    do: Callable[[Machine, int, int, int, int], None]


def chosen(things: Sequence[Thing], number: int) -> Thing | None:
    return things[number % len(things)] if things else None


# --- The clock ---


def tick(on: Machine, *_: int) -> None:
    on.product.tick()
    on.ticked()


def tick_by_two(on: Machine, *_: int) -> None:
    on.product.tick_twice_at_once()
    on.ticked()


def restart(on: Machine, *_: int) -> None:
    on.product.restart()


def morning(on: Machine, a: int, b: int, *_: int) -> None:
    """On to nine o'clock, or a little before or after it, on one of the next days."""
    day = on.model.today + timedelta(days=1 + a % 4)
    on.model.now = start_of(day, time(9)) + timedelta(minutes=(-1, 0, 1, 45)[b % 4])


def _passes(on: Machine, passed: timedelta) -> None:
    moved = on.model.now + passed
    if 2025 <= moved.year <= 2028:
        on.model.now = moved


def minutes_pass(on: Machine, a: int, *_: int) -> None:
    _passes(on, timedelta(minutes=1 + a % 59))


def hours_pass(on: Machine, a: int, *_: int) -> None:
    _passes(on, timedelta(hours=1 + a % 30))


def weeks_pass(on: Machine, a: int, b: int, *_: int) -> None:
    _passes(on, timedelta(days=1 + a % 35, hours=b % 5))


def clock_jumps(on: Machine, a: int, *_: int) -> None:
    """It was wrong, or is wrong now."""
    jumps = (timedelta(hours=1), timedelta(days=1), timedelta(days=365))
    _passes(on, jumps[a % 3] * (1 if a // 3 % 2 else -1))


# --- Consultations ---


def begin(on: Machine, a: int, b: int, c: int, _: int) -> None:
    if len(on.model.consultations) < MOST_CONSULTATIONS:
        closes_on = on.model.today + timedelta(days=b % 15)
        promise_on = closes_on + timedelta(days=(84, 28, 9, 1)[c % 4])
        on.both("open", on.model.services[a % 3], closes_on, promise_on)


def _consultation(on: Machine, number: int) -> Consultation | None:
    return chosen(on.model.consultations, number)


def _somebody(on: Machine, of: Consultation, number: int) -> Person:
    """The owner, whose acts count, or somebody else of the service."""
    people = (of.owner, of.service.contact, *of.service.deputies)
    return people[number % len(people)]


def close(on: Machine, a: int, b: int, *_: int) -> None:
    if of := _consultation(on, a):
        on.both("close", of, _somebody(on, of, b))


def extend(on: Machine, a: int, b: int, c: int, d: int) -> None:
    if of := _consultation(on, a):
        closes_on = max(of.closes_on, on.model.today) + timedelta(days=b % 20)
        promise_on = closes_on + timedelta(days=c % 40)
        on.both("extend", of, closes_on, promise_on, _somebody(on, of, d))


def withdraw(on: Machine, a: int, b: int, *_: int) -> None:
    if of := _consultation(on, a):
        on.both("withdraw", of, _somebody(on, of, b))


def move_promise(on: Machine, a: int, b: int, c: int, _: int) -> None:
    if of := _consultation(on, a):
        promise_on = of.promise_on + timedelta(days=b % 60)
        on.both("move_promise", of, promise_on, _somebody(on, of, c))


def hand_over(on: Machine, a: int, b: int, c: int, _: int) -> None:
    if of := _consultation(on, a):
        on.both("hand_over", of, on.model.people[b % 9], _somebody(on, of, c))


def answer(on: Machine, a: int, b: int, *_: int) -> None:
    if of := _consultation(on, a):
        on.both("answer", of, _somebody(on, of, b))


def hear(on: Machine, a: int, b: int, c: int, d: int) -> None:
    """Put one answer, or all that nobody has heard, with a theme."""
    of = _consultation(on, a)
    if of is None:
        return
    waiting = [each for each in of.answered if not each.is_aside and not each.themes]
    told = waiting if b % 3 else [each for each in of.answered if not each.is_aside][:1]
    if told:
        on.both("hear", of, told, c % 3, _somebody(on, of, d))


def set_aside(on: Machine, a: int, b: int, c: int, _: int) -> None:
    of = _consultation(on, a)
    if of and (answered := chosen(of.answered, b)):
        on.both("set_aside", of, answered, _somebody(on, of, c))


def _version(on: Machine, number: int) -> Version:
    """What is said, and (every third time) by mail."""
    outcome = ("planned", "done", "already", "cannot", "doing")[number % 5]
    today = on.model.today
    by_mail = on.model.now + timedelta(hours=24) if number // 5 % 3 == 0 else None
    return Version(
        outcome,
        due_on=today + timedelta(days=number // 7 % 45)
        if outcome in ("planned", "doing")
        else None,
        changed_on=today if outcome == "done" else None,
        publishes_at=by_mail,
    )


def act(on: Machine, a: int, b: int, c: int, d: int) -> None:
    of = _consultation(on, a)
    if of is None or not of.themes or len(of.deeds) > 4:
        return
    every = sorted(of.themes)
    themes = set(every) if b % 2 else {every[b // 2 % len(every)]}
    on.both("record", of, themes, _version(on, c), _somebody(on, of, d))


def _deed(on: Machine, a: int, b: int) -> tuple[Consultation, Deed] | None:
    of = _consultation(on, a)
    deed = chosen(of.deeds, b) if of else None
    return (of, deed) if of and deed else None


def revise(on: Machine, a: int, b: int, c: int, d: int) -> None:
    if found := _deed(on, a, b):
        on.both("revise", *found, _version(on, c), _somebody(on, found[0], d))


def stop(on: Machine, a: int, b: int, c: int, _: int) -> None:
    if found := _deed(on, a, b):
        on.both("stop", *found, _somebody(on, found[0], c))


def deny(on: Machine, a: int, b: int, *_: int) -> None:
    if found := _deed(on, a, b):
        on.both("deny", *found)


def snooze(on: Machine, a: int, b: int, c: int, d: int) -> None:
    of = _consultation(on, a)
    if of is None:
        return
    kind = tuple(TABLE)[b % len(TABLE)]
    same = [case for case in on.model.cases if case.of is of and case.kind == kind]
    if not same:
        return
    until, by = on.model.today + timedelta(days=c % 31), _somebody(on, of, d)
    expected = pause(on.model, same[-1], until, by)
    accepted = on.product.try_to(on.product.snooze, of, kind, until, by)
    on.agree("snooze", expected, accepted)


# --- People and settings ---


def staff(on: Machine, a: int, b: int, c: int, d: int) -> None:
    people = on.model.people
    deputies = [people[d % 9]] if d % 3 else [people[d % 9], people[(d + 1) % 9]]
    on.both("staff", on.model.services[a % 3], people[b % 9], people[c % 9], deputies)


def leave(on: Machine, a: int, *_: int) -> None:
    on.both("leave", on.model.people[a % 9])


def come_back(on: Machine, a: int, *_: int) -> None:
    if gone := chosen([person for person in on.model.people if not person.is_here], a):
        on.both("come_back", gone)


def address_dies(on: Machine, a: int, *_: int) -> None:
    on.both("die", on.model.people[a % 9])


def address_corrected(on: Machine, a: int, *_: int) -> None:
    if dead := chosen([p for p in on.model.people if p.is_dead or p.has_bounced], a):
        on.both("correct", dead)


def make_lead(on: Machine, a: int, b: int, *_: int) -> None:
    on.both("make_lead", on.model.people[a % 9], bool(b % 2))


def set_cadence(on: Machine, a: int, b: int, *_: int) -> None:
    service = on.model.services[a % 3] if a % 2 else None
    on.both("set_cadence", service, CHOICES[b % len(CHOICES)])


def sending(on: Machine, a: int, *_: int) -> None:
    on.both("switch_sending", bool(a % 5))


def server(on: Machine, a: int, *_: int) -> None:
    on.both("switch_server", bool(a % 5))


RULES = {
    rule.__name__: Rule(weight, rule)
    for weight, rule in (
        (60, tick),
        (4, tick_by_two),
        (4, restart),
        (34, morning),
        (8, minutes_pass),
        (8, hours_pass),
        (5, weeks_pass),
        (2, clock_jumps),
        (12, begin),
        (6, close),
        (4, extend),
        (1, withdraw),
        (4, move_promise),
        (8, hand_over),
        (14, answer),
        (14, hear),
        (2, set_aside),
        (12, act),
        (8, revise),
        (3, stop),
        (6, deny),
        (12, snooze),
        (4, staff),
        (5, leave),
        (6, come_back),
        (3, address_dies),
        (4, address_corrected),
        (3, make_lead),
        (1, set_cadence),
        (4, sending),
        (4, server),
    )
}


def history(seed: int, length: int) -> list[Taken]:
    """The steps of one seed, always the same."""
    random = Random(seed)
    names, weights = list(RULES), [rule.weight for rule in RULES.values()]
    return [
        Taken(name, tuple(random.randrange(2**16) for _ in range(4)))  # type: ignore[arg-type]
        for name in random.choices(names, weights, k=length)
    ]
