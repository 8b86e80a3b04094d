"""What stands in the boxes of a page: filled beforehand, as it was typed, or what is left of it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from tracker.actions.policy import ActionDraft, Outcome
from tracker.capabilities.boxes import CHOICES, PAUSE, SUCCESSOR, Kind

Typed = dict[str, str]
# A "no" is looked at again within the year unless a nearer day is chosen.
REVIEW_AFTER = timedelta(days=365)
# Nothing that is refused for its length can fill the page it comes back on.
_LONGEST_KEPT = 5000
# Boxes with words of somebody's own, worth giving back when their card is gone.
_FREE_TEXT = {
    box.name
    for box in (*(box for choice in CHOICES.values() for box in choice.boxes), *PAUSE, SUCCESSOR)
    if box.kind in (Kind.WORDS, Kind.LINE) and not box.is_settled
}


def filled_beforehand(keys: Iterable[str], *, decided_by: str, today: date) -> Typed:
    """What stands in the boxes before anybody types: what nearly everybody would enter anyway."""
    usual = {
        "did_on": today.isoformat(),
        "decided_by": decided_by,
        "review_on": (today + REVIEW_AFTER).isoformat(),
    }
    return {f"{key}-{name}": value for key in keys for name, value in usual.items()}


def typed_from(key: str, draft: ActionDraft, *, is_chosen: bool = True) -> Typed:
    """A draft as it would have been typed; with the choice made, unless that is asked anew."""
    has_begun = draft.outcome is Outcome.DOING
    choice = CHOICES[Outcome.PLANNED if has_begun else draft.outcome]
    typed = {f"{key}-choice": choice.outcome.value} if is_chosen else {}
    for box in choice.boxes:
        value = getattr(draft, box.fills)
        if box.kind is Kind.TICK:
            value = "yes" if has_begun else ""
        typed[f"{key}-{box.name}"] = (
            value.isoformat() if isinstance(value, date) else str(value or "")
        )
    return typed


def typed_in(form: Mapping[str, str]) -> Typed:
    """Everything that was sent, without stray spaces."""
    return {name: clean(value) for name, value in form.items()}


def clean(text: str) -> str:
    """Text in the line ends of everywhere else, no longer than a page bears."""
    return text.replace("\r\n", "\n").strip()[:_LONGEST_KEPT]


def read_day(text: str) -> date | None:
    """A day as a date box sends it, or as people type it where the browser has none."""
    for shape in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, shape).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    return None


def read_form_id(text: str) -> UUID | None:
    """The id that the page carried, or None if it was lost or isn't one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def kept_words(typed: Typed, *, shown: Iterable[str]) -> list[str]:
    """What was typed into cards that the page no longer has, so that it can be copied."""
    gone = {name: text for name, text in typed.items() if name.partition("-")[0] not in set(shown)}
    return [text for name, text in gone.items() if text and name.partition("-")[2] in _FREE_TEXT]
