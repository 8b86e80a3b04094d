"""The model's pause of a case: with a day, at most so long and so often, and only what may wait."""

from datetime import date, timedelta

from tests.machine.clockwork import unsettled
from tests.machine.model import Model
from tests.machine.people import Case, Mail, Person


def pause(model: Model, case: Case, until: date, by: Person) -> bool:
    """Whether the pause is granted; the escalation contact is told of it."""
    consultation = case.of
    cadence = model.cadence(consultation.service)
    if case.closed or len(case.snoozes) >= cadence.snoozes:
        return False
    if not any(step.line.waits for step in unsettled(model, case)):
        return False
    if not model.today < until <= model.today + timedelta(cadence.snooze_days):
        return False
    case.snoozes.append(until)
    consultation.acts.append((model.now, by))
    contact = consultation.service.contact
    if contact.is_reachable and contact is not by:
        model.mails.append(Mail(len(model.mails), contact, model.now, model.now, is_notice=True))
    return True
