"""The one next thing that a consultation asks of its team, and the order in which they ask. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker.accounts.policy import Act
from tracker.clock import day_in_words
from tracker.consultations.policy import ConsultationState
from tracker.loop.policy import LoopFacts, PublicState, Stage, stages_reached


class Task(StrEnum):
    """What there is to do next."""

    FINISH = "finish"
    INVITE = "invite"
    READ = "read"
    ANSWER = "answer"
    DELIVER = "deliver"
    ASK_AGAIN = "ask_again"
    LISTEN = "listen"


@dataclass(frozen=True)
class NextThing:
    """The next thing to do, in words; its button leads to `endpoint` for who may do `act`."""

    task: Task
    words: str
    button: str
    endpoint: str
    act: Act

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has anything to do just now but wait."""
        return self.task in (Task.INVITE, Task.LISTEN)


_BUTTONS: dict[Task, tuple[str, str, Act]] = {
    Task.FINISH: ("Go on", "opening.gate", Act.EDIT_CONSULTATION),
    Task.INVITE: ("See how it stands", "desk.consultation", Act.SEE_CONSULTATION),
    Task.READ: ("Read answers", "themes.hear", Act.CODE_RESPONSES),
    Task.ANSWER: ("Say what happened", "actions.index", Act.RECORD_ACTION),
    Task.DELIVER: ("Say what came of it", "actions.index", Act.RECORD_ACTION),
    Task.ASK_AGAIN: ("Decide", "opening.gate", Act.OPEN_AND_CLOSE),
    Task.LISTEN: ("See how it stands", "desk.consultation", Act.SEE_CONSULTATION),
}


def next_thing(facts: LoopFacts, closes_on: date | None, today: date) -> NextThing | None:
    """The one next thing, or None where nothing is left to do: withdrawn, or the loop is closed."""
    found = _next(facts, closes_on, today)
    if found is None:
        return None
    task, words = found
    return NextThing(task, words, *_BUTTONS[task])


def _next(facts: LoopFacts, closes_on: date | None, today: date) -> tuple[Task, str] | None:
    unread = facts.to_hear - facts.coded
    if facts.state is ConsultationState.WITHDRAWN:
        return None
    if facts.state is ConsultationState.DRAFT:
        return Task.FINISH, "Not open yet. See what is missing."
    if unread:
        return Task.READ, f"{counted(unread, 'answer')} to read."
    if facts.state is ConsultationState.OPEN:
        until = f" until {day_in_words(closes_on)}" if closes_on else ""
        return Task.INVITE, f"Open for answers{until}. All that came are read."
    return _next_after_reading(facts, today)


def _next_after_reading(facts: LoopFacts, today: date) -> tuple[Task, str] | None:
    owed = facts.themes - facts.themes_told
    if facts.responses == 0:
        return Task.ASK_AGAIN, "Nobody answered. Give more time, or withdraw it and say why."
    if owed:
        verb = "is" if owed == 1 else "are"
        return Task.ANSWER, f"{counted(owed, 'theme')} {verb} owed an answer."
    if facts.reopened:
        said = counted(facts.reopened, "action")
        return Task.DELIVER, f"Young people say that {said} hasn't changed anything."
    if facts.open_actions:
        return Task.DELIVER, _delivery_words(facts, today)
    if Stage.FOLLOWED_UP not in stages_reached(facts, today) and facts.verdicts_end_on:
        return (
            Task.LISTEN,
            f"Young people say if it changed, until {day_in_words(facts.verdicts_end_on)}.",
        )
    return None


def _delivery_words(facts: LoopFacts, today: date) -> str:
    promised = f"{counted(facts.open_actions, 'action')} still to finish"
    if facts.due_on is None:
        return f"{promised}."
    if facts.due_on < today:
        return f"{promised}. The date you gave, {day_in_words(facts.due_on)}, has gone by."
    return f"{promised}, the first by {day_in_words(facts.due_on)}."


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 answer", "3 answers"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def urgency(
    thing: NextThing, escalates_on: date | None, promise_on: date | None
) -> tuple[bool, date, date]:
    """Sort key of the desk: what can be done before what has to wait, then what escalates first."""
    latest = date.max
    return (thing.is_waiting, escalates_on or promise_on or latest, promise_on or latest)


_GRAVEST_FIRST = (PublicState.AT_RISK, PublicState.OVERDUE)


def gravity(state: PublicState, promise_on: date | None) -> tuple[int, date]:
    """Sort key of the open loops: at risk, overdue, then whose promise comes first."""
    rank = _GRAVEST_FIRST.index(state) if state in _GRAVEST_FIRST else len(_GRAVEST_FIRST)
    return (rank, promise_on or date.max)
