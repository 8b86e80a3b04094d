"""Where a consultation stands on the board, and how its promise and its answers are said. Pure.

Every sentence here is read by young people: short words, a date and not "soon", a job and not
"the team".
"""

from datetime import date
from enum import StrEnum

from tracker.actions.policy import Outcome
from tracker.board.policy.small_numbers import FEWEST_SHOWN, PublicCount, Shown
from tracker.languages import day_in_words, ngettext, noop
from tracker.languages import gettext as _
from tracker.loop.policy import Promise, PublicState


class Section(StrEnum):
    """The parts of the board, in the order in which they stand there."""

    WAITING = "waiting"
    OPEN = "open"
    TOLD = "told"
    CHANGED = "changed"
    STOPPED = "stopped"


SECTION_TITLES = {
    Section.WAITING: noop("Still waiting"),
    Section.OPEN: noop("Open for your answers"),
    Section.TOLD: noop("We told you"),
    Section.CHANGED: noop("What changed"),
    Section.STOPPED: noop("Stopped, and why"),
}
SECTION_MEANINGS = {
    Section.WAITING: noop(
        "You answered. You have not been told yet what happens. The longest waits are at the top."
    ),
    Section.OPEN: noop("You can still say what you think."),
    Section.TOLD: noop("You know what happens next. Some of it is still being done."),
    Section.CHANGED: noop("You said it, and now something is different."),
    Section.STOPPED: noop("We asked, and then it went no further."),
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
    Outcome.DONE: noop("We did"),
    Outcome.DOING: noop("We are doing it"),
    Outcome.PLANNED: noop("We will"),
    Outcome.ALREADY: noop("It was there already"),
    Outcome.CANNOT: noop("We can't"),
    Outcome.PASSED_ON: noop("We passed it on"),
    Outcome.PRAISE: noop("Thank you"),
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
        first = _(
            "At first the promise was %(day)s. It was moved.", day=day_in_words(first_promise_on)
        )
        why = _("Why: %(reason)s", reason=moved_because) if moved_because else ""
        lines.append(f"{first} {why}".strip())
    return lines


def _promise_line(promise: Promise, promise_on: date, told_on: date, today: date) -> str:
    day = day_in_words(promise_on)
    if promise is Promise.AHEAD:
        return _("You will be told what happens by %(day)s.", day=day)
    if promise is Promise.BROKEN:
        return ngettext(
            "You were promised an answer by %(day)s. That was %(num)s day ago.",
            "You were promised an answer by %(day)s. That was %(num)s days ago.",
            (today - promise_on).days,
            day=day,
        )
    told = day_in_words(told_on)
    if promise is Promise.KEPT:
        return _(
            "You were promised an answer by %(day)s. You were told on %(told)s.",
            day=day,
            told=told,
        )
    return ngettext(
        "You were promised an answer by %(day)s. You were told on %(told)s: %(num)s day late.",
        "You were promised an answer by %(day)s. You were told on %(told)s: %(num)s days late.",
        (told_on - promise_on).days,
        day=day,
        told=told,
    )


def answers_in_words(count: PublicCount, *, is_open: bool) -> str:
    """How many responses there are, as a sentence without a full stop."""
    if count.shown is Shown.NONE:
        return _("No answers yet") if is_open else _("No answers came")
    if count.shown is Shown.ABOUT:
        return _about(count.about, is_open)
    if is_open:
        return _("Fewer than %(num)s answers so far", num=FEWEST_SHOWN)
    return _("Fewer than %(num)s answers", num=FEWEST_SHOWN)


def _about(number: int, is_open: bool) -> str:
    if is_open:
        return ngettext("About %(num)s answer so far", "About %(num)s answers so far", number)
    return ngettext("About %(num)s answer", "About %(num)s answers", number)


def said_so_in_words(count: PublicCount) -> str:
    """How many said what a theme says: "about 15 said so"."""
    if count.shown is Shown.NONE:
        return _("none said so")
    if count.shown is Shown.ABOUT:
        return ngettext("about %(num)s said so", "about %(num)s said so", count.about)
    return _("fewer than %(num)s said so", num=FEWEST_SHOWN)
