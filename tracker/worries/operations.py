"""What the safeguarding lead does with a flag, and what that means for the answer.

Stands above responses, which it moves, and safeguarding, which keeps the record. Notes the decision
in the consultation's history as a number, never which answer it was.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.clock import local_date
from tracker.consultations.operations import note_event
from tracker.responses.models import SetAsideReason, SurveyResponse
from tracker.responses.operations import take_back
from tracker.safeguarding.models import Flag, FlagOutcome
from tracker.safeguarding.operations import close_flag, reopen_flag
from tracker.services.queries import organisation
from tracker.verdicts.models import Verdict
from tracker.verdicts.operations import erase_taken_back


def keep_worry(session: Session, flag: Flag, what: str, *, person_id: int, now: datetime) -> None:
    """It is a worry: the answer stays with the safeguarding lead, and nobody has to hear it."""
    close_flag(session, flag, FlagOutcome.WORRY, what, person_id=person_id, now=now)
    response = _response(session, flag)
    if response is None or response.set_aside is not SetAsideReason.HELD:
        return
    response.set_aside = SetAsideReason.SAFEGUARDING
    response.set_aside_on = local_date(now, organisation(session).time_zone)
    response.set_aside_by = person_id
    _note(session, flag, "set_aside", person_id, now)


def release(session: Session, flag: Flag, what: str, *, person_id: int, now: datetime) -> None:
    """It is no worry: the service hears the answer like any other.

    What the respondent has taken back since is erased instead.
    """
    close_flag(session, flag, FlagOutcome.NO_WORRY, what, person_id=person_id, now=now)
    verdict = session.get(Verdict, flag.verdict_id) if flag.verdict_id else None
    if verdict is not None:
        erase_taken_back(session, verdict)
    response = _response(session, flag)
    if response is not None and response.set_aside is not None:
        take_back(session, response, person_id=person_id, now=now, may_read_worries=True)


def reopen(session: Session, flag: Flag, *, person_id: int, now: datetime) -> None:
    """Take a decision back: the answer is held again, if it is still there."""
    if flag.closed_at is None:
        return
    reopen_flag(session, flag, person_id=person_id, now=now)
    response = _response(session, flag)
    if response is None or response.set_aside is not None:
        return
    response.set_aside, response.set_aside_on = SetAsideReason.HELD, response.received_on


def _response(session: Session, flag: Flag) -> SurveyResponse | None:
    held = select(SurveyResponse).where(SurveyResponse.id == flag.response_id).with_for_update()
    return session.scalar(held.execution_options(populate_existing=True))


def _note(session: Session, flag: Flag, kind: str, person_id: int, now: datetime) -> None:
    note_event(
        session, flag.consultation, kind, person_id=person_id, now=now, detail="1: safeguarding"
    )
