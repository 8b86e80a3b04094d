"""Writes made through the links in mails: answers, their stop and change, a pause, a hand-over.

Every form is claimed by its id before anything else is written, so that of two sendings (a double
tap, a retry, two parallel requests) one does the work and the other raises `AlreadySent`. Nothing
here publishes at once, deletes, or reads an answer of a child.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.accounts.models import Person
from tracker.actions.models import Action, ActionVersion, Via
from tracker.actions.operations import record_action, revise_action, stop
from tracker.actions.policy import ActionDraft
from tracker.capabilities.models import SentForm
from tracker.capabilities.people import Holder, people_to_hand_over_to
from tracker.capabilities.policy import Answer, Verb
from tracker.capabilities.queries import Card, cards_of
from tracker.consultations.operations import hand_over, lock_consultation, note_event
from tracker.db import locked
from tracker.errors import Conflict
from tracker.reminders.models import Case
from tracker.reminders.operations import snooze


class AlreadySent(Conflict):
    """This very form was accepted before; what it did stands, and nothing was done again."""


class AlreadyAnswered(Conflict):
    """Somebody answered one of the themes while the page was open."""


class NotOneOfTheService(Conflict):
    """The person chosen no longer has to do with the service, or can't be reached."""


def claim_form(
    session: Session,
    holder: Holder,
    form_id: UUID,
    verb: Verb,
    *,
    now: datetime,
    action_ids: Iterable[int] = (),
) -> SentForm:
    """Take the form's id for good, or raise `AlreadySent`. Holds what it is about from here on.

    Locks are taken in the order of every other writer: actions first, then the consultation.
    """
    hold_actions(session, action_ids)
    lock_consultation(session, holder.consultation)
    claim = insert(SentForm).values(
        id=form_id,
        consultation_id=holder.consultation.id,
        person_id=holder.person.id,
        verb=verb,
        sent_at=now,
    )
    try:
        with session.begin_nested():
            session.execute(claim)
    except IntegrityError:
        raise AlreadySent("We have this already. Nothing was saved twice.") from None
    return session.get_one(SentForm, form_id)


def hold_actions(session: Session, action_ids: Iterable[int]) -> None:
    """Let nobody else write to these actions until the end of the transaction."""
    # Nothing is taken from another consultation's action but a moment's lock.
    query = select(Action.id).where(Action.id.in_(list(action_ids))).order_by(Action.id)
    session.execute(locked(query))


def record_answers(
    session: Session,
    holder: Holder,
    form_id: UUID,
    answers: Iterable[Answer],
    *,
    now: datetime,
    verb: Verb = Verb.RECORD,
) -> list[ActionVersion]:
    """Record each answer; it goes on the board by itself a day later. All of them or none."""
    answers = list(answers)
    action_ids = [answer.action_id for answer in answers if answer.action_id is not None]
    claim_form(session, holder, form_id, verb, now=now, action_ids=action_ids)
    cards = cards_of(session, holder.consultation.id)
    return [_record(session, holder, cards, answer, now) for answer in answers]


def _record(
    session: Session, holder: Holder, cards: list[Card], answer: Answer, now: datetime
) -> ActionVersion:
    if answer.action_id is not None:
        action = _open_action(cards, answer.action_id)
        return revise_action(
            session, action, answer.draft, person_id=holder.person.id, via=Via.MAIL, now=now
        )
    owed = {card.themes[0].id: card.themes[0] for card in cards if card.action is None}
    if not owed.keys() >= set(answer.theme_ids):
        raise _already_answered()
    return record_action(
        session,
        holder.consultation,
        [owed[theme_id] for theme_id in answer.theme_ids],
        answer.draft,
        person_id=holder.person.id,
        via=Via.MAIL,
        now=now,
    )


def _open_action(cards: list[Card], action_id: int) -> Action:
    found = next((c.action for c in cards if c.action and c.action.id == action_id), None)
    if found is None:
        raise _already_answered()
    return found


def _already_answered() -> AlreadyAnswered:
    return AlreadyAnswered(
        "Somebody else answered one of these while you were writing, so nothing was saved. "
        "Below is what still waits. What you wrote is kept at the end of the page."
    )


def change_answer(
    session: Session,
    holder: Holder,
    form_id: UUID,
    version: ActionVersion,
    draft: ActionDraft,
    *,
    now: datetime,
) -> ActionVersion:
    """Put new words in the place of a version that isn't on the board yet; its day starts anew."""
    claim_form(session, holder, form_id, Verb.CHANGE, now=now, action_ids=[version.action_id])
    session.refresh(version)
    if not version.is_held:
        raise Conflict(
            "It can't be changed any more: it went on the board, or somebody stopped or changed "
            "it while you were writing. What you wrote is kept below."
        )
    return revise_action(
        session, version.action, draft, person_id=holder.person.id, via=Via.MAIL, now=now
    )


def stop_answer(session: Session, holder: Holder, version: ActionVersion, *, now: datetime) -> bool:
    """Keep a version off the board; False if it wasn't on its way there (any more)."""
    hold_actions(session, [version.action_id])
    session.refresh(version)
    if not version.is_held:
        return False
    stop(session, version, person_id=holder.person.id, now=now)
    return True


def pause_reminders(
    session: Session,
    holder: Holder,
    form_id: UUID,
    case: Case,
    until_on: date,
    reason: str,
    *,
    now: datetime,
) -> SentForm:
    """Put the reminders of one case off until a day; escalations keep their dates."""
    form = claim_form(session, holder, form_id, Verb.SNOOZE, now=now)
    pause = snooze(session, case, until_on, reason, person_id=holder.person.id, now=now)
    session.flush()
    form.snooze_id = pause.id
    session.flush()
    return form


def hand_over_to(
    session: Session, holder: Holder, form_id: UUID, to: Person, *, now: datetime
) -> SentForm:
    """Make `to`, one of the service's people, the owner of the consultation."""
    form = claim_form(session, holder, form_id, Verb.HAND_OVER, now=now)
    if to not in people_to_hand_over_to(holder.consultation):
        raise NotOneOfTheService(
            "That person can't take it over any more. Choose somebody from the list as it is now."
        )
    form.former_owner_id, form.new_owner_id = holder.consultation.owner_id, to.id
    event = hand_over(session, holder.consultation, to=to, person_id=holder.person.id, now=now)
    form.event_id = event.id
    session.flush()
    return form


def suggest_owner(session: Session, holder: Holder, form_id: UUID, *, now: datetime) -> SentForm:
    """Accept that somebody outside the service was named; nothing changes hands by it."""
    form = claim_form(session, holder, form_id, Verb.HAND_OVER, now=now)
    event = note_event(
        session,
        holder.consultation,
        "new_owner_asked_for",
        person_id=holder.person.id,
        now=now,
    )
    form.event_id = event.id
    session.flush()
    return form
