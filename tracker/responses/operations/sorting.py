"""Responses set aside, and taken back."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.clock import local_date
from tracker.consultations.models import Consultation
from tracker.consultations.operations import note_event
from tracker.errors import NotAllowed
from tracker.responses.models import SetAsideReason, SurveyResponse
from tracker.responses.operations.changing import erase
from tracker.responses.operations.watching import tell_safeguarding
from tracker.services.queries import organisation


def set_aside(
    session: Session,
    response: SurveyResponse,
    reason: SetAsideReason,
    *,
    person_id: int,
    now: datetime,
) -> None:
    """Set one response aside, so that nobody has to code it. See `set_aside_all`."""
    set_aside_all(session, response.consultation, [response], reason, person_id=person_id, now=now)


def set_aside_all(
    session: Session,
    consultation: Consultation,
    responses: Iterable[SurveyResponse],
    reason: SetAsideReason,
    *,
    person_id: int,
    now: datetime,
) -> int:
    """Set responses of one consultation aside; returns how many were not set aside before.

    From `safeguarding` on, only the safeguarding lead reads the words (the queries see to it).
    """
    today = local_date(now, organisation(session).time_zone)
    fresh = [response for response in responses if response.set_aside is None]
    for response in fresh:
        response.set_aside = reason
        response.set_aside_on = today
        response.set_aside_by = person_id
    if reason is SetAsideReason.SAFEGUARDING:
        for response in fresh:
            tell_safeguarding(session, response, person_id=person_id, now=now)
    if fresh:
        detail = f"{len(fresh)}: {reason.value}"
        note_event(session, consultation, "set_aside", person_id=person_id, now=now, detail=detail)
    return len(fresh)


def take_back(
    session: Session,
    response: SurveyResponse,
    *,
    person_id: int,
    now: datetime,
    may_read_worries: bool = False,
) -> bool:
    """Undo setting aside; False if it wasn't set aside.

    What is set aside as a safeguarding worry comes back only through somebody who
    `may_read_worries`; anybody else gets `NotAllowed`. If the respondent has taken it back since,
    its words are erased instead.
    """
    if response.set_aside is None:
        return False
    if response.set_aside is SetAsideReason.WITHDRAWN:
        raise NotAllowed("The young person took this answer back. Its words are erased.")
    if response.set_aside.is_with_lead and not may_read_worries:
        raise NotAllowed("This answer is with the safeguarding lead. Only they can give it back.")
    if response.withdrawn_on is not None:  # it was kept for the safeguarding lead alone
        today = local_date(now, organisation(session).time_zone)
        erase(session, response, today=today)
        return True
    response.set_aside = None
    response.set_aside_on = None
    response.set_aside_by = None
    note_event(session, response.consultation, "taken_back", person_id=person_id, now=now)
    return True
