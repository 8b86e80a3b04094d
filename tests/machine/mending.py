"""What the model makes of a clock that comes back: what was written ahead of time is as if it were now."""

from datetime import datetime, timedelta

from tests.machine.model import A_DAY, Model, start_of
from tests.machine.people import Case, Deed, Mail

NEWEST = 50


def mend(model: Model) -> None:
    """Undo what a clock that ran ahead decided. What was sent stays sent, what was said stays said."""
    ahead = model.now + timedelta(minutes=5)
    written = [r.queued_at for r in model.reminders[-NEWEST:] if r.queued_at]
    written += [mail.queued_at for mail in model.mails[-NEWEST:]]
    written += [model.ticked_at] if model.ticked_at else []
    if max(written, default=ahead) <= ahead:
        return
    _forget(model, ahead)
    for reminder in model.reminders:
        if reminder.queued_at and reminder.queued_at > ahead:
            reminder.queued_at = model.now
    for mail in model.mails:
        _queue_now(mail, model.now, ahead)
    for deed in (deed for each in model.consultations for deed in each.deeds):
        _say_now(model, deed, ahead)
    for case in model.cases:
        if not case.closed and case.opened_at > ahead:
            _begin_now(model, case)
        case.snoozes = [min(until, model.today + timedelta(28)) for until in case.snoozes]


def _queue_now(mail: Mail, now: datetime, ahead: datetime) -> None:
    if mail.queued_at > ahead:
        mail.queued_at = now
    if mail.state == "waiting" and mail.not_before > ahead:
        mail.not_before = now


def _forget(model: Model, ahead: datetime) -> None:
    for reminder in list(model.reminders):
        at = (reminder.queued_at, reminder.decided_at)
        if reminder.state != "sent" and any(moment and moment > ahead for moment in at):
            model.reminders.remove(reminder)
            reminder.case.reminders.remove(reminder)
            if reminder.mail:
                reminder.mail.reminders.remove(reminder)


def _say_now(model: Model, deed: Deed, ahead: datetime) -> None:
    for version in deed.versions:
        if version.waits and version.publishes_at and version.publishes_at > ahead + A_DAY:
            version.publishes_at = model.now + A_DAY
        if version.published_at and version.published_at > ahead:
            version.published_at = model.now
    for denial in deed.denials:
        denial.on = min(denial.on, model.today)


def _begin_now(model: Model, case: Case) -> None:
    closed_at = case.of.closed_at
    if case.kind == "said_no":
        case.opened_at = start_of(model.today)
    elif case.kind == "late_action" or closed_at is None or closed_at <= model.now:
        case.opened_at = model.now
