"""Running histories: each on an empty database, and a failing one made as short as it gets."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flask import Flask

from config import Config
from tests.machine.product import Product
from tests.machine.rules import Diverged, Machine, Taken, first_model, history

Empty = Callable[[], None]


@dataclass
class Failure:
    seed: int
    steps: int  # taken until it showed
    why: str
    shortest: list[Taken]

    def __str__(self) -> str:
        steps = "\n".join(f"    {step}" for step in self.shortest)
        return f"seed {self.seed} after {self.steps} steps:\n{self.why}\nshown by\n{steps}"


@dataclass
class Tally:
    """What was done, and what came of it."""

    steps: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    mails: int = 0
    reminders: Counter[str] = field(default_factory=Counter)
    cases: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)


@dataclass(frozen=True)
class Runner:
    """Runs histories on the database of one app; `empty` deletes every row."""

    app: Flask
    settings: Config
    empty: Empty
    looks_every: int = 1

    def run(self, steps: Sequence[Taken], tally: Tally | None = None) -> tuple[int, str]:
        """Take the steps; after how many they diverged and how, or ("all", "")."""
        with self.app.app_context():
            self.empty()
            model = first_model()
            product = Product(self.app, self.settings, model)
            machine = Machine(model, product, self.looks_every)
            try:
                for number, step in enumerate(steps, 1):
                    try:
                        machine.take(step)
                    except Diverged as error:
                        return number, str(error)
                    if tally is not None:
                        tally.steps += 1
                        tally.rules[step.rule] += 1
            finally:
                product.close_up()
            if tally is not None:
                tally.mails += sum(mail.state == "sent" for mail in model.mails)
                tally.reminders.update(reminder.state for reminder in model.reminders)
                tally.cases.update(case.kind for case in model.cases)
        return len(steps), ""

    def try_seed(self, seed: int, length: int, tally: Tally) -> None:
        """One history of a seed; a failure is made short and noted."""
        steps = history(seed, length)
        number, why = self.run(steps, tally)
        if why:
            shortest, why = self.shorten(steps[:number], why)
            tally.failures.append(Failure(seed, number, why, shortest))

    def shorten(self, steps: list[Taken], why: str) -> tuple[list[Taken], str]:
        """Leave out whatever isn't needed for a divergence: halves first, then ever smaller pieces."""
        piece = len(steps) // 2
        while piece:
            start = 0
            while start < len(steps):
                fewer = steps[:start] + steps[start + piece :]
                number, other = self.run(fewer)
                if other:
                    steps, why = fewer[:number], other
                else:
                    start += piece
            piece //= 2
        return steps, why
