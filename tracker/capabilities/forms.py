"""What can be typed behind a link: which boxes each choice opens, and how they are read.

No sign-in and no session stand behind these pages, so these are plain readers of what was sent.
Whatever is wrong, `typed` keeps every word for the page that is shown again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from werkzeug.datastructures import MultiDict

from tracker.accounts.models import Person
from tracker.actions.models import ActionVersion
from tracker.actions.policy import (
    LINE_LIMIT,
    REASON_LABELS,
    ActionDraft,
    Outcome,
    ReasonCode,
    may_move,
    problems,
)
from tracker.capabilities.boxes import CHOICES, SHORT, Choice, Kind
from tracker.capabilities.policy import Answer, Given, Verb, gentle_question, shared_answers
from tracker.capabilities.queries import Card, Pausable
from tracker.capabilities.typed import Typed, read_day, read_form_id, typed_in
from tracker.reminders.models import Case

SAME = "same"
_CANNOT_TEXT = "We can't do this."


def is_pressed(form: MultiDict[str, str]) -> bool:
    """Whether the button itself was pressed. A program that sends a form off doesn't press: what it
    sends lacks the button's own name, and mostly everything else.
    """
    return "press" in form


def choices_after(said: ActionVersion | None) -> list[Choice]:
    """What may be chosen: what the public has read can't become everything."""
    if said is None:
        return list(CHOICES.values())
    is_reopened = said.action.asked_again is not None
    return [
        choice
        for choice in CHOICES.values()
        if may_move(said.outcome, choice.outcome, is_reopened=is_reopened)
    ]


def cards_for(choice: Choice, cards: list[Card]) -> list[Card]:
    """The cards that may be answered with this one choice."""
    return [card for card in cards if choice in choices_after(card.said_so_far)]


@dataclass
class Sheet:
    """A page of boxes as it stands: what was typed, what is wrong with it, what it comes to."""

    typed: Typed = field(default_factory=dict)
    form_id: UUID = field(default_factory=uuid4)
    answers: list[Answer] = field(default_factory=list)
    # Box id → what to do about it; in the order of the page.
    errors: dict[str, str] = field(default_factory=dict)
    # Card key → the gentle question; asked once, then sent as it is.
    questions: dict[str, str] = field(default_factory=dict)
    picked: frozenset[str] = frozenset()

    @property
    def is_sound(self) -> bool:
        return not self.errors and not self.questions


def read_sheet(cards: list[Card], form: MultiDict[str, str], today: date) -> Sheet:
    """The page with one set of boxes per card."""
    sheet = _begin(form)
    chosen = {card.key: sheet.typed.get(f"{card.key}-choice", "") for card in cards}
    offered = {
        card.key: {c.outcome.value for c in choices_after(card.said_so_far)} for card in cards
    }
    given = [
        Given(key, has_answer=choice in offered[key], repeats_above=choice == SAME)
        for key, choice in chosen.items()
    ]
    takes = shared_answers(given)
    if not takes:
        first = cards[0].key if cards else "form"
        sheet.errors[f"{first}-choice"] = "Choose what happened, for one of them at least"
    for key, source in takes.items():
        if source is None:
            sheet.errors[f"{key}-choice"] = "There is no answer above to repeat. Choose another"
    for source in dict.fromkeys(source for source in takes.values() if source):
        draft = _read_draft(sheet, source, CHOICES[chosen[source]], today, form)
        takers = [card for card in cards if takes.get(card.key) == source]
        sheet.answers += _answers_for(takers, draft)
    return sheet


def read_picked(cards: list[Card], form: MultiDict[str, str], verb: Verb, today: date) -> Sheet:
    """The short page with one set of boxes for the cards that were ticked."""
    sheet, choice = _begin(form), SHORT[verb.value]
    cards = cards_for(choice, cards)
    sheet.picked = frozenset(form.getlist("pick")) & {card.key for card in cards}
    if not sheet.picked:
        sheet.errors["pick"] = "Choose what this is about"
    draft = _read_draft(sheet, "one", choice, today, form)
    sheet.answers = _answers_for([card for card in cards if card.key in sheet.picked], draft)
    return sheet


def read_change(form: MultiDict[str, str], version: ActionVersion, today: date) -> Sheet:
    """The page that changes one answer before it goes on the board."""
    sheet = _begin(form)
    by_name = {choice.outcome.value: choice for choice in choices_after(version.action.published)}
    choice = by_name.get(sheet.typed.get("one-choice", ""))
    if choice is None:
        sheet.errors["one-choice"] = "Choose what happened"
        return sheet
    sheet.answers = [Answer(_read_draft(sheet, "one", choice, today, form))]
    return sheet


@dataclass(frozen=True)
class Pause:
    """Which case is put off, until when, and why."""

    case: Case
    until_on: date
    reason: str


def read_pause(form: MultiDict[str, str], pausable: list[Pausable]) -> tuple[Sheet, Pause | None]:
    """What to put off; None while something is missing."""
    sheet = _begin(form)
    cases = [one.case for one in pausable]
    case = next((case for case in cases if str(case.id) == sheet.typed.get("case")), None)
    until_on, reason = (
        read_day(sheet.typed.get("pause-until_on", "")),
        sheet.typed.get("pause-reason", ""),
    )
    if case is None:
        sheet.errors["case"] = "Choose which reminders to put off"
    if until_on is None:
        sheet.errors["pause-until_on"] = "Enter the day on which we should ask you again"
    if not reason:
        sheet.errors["pause-reason"] = "Say why, in a few words"
    if case is None or until_on is None:
        return sheet, None
    return sheet, Pause(case, until_on, reason)


SOMEBODY_ELSE = "else"


def read_successor(
    form: MultiDict[str, str], people: list[Person]
) -> tuple[Sheet, Person | None, str]:
    """Who should answer: one of the service's people, or somebody else in words."""
    sheet = _begin(form)
    chosen, words = sheet.typed.get("to", ""), sheet.typed.get("who-words", "")
    to = next((person for person in people if str(person.id) == chosen), None)
    if to is None and chosen != SOMEBODY_ELSE:
        sheet.errors["to"] = "Choose who should answer"
    if chosen == SOMEBODY_ELSE and not words:
        sheet.errors["who-words"] = "Write who it should be: a name, a job or an e-mail address"
    if len(words) > LINE_LIMIT:
        sheet.errors["who-words"] = f"Make it shorter: {LINE_LIMIT} characters at most"
    return sheet, to, words


def _begin(form: MultiDict[str, str]) -> Sheet:
    sheet = Sheet(typed_in(form))
    form_id = read_form_id(form.get("form_id", ""))
    if not is_pressed(form):
        sheet.errors["form"] = "Nothing was saved yet. Press the button to save it"
    elif form_id is None:
        sheet.errors["form"] = (
            "Part of this page was missing. Nothing was lost: please send it again"
        )
    if form_id is not None:
        sheet.form_id = form_id
    return sheet


def _read_draft(
    sheet: Sheet, key: str, choice: Choice, today: date, form: MultiDict[str, str]
) -> ActionDraft:
    draft = _draft(sheet.typed, key, choice)
    found = problems(draft, today)
    for box in choice.boxes:
        if box.fills in found:
            sheet.errors[f"{key}-{box.name}"] = found[box.fills]
    question = gentle_question(draft)
    if question and not found and key not in form.getlist("asked"):
        sheet.questions[key] = question
    return draft


def _draft(typed: Typed, key: str, choice: Choice) -> ActionDraft:
    draft = ActionDraft(choice.outcome, _CANNOT_TEXT if choice.outcome is Outcome.CANNOT else "")
    for box in choice.boxes:
        value = typed.get(f"{key}-{box.name}", "")
        draft = replace(draft, **{box.fills: _READERS[box.kind](value)})
    return draft


def _read_reason(text: str) -> ReasonCode | None:
    return ReasonCode(text) if text in REASON_LABELS else None


def _read_begun(text: str) -> Outcome:
    return Outcome.DOING if text else Outcome.PLANNED


_READERS: dict[Kind, Callable[[str], Any]] = {
    Kind.WORDS: str,
    Kind.LINE: str,
    Kind.DAY: read_day,
    Kind.REASON: _read_reason,
    Kind.TICK: _read_begun,
}


def _answers_for(cards: list[Card], draft: ActionDraft) -> list[Answer]:
    """One new action for all the themes together; each open action gets its own next word."""
    theme_ids = tuple(card.themes[0].id for card in cards if card.action is None)
    own = [Answer(draft, action_id=card.action.id) for card in cards if card.action is not None]
    return ([Answer(draft, theme_ids)] if theme_ids else []) + own
