"""Writes to consultations themselves. Opening, closing and withdrawing live in `opening`.

They flush and never commit. None of them reads or touches a response.
"""

from dataclasses import fields
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.accounts.models import Person
from tracker.consultations.models import Consultation, ConsultationEvent
from tracker.consultations.policy import (
    DETAIL_WORDS,
    ConsultationState,
    Details,
    changed_details,
    detail_problems,
    with_suggestions,
)
from tracker.consultations.queries import slugs_like
from tracker.consultations.slugs import free_slugs, slug_base
from tracker.db import locked
from tracker.errors import Conflict, LoopkeeperError
from tracker.services.models import Service


class BadDetails(LoopkeeperError):
    """Some details can't be saved; `problems` says for each what to do about it."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class NotDeletable(Conflict):
    """Only a draft that nobody has answered can be deleted."""


class NoNewOwner(LoopkeeperError):
    """The person chosen can't become the owner."""


def note_event(
    session: Session,
    consultation: Consultation,
    kind: str,
    *,
    person_id: int | None,
    now: datetime,
    detail: str = "",
) -> ConsultationEvent:
    """Add a line to the consultation's history. `person_id` None means: the clock did it."""
    event = ConsultationEvent(
        consultation_id=consultation.id, at=now, kind=kind, person_id=person_id, detail=detail
    )
    session.add(event)
    session.flush()
    return event


def lock_consultation(session: Session, consultation: Consultation) -> None:
    """Hold the consultation until the end of the transaction, and read what it is now.

    Whoever decides by its state locks it first: then of two people who press at once the second
    sees what the first did. SQLite needs no row lock, because a writing transaction is alone there.
    """
    session.flush()
    session.execute(locked(select(Consultation.id).where(Consultation.id == consultation.id)))
    session.refresh(consultation)


def create_consultation(
    session: Session,
    service: Service,
    *,
    title: str,
    closes_on: date | None = None,
    person_id: int,
    now: datetime,
) -> Consultation:
    """A new draft of `service`, owned by its owner; promise and help page start as suggested."""
    details = Details(
        title=title,
        service_id=service.id,
        closes_on=closes_on,
        help_page=service.nation.value,
    )
    return add_draft(session, details, person_id=person_id, now=now)


def add_draft(
    session: Session, details: Details, *, person_id: int, now: datetime, detail: str = ""
) -> Consultation:
    """A new draft with `details`; `detail` goes to its history. Raises `BadDetails`."""
    nothing = Details(title="", service_id=details.service_id)
    details = with_suggestions(nothing, details, ConsultationState.DRAFT)
    _refuse_bad(nothing, details, ConsultationState.DRAFT)
    consultation = Consultation()
    _apply(session, consultation, details)
    consultation.owner = consultation.service.owner
    _give_slug(session, consultation)
    note_event(session, consultation, "created", person_id=person_id, now=now, detail=detail)
    return consultation


def details_of(consultation: Consultation) -> Details:
    """What the author has written so far."""
    values = {field.name: getattr(consultation, field.name) for field in fields(Details)}
    return Details(**values | {"age_bands": tuple(consultation.age_bands or ())})


def edit_consultation(
    session: Session,
    consultation: Consultation,
    details: Details,
    *,
    person_id: int,
    now: datetime,
) -> list[str]:
    """Save the details and return the names of those that changed. Raises `BadDetails`.

    A draft's public address follows its title, its owner its service, and its promise the closing
    date unless the author chose one. None of them moves after opening.
    """
    lock_consultation(session, consultation)
    before = details_of(consultation)
    details = with_suggestions(before, details, consultation.state)
    _refuse_bad(before, details, consultation.state)
    changed = changed_details(before, details)
    if not changed:
        return []
    old_owner = consultation.service.owner
    _apply(session, consultation, details)
    if "service_id" in changed and consultation.owner is old_owner:
        consultation.owner = consultation.service.owner
    if "title" in changed and consultation.state is ConsultationState.DRAFT:
        _give_slug(session, consultation)
    detail = ", ".join(DETAIL_WORDS[name] for name in changed)
    note_event(session, consultation, "edited", person_id=person_id, now=now, detail=detail)
    return changed


def hand_over(
    session: Session, consultation: Consultation, *, to: Person, person_id: int, now: datetime
) -> ConsultationEvent:
    """Make `to` the owner; returns the line of the history that says so.

    Raises `NoNewOwner` when reminders could not reach them or it is no change.
    """
    lock_consultation(session, consultation)
    if consultation.state is ConsultationState.WITHDRAWN:
        raise NoNewOwner("It was withdrawn, so there is nothing left to own.")
    if not to.is_reachable:
        raise NoNewOwner(f"{to.name} can't be reached by mail. Choose somebody else.")
    if to.id == consultation.owner_id:
        raise NoNewOwner(f"{to.name} is the owner already. Choose somebody else.")
    if to.id == consultation.service.escalation_contact_id:
        raise NoNewOwner(
            f"{to.name} is who is told when the owner doesn't answer, so can't be the owner too. "
            "Choose somebody else."
        )
    before = consultation.owner.name if consultation.owner else "nobody"
    consultation.owner = to
    detail = f"from {before} to {to.name}"
    return note_event(
        session, consultation, "owner_changed", person_id=person_id, now=now, detail=detail
    )


def delete_draft(session: Session, consultation: Consultation) -> None:
    """Delete a draft with its surveys and history. Raises `NotDeletable` once it has opened."""
    lock_consultation(session, consultation)
    if consultation.state is not ConsultationState.DRAFT:
        raise NotDeletable("It has been opened, so it can't be deleted. You can withdraw it.")
    try:
        with session.begin_nested():
            session.delete(consultation)
            session.flush()
    except IntegrityError:
        raise NotDeletable("Answers belong to it, so it can't be deleted.") from None


def _refuse_bad(before: Details, after: Details, state: ConsultationState) -> None:
    if problems := detail_problems(before, after, state):
        raise BadDetails(problems)


def _apply(session: Session, consultation: Consultation, details: Details) -> None:
    for field in fields(Details):
        setattr(consultation, field.name, getattr(details, field.name))
    consultation.age_bands = list(details.age_bands)
    consultation.service = session.get_one(Service, details.service_id)


def _give_slug(session: Session, consultation: Consultation) -> None:
    base = slug_base(consultation.title)
    slug = next(free_slugs(base, slugs_like(session, base) - {consultation.slug}))
    try:
        with session.begin_nested():
            consultation.slug = slug
            session.add(consultation)
            session.flush()
    except IntegrityError:  # somebody took it between our look and our write
        message = "Somebody saved the same title at this moment. Send it again."
        raise BadDetails({"title": message}) from None
