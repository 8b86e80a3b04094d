"""Reads about the organisation and its services."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.accounts.duties import Duty
from tracker.errors import NotFound
from tracker.services.models import Organisation, Service, service_deputies


def organisation(session: Session) -> Organisation:
    """The organisation of this installation; `NotFound` before it has been set up."""
    found = session.get(Organisation, 1)
    if found is None:
        raise NotFound("There is no organisation yet. Run `flask setup` to make one.")
    return found


def languages_off(session: Session) -> frozenset[str]:
    """The languages that public pages don't speak here; none before there is an organisation."""
    found = session.get(Organisation, 1)
    return frozenset(found.languages_off) if found else frozenset()


def service_or_404(session: Session, service_id: int) -> Service:
    """The service with this id, or `NotFound`."""
    found = session.get(Service, service_id)
    if found is None:
        raise NotFound("There is no such service. It may have a new address.")
    return found


def active_services(session: Session) -> list[Service]:
    """The services that can ask something, by name."""
    return list(session.scalars(select(Service).where(Service.is_active).order_by(Service.name)))


def ties_of(session: Session, person_id: int) -> dict[str, frozenset[int]]:
    """The services a person owns, deputises for and is escalation contact of, as `Actor` takes them."""
    owns = session.scalars(select(Service.id).where(Service.owner_id == person_id))
    contact = session.scalars(select(Service.id).where(Service.escalation_contact_id == person_id))
    deputises = session.scalars(
        select(service_deputies.c.service_id).where(service_deputies.c.person_id == person_id)
    )
    return {
        "owns": frozenset(owns),
        "deputises": frozenset(deputises),
        "is_contact_of": frozenset(contact),
    }


def all_services(session: Session) -> list[Service]:
    """Every service, closed ones too, by name."""
    return list(session.scalars(select(Service).order_by(Service.name)))


def duties_in_services(
    session: Session,
    people: Sequence[int],
    *,
    now: datetime,  # noqa: ARG001  (what every reader of duties is given)
) -> list[Duty]:
    """What these people answer for as owner, deputy or escalation contact of active services."""
    services = active_services(session)
    wanted = set(people)
    held = [
        *((s.owner_id, "Service owner", s, True) for s in services),
        *((d.id, "Deputy", s, False) for s in services for d in s.deputies),
        *((s.escalation_contact_id, "Escalation contact", s, True) for s in services),
    ]
    return [
        Duty(person_id, role, service.name, orphans)
        for person_id, role, service, orphans in held
        if person_id in wanted and person_id is not None
    ]
