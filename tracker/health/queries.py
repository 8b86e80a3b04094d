"""How the engine stands: its last tick, what waits, what failed, what comes next. Never writes.

Numbers about the engine alone: nothing here tells of answers or of who gave them.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.accounts.queries import people_with_role
from tracker.health.policy import is_stalled
from tracker.reminders.models import Beat, Mail, MailState, NextLook
from tracker.reminders.worker.agenda import TICK, is_work_waiting
from tracker.services.queries import organisation


@dataclass(frozen=True)
class Health:
    """The engine at one moment. `next_at`: when something falls due if no fact changes before."""

    last_tick_at: datetime | None
    failures: str  # the parts of the last tick that failed
    looks_due: int
    mails_due: int
    oldest_mail_due: datetime | None
    mails_in_hand: int  # with a worker, or left by one
    mails_retried: int  # waiting for another try
    mails_given_up: int
    next_at: datetime | None
    is_sending: bool
    is_stalled: bool

    @property
    def is_well(self) -> bool:
        return not (self.is_stalled or self.failures)


def health(session: Session, *, now: datetime) -> Health:
    """How the engine stands at `now`. A fixed number of queries, all by index."""
    last = session.get(Beat, TICK, populate_existing=True)
    is_due = (Mail.state == MailState.WAITING) & (Mail.not_before <= now)
    due = session.execute(select(func.count(), func.min(Mail.not_before)).where(is_due)).one()
    retried = (Mail.state == MailState.WAITING) & (Mail.attempts > 0)
    last_tick_at = last.at if last else None
    moments = [
        session.scalar(select(func.min(NextLook.at)).where(NextLook.at > now)),
        session.scalar(
            select(func.min(Mail.not_before)).where(
                Mail.state == MailState.WAITING, Mail.not_before > now
            )
        ),
    ]
    return Health(
        last_tick_at=last_tick_at,
        failures=last.failures if last else "",
        looks_due=_count(session, NextLook.at <= now),
        mails_due=due[0],
        oldest_mail_due=due[1],
        mails_in_hand=_count(session, Mail.state == MailState.SENDING),
        mails_retried=_count(session, retried),
        mails_given_up=_count(session, Mail.state == MailState.FAILED),
        next_at=min((moment for moment in moments if moment is not None), default=None),
        is_sending=organisation(session).is_sending,
        is_stalled=is_stalled(
            last_tick_at, is_anything_due=is_work_waiting(session, now=now), now=now
        ),
    )


def administrators(session: Session) -> list[Person]:
    """Whom to tell that the engine stands still: those whom a mail can reach."""
    people = people_with_role(session, RoleName.ADMINISTRATOR)
    return [person for person in people if person.is_reachable]


def _count(session: Session, which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(which)) or 0
