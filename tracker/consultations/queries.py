"""Reads about consultations."""

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, lazyload

from tracker.consultations.models import Consultation, ConsultationEvent
from tracker.consultations.policy import ConsultationState
from tracker.errors import NotFound
from tracker.services.models import Service


def consultation_or_404(session: Session, consultation_id: int) -> Consultation:
    """The consultation with this id, or `NotFound`."""
    found = session.get(Consultation, consultation_id)
    if found is None:
        raise NotFound("There is no such consultation. It may have been deleted.")
    return found


def events_of(session: Session, consultation_id: int) -> list[ConsultationEvent]:
    """The consultation's history, oldest first."""
    query = (
        select(ConsultationEvent)
        .where(ConsultationEvent.consultation_id == consultation_id)
        .order_by(ConsultationEvent.at, ConsultationEvent.id)
    )
    return list(session.scalars(query))


def consultations_of(
    session: Session, *, service_ids: Collection[int] | None = None, text: str = ""
) -> list[Consultation]:
    """The consultations of these services (None: of all), newest first, that mention `text`."""
    query = select(Consultation).order_by(Consultation.id.desc())
    if service_ids is not None:
        query = query.where(Consultation.service_id.in_(service_ids))
    if text:
        query = query.join(Consultation.service).where(
            or_(
                Consultation.title.icontains(text, autoescape=True),
                Consultation.decision.icontains(text, autoescape=True),
                Service.name.icontains(text, autoescape=True),
            )
        )
    return list(session.scalars(query))


def services_asking(session: Session, service_ids: Collection[int] | None) -> list[Service]:
    """Those of these services (None: of all) that have a consultation, by name; without their people."""
    query = select(Service).where(Service.id.in_(select(Consultation.service_id)))
    query = query.options(lazyload("*"))
    if service_ids is not None:
        query = query.where(Service.id.in_(service_ids))
    return list(session.scalars(query.order_by(Service.name)))


def grouped_by_state(
    consultations: Iterable[Consultation],
) -> dict[ConsultationState, list[Consultation]]:
    """Every state with its consultations: those that end first stand first, drafts newest first."""
    groups: dict[ConsultationState, list[Consultation]] = {state: [] for state in ConsultationState}
    for consultation in consultations:
        groups[consultation.state].append(consultation)
    groups[ConsultationState.OPEN].sort(key=lambda one: one.closes_on or date.max)
    groups[ConsultationState.CLOSED].sort(key=lambda one: one.promise_on or date.max)
    return groups


def slugs_like(session: Session, base: str) -> frozenset[str]:
    """The addresses taken that begin with `base`."""
    query = select(Consultation.slug).where(Consultation.slug.startswith(base, autoescape=True))
    return frozenset(session.scalars(query))
