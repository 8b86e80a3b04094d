"""Writes of subscriptions: ask, confirm, end, delete. They send nothing: the outbox's worker does.

What a visitor learns is the same whether an address was known or not.
"""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.clock import local_date, local_moment
from tracker.consultations.models import Consultation
from tracker.services.queries import organisation
from tracker.subscriptions.models import Subscription
from tracker.subscriptions.policy import CONFIRM_DAYS, KEPT_DAYS, MOST_A_DAY
from tracker.subscriptions.queries import asked_today
from tracker.subscriptions.sealing import Seal


def subscribe(
    session: Session,
    consultation: Consultation,
    address: str,
    language: str,
    seal: Seal,
    *,
    now: datetime,
) -> None:
    """Ask an address whether it wants to be told. Nothing more is sent to it until it confirms.

    One request a day for each consultation and `MOST_A_DAY` in all, so that nobody's mailbox can
    be filled from here. Whoever has confirmed gets none.
    """
    today = local_date(now, organisation(session).time_zone)
    hashes = seal.hashes(address)
    known = session.scalar(
        select(Subscription).where(
            Subscription.consultation_id == consultation.id, Subscription.address_hash.in_(hashes)
        )
    )
    if known is not None and (known.confirmed_on is not None or known.asked_on == today):
        return
    if asked_today(session, hashes, today) >= MOST_A_DAY:
        return
    if known is not None:
        known.asked_on, known.language = today, language
        known.asked_times += 1
        session.flush()
        return
    fresh = Subscription(
        consultation_id=consultation.id,
        address_hash=hashes[0],
        address_sealed=seal.close(address.encode()).decode(),
        language=language,
        asked_on=today,
    )
    try:
        with session.begin_nested():
            session.add(fresh)
    except IntegrityError:
        return  # a double tap: the other one asks


def confirm(session: Session, subscription: Subscription, *, now: datetime) -> None:
    """From now on this address is told what is published. Doing it again changes nothing."""
    query = select(Subscription).where(Subscription.id == subscription.id).with_for_update()
    session.scalars(query.execution_options(populate_existing=True)).one()
    if subscription.confirmed_on is not None:
        return
    zone = organisation(session).time_zone
    subscription.confirmed_on = local_date(now, zone)
    # The beginning of the day: the time itself would tell when a young person read their mail.
    subscription.told_until = local_moment(subscription.confirmed_on, time(0), zone)
    session.flush()


def end_subscription(session: Session, subscription_id: UUID) -> None:
    """Delete the address and all that hangs on it. Nothing is sent to it after this."""
    session.execute(
        delete(Subscription).where(Subscription.id == subscription_id),
        execution_options={"synchronize_session": False},
    )


def mark_closed_loops(session: Session, closed: Collection[int], *, now: datetime) -> None:
    """Note since when the loops of subscribers are closed; one that came open again counts anew.

    `closed` are the ids of consultations whose loop is closed at `now`.
    """
    today = local_date(now, organisation(session).time_zone)
    for subscription in session.scalars(
        select(Subscription).where(
            or_(
                Subscription.loop_closed_on.is_not(None),
                Subscription.consultation_id.in_(closed),
            )
        )
    ):
        if subscription.consultation_id not in closed:
            subscription.loop_closed_on = None
        elif subscription.loop_closed_on is None:
            subscription.loop_closed_on = today
    session.flush()


def delete_old(session: Session, *, now: datetime) -> int:
    """Delete addresses that were never confirmed, and those whose loop is closed long enough."""
    today = local_date(now, organisation(session).time_zone)
    statement = delete(Subscription).where(
        or_(
            Subscription.confirmed_on.is_(None)
            & (Subscription.asked_on < today - timedelta(days=CONFIRM_DAYS)),
            Subscription.loop_closed_on < today - timedelta(days=KEPT_DAYS),
        )
    )
    outcome = session.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(outcome, CursorResult)  # noqa: S101  (what a DELETE gives)
    return outcome.rowcount
