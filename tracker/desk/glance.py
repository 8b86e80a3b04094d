"""The page of one consultation: the ways on from it, and its history in words. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from tracker.accounts.policy import Act
from tracker.consultations.policy import ConsultationState


@dataclass(frozen=True)
class Way:
    """A way on from a consultation: a link for who may do `act`."""

    label: str
    endpoint: str
    act: Act


_WRITE = (
    Way("Edit the details", "consultations.edit", Act.EDIT_CONSULTATION),
    Way("Surveys", "surveys.index", Act.SEE_CONSULTATION),
)
_READ_AND_ANSWER = (
    Way("Read answers one by one", "themes.hear", Act.CODE_RESPONSES),
    Way("All answers", "responses.inbox", Act.READ_RESPONSES),
    Way("Themes", "themes.index", Act.CODE_RESPONSES),
    Way("Actions", "actions.index", Act.SEE_CONSULTATION),
)
_HAND_OVER = Way("Hand over", "consultations.hand_over", Act.HAND_OVER)
_TIMELINE = Way("Timeline of reminders", "reminders.timeline", Act.SEE_CONSULTATION)
_WAYS: dict[ConsultationState, tuple[Way, ...]] = {
    ConsultationState.DRAFT: (
        *_WRITE,
        Way("Before you ask: check and open", "opening.gate", Act.SEE_CONSULTATION),
        _HAND_OVER,
    ),
    ConsultationState.OPEN: (
        *_READ_AND_ANSWER,
        *_WRITE,
        Way("Use a tablet as a kiosk", "kiosk.start", Act.OPEN_AND_CLOSE),
        Way("Extend, close, withdraw or copy", "opening.gate", Act.OPEN_AND_CLOSE),
        _HAND_OVER,
        _TIMELINE,
    ),
    ConsultationState.CLOSED: (
        *_READ_AND_ANSWER,
        *_WRITE,
        Way("Reopen, withdraw, move the promise or copy", "opening.gate", Act.OPEN_AND_CLOSE),
        _HAND_OVER,
        _TIMELINE,
    ),
    ConsultationState.WITHDRAWN: (*_READ_AND_ANSWER[1:], _WRITE[1], _TIMELINE),
}


def ways_on(state: ConsultationState) -> tuple[Way, ...]:
    """Every way on from a consultation in this state."""
    return _WAYS[state]


@dataclass(frozen=True)
class Happened:
    """One line of a consultation's history. `who` is empty for what the clock did by itself."""

    day: date
    kind: str
    who: str
    detail: str = ""


@dataclass(frozen=True)
class HistoryLine:
    """What one person did on one day, told once however often they did it."""

    day: date
    words: str
    who: str
    detail: str
    times: int


_KIND_WORDS = {
    "created": "Draft made",
    "edited": "Details changed",
    "opened": "Opened for answers",
    "extended": "More time to answer",
    "closed": "Closed for answers",
    "reopened": "Opened again",
    "withdrawn": "Withdrawn",
    "promise_moved": "Promise moved",
    "owner_changed": "Owner changed",
    "handed_over": "Handed over",
    "new_owner_asked_for": "Asked that somebody else owns it",
    "new_owner_not_asked_for": "No longer asked that somebody else owns it",
    "survey_changed": "Survey changed",
    "theme_added": "Theme added",
    "theme_changed": "Theme changed",
    "coded": "Answers heard",
    "typed_in": "Answers typed in",
    "answers_deleted": "Answers deleted, their day being over",
    "set_aside": "Answers set aside",
    "taken_back": "Answers taken back in",
    "action_recorded": "Action recorded",
    "action_published": "Action published",
    "action_stopped": "Publication stopped",
    "snoozed": "Reminders paused",
    "snooze_taken_back": "Pause of the reminders taken back",
    "answer_withdrawn": "A young person took an answer back",
    "answer_corrected": "A young person changed an answer: hear it again",
    "said_no": "Young people said that it hasn't changed",
}


def history(happened: Iterable[Happened]) -> list[HistoryLine]:
    """The history, newest first; the same thing done over and over on a day is one line."""
    newest_first = list(happened)[::-1]
    runs = groupby(newest_first, key=lambda one: (one.day, one.kind, one.who))
    return [_line(list(run)) for _key, run in runs]


def _line(run: list[Happened]) -> HistoryLine:
    one = run[0]
    words = _KIND_WORDS.get(one.kind, one.kind.replace("_", " ").capitalize())
    detail = one.detail if len(run) == 1 else ""
    return HistoryLine(one.day, words, one.who, detail, len(run))
