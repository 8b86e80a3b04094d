"""Reads of what people chose."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.channels.models import Preference
from tracker.channels.policy import AS_USUAL, Choice
from tracker.languages import ENGLISH, Language, languages, speaking
from tracker.services.queries import languages_off


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


def languages_on(session: Session) -> list[Language]:
    """The languages that are spoken here; English first."""
    off = languages_off(session)
    return [each for code, each in languages().items() if code == ENGLISH or code not in off]


def language_of(session: Session, person_id: int) -> str:
    """The language of what we write to this person; English while theirs is switched off."""
    return choice_of(session, person_id).language_beside(languages_off(session))


@contextmanager
def speaking_to(session: Session, person_id: int) -> Iterator[None]:
    """Speak this person's language inside the block."""
    with speaking(language_of(session, person_id)):
        yield
