"""Changing how reminders reach a person. Whatever is chosen, what can't wait comes by mail at once."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from config import Config
from tracker.accounts.models import Person
from tracker.channels import operations
from tracker.channels.links import make_reach_link
from tracker.channels.policy import WEEKDAYS, Choice
from tracker.channels.queries import choice_of, preference_of, speaking_to
from tracker.clock import local_date
from tracker.languages import gettext as _
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
    before = choice_of(session, person.id)
    if not set_reach(session, person, choice, now=now):
        return False
    is_language = replace(before, language=choice.language) == choice
    _tell(session, settings, person, now, is_language=is_language)
    return True


def press_unsubscribe(session: Session, settings: Config, person: Person, *, now: datetime) -> bool:
    """One press in a mail program (RFC 8058): the weekly digest. Pressed again it changes nothing."""
    if not operations.move_to_weekly(session, person.id, now=now):
        return False
    plan_anew(session, person.id, now=now)
    _tell(session, settings, person, now)
    return True


def _tell(
    session: Session, settings: Config, person: Person, now: datetime, *, is_language: bool = False
) -> None:
    """Say what was changed. `is_language`: nothing but the language of our mails."""
    kept, own = preference_of(session, person.id), organisation(session)
    assert kept is not None  # noqa: S101  (it was changed a moment ago)
    today = local_date(now, own.time_zone)
    with speaking_to(session, person.id):
        rendered = render_mail(
            "reach_changed",
            choice=kept.choice,
            weekday=_(WEEKDAYS[kept.weekday]),
            is_language=is_language,
            reach_address=make_reach_link(settings, person.id, today=today),
            organisation=own.name,
        )
    key = f"reach/{person.id}/{kept.changes}"
    queue_notice(session, recipient=person, key=key, rendered=rendered, now=now)
