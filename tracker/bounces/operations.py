"""Writes about bounces: take one, settle an address, forget old ones, keep the place in the mailbox.

A report counts only for a mail of ours that left, by its Message-ID, which nobody but its recipient
can know, and only for the address that its recipient has now: nobody can silence an owner with a
made-up one. Whoever is marked isn't silenced either: their open work becomes an `orphan` case, of
which deputies and escalation contact are told. Taking a report again changes nothing. Deletes no
mail and sends none.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from tracker.accounts.models import Person
from tracker.bounces.models import Bounce, BounceMailbox
from tracker.bounces.policy import (
    KEPT,
    KIND_LABELS,
    BounceKind,
    Report,
    is_given_up,
    is_timely,
    kind_of,
)
from tracker.bounces.queries import (
    bounce_of,
    bounced_mails_of_subscription,
    bounced_mails_to,
    last_settled,
    mail_that_left,
    unsettled_days,
)
from tracker.clock import local_date
from tracker.db import insert_new, locked
from tracker.reminders.models import Mail, Reminder, ReminderState
from tracker.services.queries import organisation
from tracker.subscriptions.models import Subscription
from tracker.subscriptions.operations import end_subscription
from tracker.subscriptions.sealing import Seal

LOOK_EVERY = timedelta(minutes=5)


def take_report(session: Session, report: Report, seal: Seal, *, now: datetime) -> bool:
    """Note that a mail came back, and give the address up if it is dead. False if it isn't ours."""
    mail = mail_that_left(session, report.message_ids)
    if mail is None or not is_timely(mail.sent_at, now):
        return False
    kind = kind_of(report.status, report.code, report.words)
    if mail.recipient_id is not None:
        return _from_person(session, mail, report, kind, now)
    return _from_subscriber(session, mail, report, kind, seal, now)


def _from_person(
    session: Session, mail: Mail, report: Report, kind: BounceKind, now: datetime
) -> bool:
    # Two bounces at once wait here for one another, so that each is counted.
    query = locked(select(Person).where(Person.id == mail.recipient_id))
    person = session.scalars(query.execution_options(populate_existing=True)).one()
    if person.email.casefold() not in report.recipients:
        return False  # another address, or the one that the person had before
    settled = last_settled(session, person)
    is_old_news = settled is not None and mail.sent_at is not None and mail.sent_at <= settled
    bounce = Bounce(person_id=person.id, address=person.email, words=report.words)
    bounce.settled_at = settled if is_old_news else None
    if not _keep(session, mail, bounce, kind, now):
        return False
    _explain(session, mail, f"It came back. {KIND_LABELS[kind]}.", report.words)
    if _is_dead(session, bounced_mails_to(session, person), now):
        person.is_bounced = True
    session.flush()
    return True


def _from_subscriber(
    session: Session, mail: Mail, report: Report, kind: BounceKind, seal: Seal, now: datetime
) -> bool:
    query = select(Subscription).where(Subscription.id == mail.subscription_id).with_for_update()
    subscription = session.scalar(query)
    if subscription is None:
        return False
    names = {each for recipient in report.recipients for each in seal.hashes(recipient)}
    if subscription.address_hash not in names or not _keep(session, mail, Bounce(), kind, now):
        return False
    if _is_dead(session, bounced_mails_of_subscription(session, mail), now):
        end_subscription(session, subscription.id)
    return True


def _keep(session: Session, mail: Mail, bounce: Bounce, kind: BounceKind, now: datetime) -> bool:
    """Note it, unless it is known already. What turns out worse than it seemed is corrected."""
    known = bounce_of(session, mail.id)
    if known is None:
        bounce.mail_id, bounce.kind, bounce.at = mail.id, kind, now
        session.add(bounce)
    elif kind is BounceKind.GONE and known.kind is not BounceKind.GONE:
        known.kind, known.words = kind, bounce.words
    else:
        return False
    session.flush()
    return True


def _is_dead(session: Session, mails: list[int], now: datetime) -> bool:
    zone = organisation(session).time_zone
    return is_given_up(unsettled_days(session, mails, zone), local_date(now, zone))


def _explain(session: Session, mail: Mail, why: str, words: str) -> None:
    """Say it in the outbox, and on the timelines of what was reminded of in this mail."""
    mail.last_error = f"{why} {words}".strip()
    session.execute(
        update(Reminder)
        .where(Reminder.mail_id == mail.id, Reminder.state == ReminderState.SENT)
        .values(reason=why)
        .execution_options(synchronize_session=False)
    )


def settle_address(session: Session, person: Person, *, now: datetime) -> None:
    """Somebody made sure that the address works: write to it again, and forget what came back."""
    person.is_bounced = False
    session.execute(
        update(Bounce)
        .where(Bounce.person_id == person.id, Bounce.settled_at.is_(None))
        .values(settled_at=now)
        .execution_options(synchronize_session=False)
    )
    session.flush()


def forget_old(session: Session, *, now: datetime) -> int:
    """Delete what came back longer ago than it is kept; how many."""
    outcome = session.execute(
        delete(Bounce).where(Bounce.at < now - KEPT),
        execution_options={"synchronize_session": False},
    )
    assert isinstance(outcome, CursorResult)  # noqa: S101  (what a DELETE gives)
    return outcome.rowcount


@dataclass(frozen=True)
class Place:
    """Up to where a mailbox has been read: the last UID under a UIDVALIDITY; zeros for nowhere."""

    uid_validity: int
    last_uid: int


def begin_look(session: Session, mailbox: str, *, now: datetime) -> Place | None:
    """Take the turn to look into `mailbox`, if nobody did within the last minutes; where to go on.

    The caller commits at once: the turn is then taken for all workers, and passes when it is over,
    whatever becomes of this one.
    """
    first = {"id": 1, "place": mailbox, "uid_validity": 0, "last_uid": 0, "trouble": ""}
    session.execute(insert_new(session.get_bind(), BounceMailbox), [first | {"next_look_at": now}])
    known = session.scalars(
        select(BounceMailbox).with_for_update().execution_options(populate_existing=True)
    ).one()
    # A clock that was set back must not stop the looking until it has caught up.
    is_early = now < known.next_look_at <= now + LOOK_EVERY
    if is_early:
        return None
    known.next_look_at = now + LOOK_EVERY
    if known.place != mailbox:
        known.place, known.uid_validity, known.last_uid = mailbox, 0, 0
    session.flush()
    return Place(known.uid_validity, known.last_uid)


def note_read(session: Session, place: Place) -> None:
    """All up to `place` has been taken. Another worker that got further is not set back."""
    known = session.get_one(BounceMailbox, 1, with_for_update=True, populate_existing=True)
    if known.uid_validity != place.uid_validity:
        known.uid_validity, known.last_uid = place.uid_validity, place.last_uid
    known.last_uid = max(known.last_uid, place.last_uid)
    session.flush()


def end_look(session: Session, trouble: str, *, now: datetime) -> None:
    """How the look ended: "" if the mailbox could be read."""
    known = session.get_one(BounceMailbox, 1)
    known.trouble = trouble
    if not trouble:
        known.read_at = now
    session.flush()
