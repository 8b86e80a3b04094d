"""Reads of what people chose."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.channels.models import Preference
from tracker.channels.policy import AS_USUAL, Choice


def preference_of(session: Session, person_id: int) -> Preference | None:
    """What this person chose; None if never anything."""
    return session.get(Preference, person_id)


def choice_of(session: Session, person_id: int) -> Choice:
    """How reminders reach this person."""
    found = preference_of(session, person_id)
    return found.choice if found else AS_USUAL


def preferences_of(session: Session, people: Iterable[int]) -> dict[int, Preference]:
    """What these people chose, by their id; those who never chose are left out."""
    query = select(Preference).where(Preference.person_id.in_(set(people)))
    return {found.person_id: found for found in session.scalars(query)}
