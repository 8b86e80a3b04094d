"""Drafts: what each outcome requires of one, and when its words are too vague. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.actions.policy.outcomes import OUTCOME_LABELS, Outcome, ReasonCode
from tracker.clock import day_in_words

TEXT_LIMIT = 1000
LINE_LIMIT = 160
FURTHEST = timedelta(days=5 * 366)


@dataclass(frozen=True)
class ActionDraft:
    """What somebody wants an action to say. Which fields count depends on the outcome: see `tidy`."""

    outcome: Outcome
    text: str
    due_on: date | None = None
    changed_on: date | None = None
    evidence: str = ""
    reason_code: ReasonCode | None = None
    reason: str = ""
    decided_by: str = ""
    review_on: date | None = None
    passed_on_to: str = ""


# The fields that each outcome asks for, beside the text.
FIELDS: dict[Outcome, tuple[str, ...]] = {
    Outcome.PLANNED: ("due_on",),
    Outcome.DOING: ("due_on",),
    Outcome.DONE: ("changed_on", "evidence"),
    Outcome.ALREADY: (),
    Outcome.CANNOT: ("reason_code", "reason", "decided_by", "review_on"),
    Outcome.PASSED_ON: ("passed_on_to",),
    Outcome.PRAISE: (),
}


def tidy(draft: ActionDraft) -> ActionDraft:
    """The draft as it is kept: no stray spaces, no NULs (PostgreSQL refuses them), and nothing
    that was typed into boxes belonging to another outcome."""
    kept = {name: getattr(draft, name) for name in FIELDS[draft.outcome]}
    kept = {
        name: _clean(value) if isinstance(value, str) else value for name, value in kept.items()
    }
    return ActionDraft(draft.outcome, _clean(draft.text), **kept)


def _clean(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").strip()


def problems(draft: ActionDraft, today: date) -> dict[str, str]:
    """Everything that keeps the draft from being recorded: field → what to do about it."""
    draft = tidy(draft)
    found = {name: _CHECKS[name](draft, today) for name in ("text", *FIELDS[draft.outcome])}
    return {name: message for name, message in found.items() if message}


def _text_problem(draft: ActionDraft, _today: date) -> str | None:
    return _missing_or_long(draft.text, TEXT_LIMIT, "Write what young people will read")


def _due_problem(draft: ActionDraft, today: date) -> str | None:
    if draft.due_on is None:
        return "Enter the date by which it will be done"
    if draft.due_on < today:
        return "Enter a date that is today or later"
    return _too_far(draft.due_on, today)


def _changed_problem(draft: ActionDraft, today: date) -> str | None:
    if draft.changed_on is None:
        return "Enter the day since when something is different"
    if draft.changed_on > today:
        return "This day is still to come. Choose “We will, by…” until it has happened"
    if today - draft.changed_on > FURTHEST:
        return (
            "That is more than five years ago. If it was there before, choose “It's already there”"
        )
    return None


def _evidence_problem(draft: ActionDraft, _today: date) -> str | None:
    return _too_long(draft.evidence, TEXT_LIMIT)


def _reason_code_problem(draft: ActionDraft, _today: date) -> str | None:
    return None if draft.reason_code else "Choose what kind of reason it is"


def _reason_problem(draft: ActionDraft, _today: date) -> str | None:
    return _missing_or_long(draft.reason, TEXT_LIMIT, "Give the reason in plain words")


def _decider_problem(draft: ActionDraft, _today: date) -> str | None:
    return _missing_or_long(draft.decided_by, LINE_LIMIT, "Say who decided, as a job or a group")


def _review_problem(draft: ActionDraft, today: date) -> str | None:
    if draft.review_on is None:
        return "Enter the date when it will be looked at again"
    if draft.review_on <= today:
        return "Enter a date after today"
    return _too_far(draft.review_on, today)


def _recipient_problem(draft: ActionDraft, _today: date) -> str | None:
    return _missing_or_long(draft.passed_on_to, LINE_LIMIT, "Say who it was passed on to")


def _missing_or_long(text: str, limit: int, missing: str) -> str | None:
    return _too_long(text, limit) if text else missing


def _too_long(text: str, limit: int) -> str | None:
    over = len(text) - limit
    return f"Make it shorter: {limit} characters at most, {over} too many" if over > 0 else None


def _too_far(day: date, today: date) -> str | None:
    return "That is more than five years away. Check the year" if day - today > FURTHEST else None


_CHECKS: dict[str, Callable[[ActionDraft, date], str | None]] = {
    "text": _text_problem,
    "due_on": _due_problem,
    "changed_on": _changed_problem,
    "evidence": _evidence_problem,
    "reason_code": _reason_code_problem,
    "reason": _reason_problem,
    "decided_by": _decider_problem,
    "review_on": _review_problem,
    "passed_on_to": _recipient_problem,
}


def headline(draft: ActionDraft) -> str:
    """The outcome as the public reads it above the text, with the date that belongs to it."""
    if draft.outcome is Outcome.PLANNED and draft.due_on:
        return f"We will, by {day_in_words(draft.due_on)}"
    if draft.outcome is Outcome.DOING and draft.due_on:
        return f"We are doing it, until {day_in_words(draft.due_on)}"
    if draft.outcome is Outcome.CANNOT:
        return "We can't, because…"
    return OUTCOME_LABELS[draft.outcome]


# Words that fill a sentence about a change without saying what changed.
_EMPTY_PHRASES = (
    "look into",
    "looked into",
    "looking into",
    "listen",
    "take on board",
    "taken on board",
    "consider",
    "discuss",
    "raise awareness",
    "work on",
    "working on",
    "address",
    "review",
    "feedback",
    "going forward",
    "as soon as possible",
)
_FEWEST_WORDS = 5


def vague_hint(draft: ActionDraft) -> str | None:
    """A gentle question for a `done` that doesn't say what is different. Never a refusal."""
    if draft.outcome is not Outcome.DONE:
        return None
    text = draft.text.lower()
    if len(text.split()) < _FEWEST_WORDS or any(phrase in text for phrase in _EMPTY_PHRASES):
        return "What is different now? Say what a young person would see, where, and since when."
    return None
