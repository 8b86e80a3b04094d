"""A mail that left, and its coming back."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from tests.factories import NOW
from tracker.accounts.models import Person
from tracker.bounces.models import Bounce
from tracker.bounces.operations import take_report
from tracker.bounces.policy import Report
from tracker.reminders.models import Mail, MailKind, MailState
from tracker.subscriptions.sealing import Seal


def sent_to(session: Session, person: Person | None, **values: Any) -> Mail:
    """A mail to `person` that left an hour before NOW."""
    number = len(list(session.scalars(select(Mail.id)))) + 1
    defaults: dict[str, Any] = {
        "kind": MailKind.NOTICE,
        "notice_key": f"notice/{number}",
        "recipient_id": person.id if person else None,
        "queued_at": NOW - timedelta(hours=2),
        "not_before": NOW - timedelta(hours=2),
        "sent_at": NOW - timedelta(hours=1),
        "state": MailState.SENT,
        "message_id": f"<{number:032x}@example.org>",
        "subject": "3 young people are waiting",
    }
    mail = Mail(**defaults | values)
    session.add(mail)
    session.flush()
    return mail


def came_back(
    session: Session,
    settings: Config,
    mail: Mail,
    recipient: str = "",
    status: str = "5.1.1",
    words: str = "550 nobody here",
    now: datetime = NOW,
) -> bool:
    """Whether a report that `mail` failed is taken."""
    recipient = recipient or mail.person.email.casefold()
    report = Report((mail.message_id,), frozenset({recipient}), status, None, words)
    return take_report(session, report, Seal(settings), now=now)


def bounces(session: Session) -> list[Bounce]:
    session.expire_all()
    return list(session.scalars(select(Bounce).order_by(Bounce.id)))
