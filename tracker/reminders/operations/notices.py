"""Notices: single messages that other features write and the outbox delivers, each exactly once."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.accounts.models import Person
from tracker.db import locked
from tracker.errors import Conflict
from tracker.mail.message import compose, is_address
from tracker.mail.render import RenderedMail
from tracker.reminders.models import Mail, MailKind, MailState, Reminder, ReminderState
from tracker.reminders.policy.mending import BAD_ADDRESS
from tracker.reminders.threads import thread_headers
from tracker.subscriptions.models import Subscription
from tracker.subscriptions.sealing import Seal


class MailNotFailed(Conflict):
    """Only a mail that was given up can be sent again."""


class RecipientUnreachable(Conflict):
    """The person left, or the address is known not to work."""


def queue_notice(
    session: Session,
    *,
    recipient: Person,
    key: str,
    rendered: RenderedMail,
    now: datetime,
    is_urgent: bool = False,
    about: int | None = None,
) -> Mail:
    """Put a message into the outbox, to be sent at any hour. The same `key` (≤ 80 signs) makes one.

    Part of the caller's transaction: what isn't saved isn't announced. What `is_urgent` leaves
    before everything else. `about` is the consultation in whose thread it is read.
    """
    mail = Mail(
        kind=MailKind.NOTICE,
        notice_key=key,
        is_urgent=is_urgent,
        recipient_id=recipient.id,
        queued_at=now,
        not_before=now,
        subject=rendered.subject[:255],
        content=compose(
            rendered,
            key=key,
            date=now,
            headers=thread_headers(recipient.id, [about] if about is not None else []),
        ),
    )
    if not is_address(recipient.email):
        mail.state, mail.last_error = MailState.FAILED, BAD_ADDRESS
    try:
        with session.begin_nested():
            session.add(mail)
    except IntegrityError:
        return session.scalars(select(Mail).where(Mail.notice_key == key)).one()
    return mail


def queue_for_subscriber(
    session: Session,
    subscription: Subscription,
    *,
    key: str,
    rendered: RenderedMail,
    seal: Seal,
    stop_address: str,
    now: datetime,
) -> None:
    """Put a message to a subscriber into the outbox: sealed, and forgotten once it has been sent.

    `stop_address` ends the subscription by one press in the mail program itself (RFC 8058).
    """
    if seal.open(subscription.address_sealed.encode()) is None:
        return  # sealed with a key that isn't known any more: nobody can be written to
    message = compose(
        rendered,
        key=key,
        date=now,
        headers={
            "List-Unsubscribe": f"<{stop_address}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    mail = Mail(
        kind=MailKind.NOTICE,
        notice_key=key,
        subscription_id=subscription.id,
        queued_at=now,
        not_before=now,
        subject=rendered.subject[:255],
        content=seal.close(message),
    )
    session.add(mail)
    session.flush()


def send_again(session: Session, mail: Mail, *, now: datetime) -> None:
    """Take up a mail that was given up. Reminders travel anew, so that they are true when sent."""
    session.execute(locked(select(Mail.id).where(Mail.id == mail.id)))
    session.refresh(mail)
    if mail.state is not MailState.FAILED:
        raise MailNotFailed("This mail isn't one that was given up, so it was left as it is.")
    if mail.recipient is None and mail.subscription_id is None:
        raise RecipientUnreachable("Whoever asked to be told wants no more mails.")
    if mail.recipient is not None and not mail.recipient.is_reachable:
        raise RecipientUnreachable(
            f"Mail can't reach {mail.recipient.name}. Correct the address under People first."
        )
    if mail.recipient is not None and not is_address(mail.recipient.email):
        raise RecipientUnreachable(
            f"“{mail.recipient.email}” is no address. Correct it under People first."
        )
    if mail.kind is MailKind.NOTICE:
        mail.state, mail.not_before = MailState.WAITING, now
        mail.attempts = mail.lapses = 0
        mail.last_error, mail.claimed_until = "", None
        if mail.recipient_id is not None:
            mail.message_id = ""  # so that it is addressed anew
        return
    mail.state, mail.last_error = MailState.CANCELLED, "It was sent again as a new mail."
    for reminder in session.scalars(select(Reminder).where(Reminder.mail_id == mail.id)):
        reminder.state, reminder.reason = ReminderState.WAITING, ""
        reminder.mail_id, reminder.decided_at = None, None
