"""Reads of what was done to a consultation: the last deeds in words, and which can be taken back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.actions.models import ActionVersion
from tracker.capabilities.models import SentForm
from tracker.capabilities.people import Holder
from tracker.capabilities.policy import UNDO_FOR, Undo, VersionState, undo_of
from tracker.capabilities.queries import cards_of, state_of
from tracker.clock import local_date
from tracker.consultations.models import Consultation, ConsultationEvent
from tracker.reminders.models import Case, Snooze
from tracker.services.queries import organisation

FEW = 4
# The history in the words of the pages behind the links, after the name of whoever did it.
_WORDS = {
    "action_recorded": "recorded an answer",
    "action_published": "put an answer on the board",
    "action_stopped": "stopped an answer",
    "snoozed": "put the reminders off",
    "snooze_taken_back": "took that back: the reminders don't wait",
    "owner_changed": "handed it over",
    "new_owner_asked_for": "said that somebody else should answer",
    "new_owner_not_asked_for": "took that back: it stays where it is",
    "promise_moved": "moved the promise",
    "withdrawn": "withdrew it",
}
# Those whose detail belongs to the sentence: "until 20 January 2026", "from Sam Green to Dee Patel".
_WITH_DETAIL = ("snoozed", "snooze_taken_back", "owner_changed")


@dataclass(frozen=True)
class Deed:
    """One thing that was done, as a sentence, and when."""

    at: datetime
    words: str


def deeds_of(session: Session, consultation_id: int) -> list[Deed]:
    """What was last done about a consultation, newest first."""
    query = (
        select(ConsultationEvent)
        .where(
            ConsultationEvent.consultation_id == consultation_id,
            ConsultationEvent.kind.in_(_WORDS),
        )
        .order_by(ConsultationEvent.id.desc())
        .limit(FEW)
    )
    return [Deed(event.at, _in_words(event)) for event in session.scalars(query)]


def _in_words(event: ConsultationEvent) -> str:
    if event.person is None:
        is_published = event.kind == "action_published"
        return (
            "An answer went on the board by itself" if is_published else "This was done by itself"
        )
    detail = f" {event.detail}" if event.detail and event.kind in _WITH_DETAIL else ""
    return f"{event.person.name} {_WORDS[event.kind]}{detail}"


@dataclass(frozen=True)
class TakingBack:
    """Whether something can be taken back, until when, and what newer thing stands in the way."""

    state: Undo
    until: datetime
    newer: str


def taking_back(
    session: Session, consultation: Consultation, form: SentForm, *, now: datetime
) -> TakingBack | None:
    """Whether what came of a form can be taken back. None for answers, which are stopped or changed."""
    if form.snooze is not None:
        newer = _newer_than_pause(session, form.snooze, now)
    elif form.event_id is not None:
        newer = _newer_than_hand_over(session, consultation, form)
    else:
        return None
    state = undo_of(form.sent_at, form.taken_back_at, newer, now)
    return TakingBack(state, form.sent_at + UNDO_FOR, newer)


def putting_back(
    session: Session, holder: Holder, version: ActionVersion, *, now: datetime
) -> TakingBack | None:
    """Whether the holder, who stopped this answer, can let it go on the board after all."""
    if version.stopped_at is None or version.stopped_by != holder.person.id:
        return None
    if version.publishes_at is None or state_of(version) is not VersionState.STOPPED:
        return None
    newer = ""
    if version.action.published is None:
        cards = cards_of(session, holder.consultation.id)
        owed = {card.themes[0].id for card in cards if card.action is None}
        if not owed >= {theme.id for theme in version.action.themes}:
            newer = "It was answered in other words since."
    state = undo_of(version.stopped_at, None, newer, now)
    return TakingBack(state, version.stopped_at + UNDO_FOR, newer)


def _newer_than_pause(session: Session, pause: Snooze, now: datetime) -> str:
    case = session.get_one(Case, pause.case_id)
    if case.closed_at is not None:
        return "This is settled by now, so no reminder waits."
    if any(other.id > pause.id for other in case.pauses):
        return "It was put off again since."
    today = local_date(now, organisation(session).time_zone)
    return "That day has come." if pause.until_on <= today else ""


def _newer_than_hand_over(session: Session, consultation: Consultation, form: SentForm) -> str:
    query = select(ConsultationEvent.kind, ConsultationEvent.person_id).where(
        ConsultationEvent.consultation_id == consultation.id,
        ConsultationEvent.id > form.event_id,
    )
    since = [(kind, person_id) for kind, person_id in session.execute(query)]
    changed_hands = any(kind == "owner_changed" for kind, _ in since)
    if form.new_owner is None:
        return "It got another owner since." if changed_hands else ""
    if changed_hands:
        return "It changed hands again since."
    if any(person_id == form.new_owner_id for _, person_id in since):
        return f"{form.new_owner.name} has been at work on it since."
    return _why_not_returned(consultation, form)


def _why_not_returned(consultation: Consultation, form: SentForm) -> str:
    former = form.former_owner
    if former is None:
        return "Nobody answered for it before, so there is nobody to give it back to."
    if not former.is_reachable:
        return f"Mail can't reach {former.name} any more."
    if former.id == consultation.service.escalation_contact_id:
        return f"{former.name} is told when the owner doesn't answer, so can't be the owner."
    return ""
