"""Where a consultation stands on the board, and how its promise and its answers are said. Pure.

Every sentence here is read by young people: short words, a date and not "soon", a job and not
"the team".
"""

from datetime import date
from enum import StrEnum

from tracker.actions.policy import Outcome
from tracker.board.policy.small_numbers import PublicCount, Shown
from tracker.clock import day_in_words
from tracker.loop.policy import Promise, PublicState


class Section(StrEnum):
    """The parts of the board, in the order in which they stand there."""

    WAITING = "waiting"
    OPEN = "open"
    TOLD = "told"
    CHANGED = "changed"
    STOPPED = "stopped"


SECTION_TITLES = {
    Section.WAITING: "Still waiting",
    Section.OPEN: "Open for your answers",
    Section.TOLD: "We told you",
    Section.CHANGED: "What changed",
    Section.STOPPED: "Stopped, and why",
}
SECTION_MEANINGS = {
    Section.WAITING: "You answered. You have not been told yet what happens. The longest waits "
    "are at the top.",
    Section.OPEN: "You can still say what you think.",
    Section.TOLD: "You know what happens next. Some of it is still being done.",
    Section.CHANGED: "You said it, and now something is different.",
    Section.STOPPED: "We asked, and then it went no further.",
}
_SECTION_OF = {
    PublicState.OPEN: Section.OPEN,
    PublicState.READING: Section.WAITING,
    PublicState.WAITING: Section.WAITING,
    PublicState.OVERDUE: Section.WAITING,
    PublicState.AT_RISK: Section.WAITING,
    PublicState.TOLD: Section.TOLD,
    PublicState.NOTHING_COULD_CHANGE: Section.TOLD,
    PublicState.CHANGES_MADE: Section.CHANGED,
    PublicState.NO_ANSWERS: Section.STOPPED,
    PublicState.WITHDRAWN: Section.STOPPED,
}
LATE_STATES = frozenset({PublicState.OVERDUE, PublicState.AT_RISK})

# What stands over the words of an action, by its outcome.
OUTCOME_TITLES = {
    Outcome.DONE: "We did",
    Outcome.DOING: "We are doing it",
    Outcome.PLANNED: "We will",
    Outcome.ALREADY: "It was there already",
    Outcome.CANNOT: "We can't",
    Outcome.PASSED_ON: "We passed it on",
    Outcome.PRAISE: "Thank you",
}


def section_of(state: PublicState) -> Section:
    """The part of the board a consultation stands in."""
    return _SECTION_OF[state]


def place(
    state: PublicState, promise_on: date | None, closes_on: date | None, told_on: date | None
) -> tuple[int, int, int]:
    """Sort key on the board: sections in order, and in each the one that matters most on top.

    Waiting: at risk, then overdue, then whose promise comes first. Open: what closes first. The
    rest: the newest first.
    """
    section = section_of(state)
    if section is Section.WAITING:
        gravity = {PublicState.AT_RISK: 0, PublicState.OVERDUE: 1}.get(state, 2)
        return (0, gravity, (promise_on or date.max).toordinal())
    if section is Section.OPEN:
        return (1, 0, (closes_on or date.max).toordinal())
    newest = told_on or closes_on or date.min
    return (list(Section).index(section), 0, -newest.toordinal())


def promise_lines(
    promise: Promise,
    promise_on: date | None,
    *,
    today: date,
    told_on: date | None = None,
    first_promise_on: date | None = None,
    moved_because: str = "",
) -> list[str]:
    """What was promised and what became of it. A promise that was moved shows both dates."""
    if promise_on is None or promise in (Promise.NONE, Promise.LAPSED):
        return []
    lines = [_promise_line(promise, promise_on, told_on or today, today)]
    if first_promise_on is not None:
        first = f"At first the promise was {day_in_words(first_promise_on)}. It was moved."
        lines.append(f"{first} Why: {moved_because}" if moved_because else first)
    return lines


def _promise_line(promise: Promise, promise_on: date, told_on: date, today: date) -> str:
    day = day_in_words(promise_on)
    if promise is Promise.AHEAD:
        return f"You will be told what happens by {day}."
    if promise is Promise.BROKEN:
        gone = days_in_words((today - promise_on).days)
        return f"You were promised an answer by {day}. That was {gone} ago."
    told = f"You were promised an answer by {day}. You were told on {day_in_words(told_on)}"
    if promise is Promise.KEPT:
        return f"{told}."
    return f"{told}: {days_in_words((told_on - promise_on).days)} late."


def answers_in_words(count: PublicCount, *, is_open: bool) -> str:
    """How many responses there are, as a sentence without a full stop."""
    if count.shown is Shown.NONE:
        return "No answers yet" if is_open else "No answers came"
    words = f"{count.words[0].upper()}{count.words[1:]} answers"
    return f"{words} so far" if is_open else words


def said_so_in_words(count: PublicCount) -> str:
    """How many said what a theme says: "about 15 said so"."""
    return f"{count.words} said so"


def days_in_words(days: int) -> str:
    """A number of days: "1 day", "34 days"."""
    return "1 day" if days == 1 else f"{days} days"
