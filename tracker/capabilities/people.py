"""Reads of who is who: the holder of a link as they stand now, and the circle around a consultation."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from tracker.accounts.models import Person
from tracker.accounts.policy import ALLOWED, Act, RoleName, Tie
from tracker.accounts.queries import people_with_role
from tracker.actions.models import ActionVersion
from tracker.capabilities.policy import Verb, verbs_of
from tracker.consultations.models import Consultation


@dataclass(frozen=True)
class Holder:
    """Who opened the link, for which consultation, and what they may do there now."""

    person: Person
    consultation: Consultation
    verbs: frozenset[Verb]
    may_read: bool  # whether a sign-in would show this person the answers

    def may(self, verb: Verb) -> bool:
        return verb in self.verbs


def find_holder(session: Session, consultation_id: int, person_id: int) -> Holder | None:
    """The holder of a link, as they stand now; None if the person or the consultation is gone."""
    person = session.get(Person, person_id)
    consultation = session.get(Consultation, consultation_id)
    if person is None or consultation is None:
        return None
    held = _held_by(person, consultation)
    verbs = verbs_of(is_active=person.active, held=held)
    may_read = bool(verbs) and not held.isdisjoint(ALLOWED[Act.READ_RESPONSES])
    return Holder(person, consultation, verbs, may_read)


def _held_by(person: Person, consultation: Consultation) -> frozenset[Tie | RoleName]:
    service = consultation.service
    held: set[Tie | RoleName] = set(person.role_names)
    if person.id in (consultation.owner_id, service.owner_id):
        held.add(Tie.OWNER)
    if person in service.deputies:
        held.add(Tie.DEPUTY)
    if person.id == service.escalation_contact_id:
        held.add(Tie.CONTACT)
    return frozenset(held)


def people_told(consultation: Consultation) -> list[Person]:
    """Who is told what will appear on the board: owner, deputies, escalation contact; once each."""
    service = consultation.service
    people = [consultation.owner, service.owner, *service.deputies, service.escalation_contact]
    return people_once(people)


def people_told_of_stop(consultation: Consultation, version: ActionVersion) -> list[Person]:
    """Who is told that an answer was stopped: owner and author, unless they stopped it themselves."""
    told = people_once([consultation.owner, version.recorder])
    return [person for person in told if person.id != version.stopped_by]


def people_to_hand_over_to(consultation: Consultation) -> list[Person]:
    """The service's people who can become its owner: not the escalation contact, who is told of delay."""
    others = (consultation.owner_id, consultation.service.escalation_contact_id)
    return [person for person in people_told(consultation) if person.id not in others]


def people_who_find_an_owner(session: Session, consultation: Consultation) -> list[Person]:
    """Who is asked when somebody outside the service should answer: contact and leads."""
    leads = people_with_role(session, RoleName.PARTICIPATION_LEAD)
    return people_once([consultation.service.escalation_contact, *leads])


def people_once(people: Iterable[Person | None]) -> list[Person]:
    """Those of `people` whom mail can reach, each once."""
    return list({p.id: p for p in people if p is not None and p.is_reachable}.values())
