"""The choices on a card and the boxes each of them opens: what the page shows, as data."""

from dataclasses import dataclass
from enum import StrEnum

from tracker.actions.policy import EXAMPLES, Outcome
from tracker.languages import noop


class Kind(StrEnum):
    WORDS = "words"
    LINE = "line"
    DAY = "day"
    REASON = "reason"
    TICK = "tick"


@dataclass(frozen=True)
class Box:
    """One box to fill: its name on the page, and the field of the draft it becomes."""

    name: str
    fills: str
    kind: Kind
    label: str
    example: str = ""
    is_settled: bool = False  # filled beforehand, and shown only to those who want to change it


@dataclass(frozen=True)
class Choice:
    """One thing that can have happened to a theme, with the one or two boxes it opens."""

    outcome: Outcome
    label: str
    boxes: tuple[Box, ...]
    is_rare: bool = False


CHOICES: dict[str, Choice] = {
    choice.outcome.value: choice
    for choice in (
        Choice(
            Outcome.DONE,
            "We did it",
            (
                Box("did", "text", Kind.WORDS, "What is different now?", EXAMPLES[Outcome.DONE]),
                Box("did_on", "changed_on", Kind.DAY, "Since when?"),
            ),
        ),
        Choice(
            Outcome.PLANNED,
            "We will, by…",
            (
                Box("will", "text", Kind.WORDS, "What will you do?", EXAMPLES[Outcome.PLANNED]),
                Box("will_on", "due_on", Kind.DAY, "By when?"),
                Box("begun", "outcome", Kind.TICK, "We have started already"),
            ),
        ),
        Choice(
            Outcome.CANNOT,
            "We can't, because…",
            (
                Box("why", "reason_code", Kind.REASON, "What stands in the way?"),
                Box(
                    "reason",
                    "reason",
                    Kind.WORDS,
                    "Why, in plain words?",
                    "A night bus costs £90,000 a year, and the youth budget is £60,000.",
                ),
                Box("decided_by", "decided_by", Kind.LINE, "Who decided?", is_settled=True),
                Box(
                    "review_on", "review_on", Kind.DAY, "When will you look again?", is_settled=True
                ),
            ),
        ),
        Choice(
            Outcome.ALREADY,
            "It's already there",
            (Box("there", "text", Kind.WORDS, "Where is it?", EXAMPLES[Outcome.ALREADY]),),
            is_rare=True,
        ),
        Choice(
            Outcome.PASSED_ON,
            "We passed it on",
            (
                Box("passed_to", "passed_on_to", Kind.LINE, "To whom?", "The bus company"),
                Box("passed", "text", Kind.WORDS, "What did you ask?", EXAMPLES[Outcome.PASSED_ON]),
            ),
            is_rare=True,
        ),
        Choice(
            Outcome.PRAISE,
            "They liked it: thank you",
            (Box("thanks", "text", Kind.WORDS, "What would you say?", EXAMPLES[Outcome.PRAISE]),),
            is_rare=True,
        ),
    )
}
# What stands before an answer where it is read again. The answer itself often begins with "We".
SAID = {
    Outcome.DONE: noop("It is done"),
    Outcome.PLANNED: noop("Planned"),
    Outcome.DOING: noop("Started"),
    Outcome.CANNOT: noop("No"),
    Outcome.ALREADY: noop("Already there"),
    Outcome.PASSED_ON: noop("Passed on"),
    Outcome.PRAISE: noop("Thank you"),
}

# The short pages, and the one choice that each is for.
SHORT: dict[str, Choice] = {"cannot": CHOICES["cannot"], "until": CHOICES["planned"]}

PAUSE = (
    Box("until_on", "until_on", Kind.DAY, "On which day?"),
    Box("reason", "reason", Kind.LINE, "Why not now?", "The panel that decides meets on 12 March."),
)
SUCCESSOR = Box("words", "words", Kind.LINE, "Who?", "The manager of the bus station")
