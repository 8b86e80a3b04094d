"""Reads about subscriptions: what is published about their consultations, and who waits to be told."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.actions.models import Action, ActionVersion
from tracker.clock import local_date
from tracker.consultations.models import Consultation
from tracker.errors import NotFound
from tracker.subscriptions.models import Subscription, Told
from tracker.subscriptions.policy import Published


def subscription_of(session: Session, subscription_id: UUID | None) -> Subscription | None:
    """The subscription, unless it has been ended or deleted."""
    return session.get(Subscription, subscription_id) if subscription_id else None


def open_to_subscribers(session: Session, slug: str) -> Consultation:
    """The public consultation at this address, or `NotFound`."""
    query = select(Consultation).where(
        Consultation.slug == slug, Consultation.opened_at.is_not(None)
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound("There is nothing on the board at this address. It may have moved.")
    return found


def asked_today(session: Session, hashes: Collection[str], today: date) -> int:
    """How often this address was asked to confirm today, whatever for."""
    query = select(func.count()).where(
        Subscription.address_hash.in_(hashes), Subscription.asked_on == today
    )
    return session.scalar(query) or 0


def told_until(session: Session, consultation_ids: Sequence[int]) -> dict[int, datetime]:
    """Until when everybody who subscribed knows what was published, by consultation id. One query.

    Consultations that nobody subscribed to are left out.
    """
    query = (
        select(Subscription.consultation_id, func.min(Subscription.told_until))
        .where(
            Subscription.consultation_id.in_(consultation_ids),
            Subscription.confirmed_on.is_not(None),
        )
        .group_by(Subscription.consultation_id)
    )
    return {row[0]: row[1] for row in session.execute(query) if row[1] is not None}


def unwritten(session: Session, limit: int) -> list[Subscription]:
    """Subscriptions whose request to confirm hasn't been written yet, held for this transaction."""
    query = (
        select(Subscription)
        .where(
            Subscription.confirmed_on.is_(None),
            Subscription.written_times < Subscription.asked_times,
        )
        .order_by(Subscription.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def consultations_subscribed_to(session: Session) -> list[Consultation]:
    """Every consultation that somebody has confirmed to be told about."""
    subscribed = select(Subscription.consultation_id).where(Subscription.confirmed_on.is_not(None))
    query = select(Consultation).where(Consultation.id.in_(subscribed)).order_by(Consultation.id)
    return list(session.scalars(query).unique())


def subscribers(session: Session, consultation_id: int) -> list[Subscription]:
    """Who confirmed to be told about it, held until the end of the transaction."""
    query = (
        select(Subscription)
        .where(
            Subscription.consultation_id == consultation_id,
            Subscription.confirmed_on.is_not(None),
        )
        .order_by(Subscription.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def told_to(session: Session, consultation_id: int) -> dict[UUID, set[str]]:
    """The keys of what each subscriber of a consultation was told."""
    query = (
        select(Told.subscription_id, Told.event_key)
        .join(Subscription, Subscription.id == Told.subscription_id)
        .where(Subscription.consultation_id == consultation_id)
    )
    found: dict[UUID, set[str]] = {}
    for subscription_id, key in session.execute(query):
        found.setdefault(subscription_id, set()).add(key)
    return found


def published_about(session: Session, consultation_id: int, zone: str) -> list[Published]:
    """Every published version of the consultation's actions, oldest first."""
    query = (
        select(ActionVersion)
        .join(Action, Action.id == ActionVersion.action_id)
        .where(Action.consultation_id == consultation_id, ActionVersion.published_at.is_not(None))
        .order_by(ActionVersion.action_id, ActionVersion.number)
    )
    versions = list(session.scalars(query))
    newest = {version.action_id: version.number for version in versions}
    return [
        Published(
            action_id=version.action_id,
            outcome=version.outcome,
            dated=version.changed_on or version.due_on,
            text=version.text,
            published_at=version.published_at,
            published_on=local_date(version.published_at, zone),
            is_newest=newest[version.action_id] == version.number,
        )
        for version in versions
        if version.published_at is not None
    ]
