"""Snoozing a case: a pause with a reason, which the escalation contact is told of."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from tracker.accounts.models import Person
from tracker.channels.queries import speaking_to
from tracker.clock import day_in_words, local_date
from tracker.consultations.operations import lock_consultation, note_event
from tracker.errors import Conflict, LoopkeeperError
from tracker.mail.render import render_mail
from tracker.reminders.briefing import briefings
from tracker.reminders.cadences import cadences
from tracker.reminders.models import Case, Snooze
from tracker.reminders.operations.notices import queue_notice
from tracker.reminders.policy import Cadence, can_hold, times_in_words
from tracker.services.queries import organisation


class SnoozeRefused(LoopkeeperError):
    """The reason or the date won't do; the message says what would."""


class SnoozeTooLate(Conflict):
    """The case can't be snoozed (any more)."""


def snooze(
    session: Session,
    case: Case,
    until_on: date,
    reason: str,
    *,
    person_id: int,
    now: datetime,
) -> Snooze:
    """Hold the steps before the escalations until `until_on`. Raises `SnoozeRefused` or `SnoozeTooLate`."""
    lock_consultation(session, case.consultation)
    session.refresh(case)
    cadence = cadences(session).of(case.consultation.service_id)
    _refuse_late(session, case, cadence, now)
    today = local_date(now, organisation(session).time_zone)
    reason = reason.replace("\0", "").strip()
    _refuse_bad(until_on, reason, today, cadence.snooze_days)
    pause = Snooze(until_on=until_on, reason=reason, at=now, person_id=person_id)
    case.snoozes.append(pause)
    detail = f"until {day_in_words(until_on)}"
    note_event(session, case.consultation, "snoozed", person_id=person_id, now=now, detail=detail)
    _tell_contact(session, case, pause, "snoozed", now)
    return pause


def take_back_snooze(session: Session, pause: Snooze, *, person_id: int, now: datetime) -> bool:
    """Let the steps fall on their own days again, and tell the contact so; False if they do already.

    The caller holds the consultation.
    """
    session.refresh(pause)
    if pause.taken_back_at is not None:
        return False
    case = session.get_one(Case, pause.case_id)
    pause.taken_back_at = now
    detail = f"until {day_in_words(pause.until_on)}"
    note_event(
        session,
        case.consultation,
        "snooze_taken_back",
        person_id=person_id,
        now=now,
        detail=detail,
    )
    _tell_contact(session, case, pause, "snooze_taken_back", now)
    return True


def _refuse_late(session: Session, case: Case, cadence: Cadence, now: datetime) -> None:
    if case.closed_at is not None:
        raise SnoozeTooLate("There is nothing to wait for: this is settled already.")
    if not cadence.can_snooze(case.kind):
        raise SnoozeTooLate("This can't be put off. It needs somebody to look after it.")
    if not cadence.snoozes_per_case:
        raise SnoozeTooLate("Reminders can't be put off here.")
    if len(case.pauses) >= cadence.snoozes_per_case:
        often = times_in_words(cadence.snoozes_per_case)
        raise SnoozeTooLate(f"It was put off {often} already, and that is as often as it can be.")
    known = briefings(session, [case], now=now).get(case.id)
    if known is not None and not can_hold(known.steps, known.records):
        raise SnoozeTooLate("This can't be put off any more: the steps still to come don't wait.")


def _refuse_bad(until_on: date, reason: str, today: date, days: int) -> None:
    latest = today + timedelta(days=days)
    if not today < until_on <= latest:
        raise SnoozeRefused(
            f"Choose a day from {day_in_words(today + timedelta(days=1))} "
            f"to {day_in_words(latest)}."
        )
    if not reason:
        raise SnoozeRefused("Say why it has to wait. The escalation contact reads it.")
    if len(reason) > 500:
        raise SnoozeRefused("Say why in 500 characters or fewer.")


def _tell_contact(
    session: Session, case: Case, pause: Snooze, template: str, now: datetime
) -> None:
    contact = case.consultation.service.escalation_contact
    if contact is None or not contact.is_reachable or contact.id == pause.person_id:
        return
    asker = session.get_one(Person, pause.person_id)
    with speaking_to(session, contact.id):
        rendered = render_mail(
            template, person=contact, asker=asker, consultation=case.consultation, pause=pause
        )
    key = f"{template}/{pause.id}/{contact.id}"
    about = case.consultation_id
    queue_notice(session, recipient=contact, key=key, rendered=rendered, now=now, about=about)
