"""Changing how reminders reach a person. Whatever is chosen, what can't wait comes by mail at once."""

from datetime import datetime

from sqlalchemy.orm import Session

from config import Config
from tracker.accounts.models import Person
from tracker.channels import operations
from tracker.channels.links import make_reach_link
from tracker.channels.policy import Choice, weekday_in_words
from tracker.channels.queries import preference_of
from tracker.clock import local_date
from tracker.mail.render import render_mail
from tracker.reminders.operations import plan_anew, queue_notice
from tracker.services.queries import organisation


def set_reach(
    session: Session,
    person: Person,
    choice: Choice,
    *,
    now: datetime,
    address_sealed: str | None = None,
) -> bool:
    """Keep what a person chose, also for what waits already; whether that changes anything."""
    if not operations.choose(session, person.id, choice, now=now, address_sealed=address_sealed):
        return False
    plan_anew(session, person.id, now=now)
    return True


def set_reach_by_link(
    session: Session, settings: Config, person: Person, choice: Choice, *, now: datetime
) -> bool:
    """The same with nobody signed in: the person is told of it by mail, with the way back."""
    if not set_reach(session, person, choice, now=now):
        return False
    _tell(session, settings, person, now)
    return True


def press_unsubscribe(session: Session, settings: Config, person: Person, *, now: datetime) -> bool:
    """One press in a mail program (RFC 8058): the weekly digest. Pressed again it changes nothing."""
    if not operations.move_to_weekly(session, person.id, now=now):
        return False
    plan_anew(session, person.id, now=now)
    _tell(session, settings, person, now)
    return True


def _tell(session: Session, settings: Config, person: Person, now: datetime) -> None:
    kept, own = preference_of(session, person.id), organisation(session)
    assert kept is not None  # noqa: S101  (it was changed a moment ago)
    today = local_date(now, own.time_zone)
    rendered = render_mail(
        "reach_changed",
        choice=kept.choice,
        weekday=weekday_in_words(kept.weekday),
        reach_address=make_reach_link(settings, person.id, today=today),
        organisation=own.name,
    )
    key = f"reach/{person.id}/{kept.changes}"
    queue_notice(session, recipient=person, key=key, rendered=rendered, now=now)
