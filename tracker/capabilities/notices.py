"""The notices that follow what was done through a link: who is told, and in which words.

A notice carries theme statements and the service's own words, never a child's. Its key makes it go
out once; queueing is part of the writing transaction, so nothing is announced that wasn't saved.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from tracker.accounts.models import Person
from tracker.actions.models import ActionVersion
from tracker.actions.policy import REASON_LABELS
from tracker.capabilities.boxes import SAID
from tracker.capabilities.models import SentForm
from tracker.capabilities.people import (
    Holder,
    people_once,
    people_told,
    people_told_of_stop,
    people_who_find_an_owner,
)
from tracker.capabilities.policy import UNDO_FOR, moment_words
from tracker.capabilities.queries import had_fresh_link
from tracker.channels.queries import speaking_to
from tracker.clock import local_date
from tracker.consultations.models import Consultation
from tracker.db import locked
from tracker.mail.render import render_mail
from tracker.reminders.links import expiry, make_link
from tracker.reminders.operations import queue_notice
from tracker.services.queries import organisation


def link_for(
    session: Session,
    settings: Config,
    person: Person,
    consultation: Consultation,
    *,
    now: datetime,
) -> str:
    """A link of the person's own, counted from today. Everyone who is told gets their own."""
    today = local_date(now, organisation(session).time_zone)
    return make_link(settings, consultation.id, person.id, expires_on=expiry(today))


def tell_held(
    session: Session,
    settings: Config,
    holder: Holder,
    versions: Sequence[ActionVersion],
    *,
    now: datetime,
) -> None:
    """Tell owner, deputies and escalation contact what goes on the board, and when. One mail each."""
    for person in people_told(holder.consultation):
        link = link_for(session, settings, person, holder.consultation, now=now)
        answers = [
            {
                "version": version,
                "label": SAID[version.outcome],
                "reason": REASON_LABELS[version.reason_code] if version.reason_code else "",
                "link": f"{link}/pending/{version.id}",
            }
            for version in versions
        ]
        key = f"pending/{versions[0].id}/{person.id}"
        at = versions[0].publishes_at
        _tell(session, holder, person, key, "pending", now=now, answers=answers, at=at)


def tell_stopped(
    session: Session, settings: Config, holder: Holder, version: ActionVersion, *, now: datetime
) -> None:
    """Tell the owner and the author that an answer won't go on the board, and who stopped it."""
    for person in people_told_of_stop(holder.consultation, version):
        key = f"stopped/{version.id}/{person.id}"
        link = link_for(session, settings, person, holder.consultation, now=now)
        label = SAID[version.outcome]
        words = {"version": version, "label": label, "link": link}
        _tell(session, holder, person, key, "stopped", now=now, **words)


def tell_handed_over(
    session: Session, settings: Config, holder: Holder, form: SentForm, *, now: datetime
) -> None:
    """Tell the new owner that it is theirs now, and the former one (unless they gave it) that it isn't."""
    to, former = form.new_owner, form.former_owner
    assert to is not None  # noqa: S101  (the form handed it over to somebody)
    link = link_for(session, settings, to, holder.consultation, now=now)
    _tell(session, holder, to, f"handed/{form.id}", "handed_over", now=now, link=link)
    if former is None or former.id == holder.person.id or not former.is_reachable:
        return
    until = form.sent_at + UNDO_FOR
    _tell(
        session,
        holder,
        former,
        f"away/{form.id}",
        "handed_away",
        now=now,
        successor=to,
        until=until,
    )


def confirm(
    session: Session, settings: Config, holder: Holder, form: SentForm, *, now: datetime
) -> None:
    """Tell the holder what was saved under their name, and how it is taken back."""
    person = holder.person
    if not person.is_reachable:
        return
    link = f"{link_for(session, settings, person, holder.consultation, now=now)}/done/{form.id}"
    words = {"form": form, "until": form.sent_at + UNDO_FOR, "link": link}
    _tell(session, holder, person, f"saved/{form.id}", "confirmed", now=now, **words)


def tell_taken_back(session: Session, holder: Holder, form: SentForm, *, now: datetime) -> None:
    """Tell everybody again who was told of a hand-over or a request. Of a pause its own writes tell."""
    consultation = holder.consultation
    if form.snooze is not None:
        return
    told = people_once([form.new_owner, form.former_owner])
    if form.new_owner is None:
        told = people_who_find_an_owner(session, consultation)
    owner = consultation.owner.name if consultation.owner else ""
    for person in told:
        if person.id == holder.person.id:
            continue
        key = f"back/{form.id}/{person.id}"
        _tell(session, holder, person, key, "taken_back", now=now, form=form, owner=owner)


def tell_who_should_answer(
    session: Session, settings: Config, holder: Holder, words: str, form_id: str, *, now: datetime
) -> None:
    """Pass on who else should answer, to those who can make somebody the owner."""
    for person in people_who_find_an_owner(session, holder.consultation):
        key = f"somebody/{form_id}/{person.id}"
        link = link_for(session, settings, person, holder.consultation, now=now)
        _tell(session, holder, person, key, "somebody_else", now=now, words=words, link=link)


def send_fresh_link(session: Session, settings: Config, holder: Holder, *, now: datetime) -> bool:
    """Send the holder a fresh link; False if one is on its way, or they could use none."""
    person = holder.person
    # Two at once follow each other, so the second sees the first one's mail.
    session.execute(locked(select(Person.id).where(Person.id == person.id)))
    if not holder.verbs or not person.is_reachable or had_fresh_link(session, person.id, now=now):
        return False
    key = f"link/{person.id}/{now:%Y%m%dT%H%M%S}"
    link = link_for(session, settings, person, holder.consultation, now=now)
    _tell(session, holder, person, key, "fresh_link", now=now, link=link)
    return True


def _tell(
    session: Session,
    holder: Holder,
    to: Person,
    key: str,
    name: str,
    *,
    now: datetime,
    **words: Any,
) -> None:
    """Queue the mail of this name, in the language of whom it goes to; the holder did what it tells."""
    zone, consultation = organisation(session).time_zone, holder.consultation
    with speaking_to(session, to.id):
        rendered = render_mail(
            name,
            person=to,
            by=holder.person,
            consultation=consultation,
            when=lambda moment: moment_words(moment, now, zone),
            **words,
        )
    about = consultation.id
    queue_notice(session, recipient=to, key=key, rendered=rendered, now=now, about=about)
