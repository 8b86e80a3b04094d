"""What holds four words may do to its answer: take it back, or change it while others still answer.

Whoever has the words has the answer: nothing else is asked. Only days are kept, and the history says
that it happened, never to which answer. What staff did with the answer (codings) goes with it.
"""

from collections.abc import Mapping
from datetime import date, datetime, time

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.clock import local_date, local_moment
from tracker.consultations.operations import note_event
from tracker.errors import Conflict
from tracker.languages import gettext as _
from tracker.responses.models import SurveyResponse
from tracker.responses.operations import (
    NothingAnswered,
    SurveyClosed,
    erase,
    hold_if_worrying,
    keep_for_safeguarding,
    replace_answers,
    succeed,
)
from tracker.responses.policy import accepts
from tracker.services.queries import organisation
from tracker.surveys.question_types import AnswerValue
from tracker.themes.models import Coding
from tracker.verdicts.operations import take_back_verdicts


class NotYoursToChange(Conflict):
    """The answer was set aside by a person, so other words can't be put in it."""


def withdraw_answer(session: Session, response: SurveyResponse, *, now: datetime) -> bool:
    """Take an answer back: its words, its themes, its verdicts and its receipt are gone.

    Returns whether everything is erased at once. False where the safeguarding lead keeps the words
    until they have looked after them; nobody else sees them meanwhile.
    """
    _hold(session, response)
    today = _today(session, now)
    _forget_what_hangs_on(session, response)
    is_kept = response.set_aside is not None and response.set_aside.is_with_lead
    if is_kept:
        keep_for_safeguarding(session, response, today=today)
    else:
        erase(session, response, today=today)
    _note(session, response, "answer_withdrawn", today)
    return not is_kept


def correct_answer(
    session: Session,
    response: SurveyResponse,
    values: Mapping[str, AnswerValue],
    *,
    now: datetime,
) -> SurveyResponse:
    """Put other answers in the place of those that were sent; the same four words open them.

    Staff have to hear it again, and the wording is looked at as that of a new answer. The same
    answers once more change nothing, so that a form that is sent twice undoes no work. `values` are
    answers by question key, already read and checked.
    Raises `SurveyClosed`, `NothingAnswered` and `NotYoursToChange`.
    """
    _hold(session, response)
    consultation = response.consultation
    if not accepts(consultation.state, consultation.closed_at, now):
        raise SurveyClosed
    if not values:
        raise NothingAnswered
    today = _today(session, now)
    is_kept = response.set_aside is not None and response.set_aside.is_with_lead
    if response.set_aside is not None and not is_kept:
        raise NotYoursToChange(_("This answer can’t be changed any more. You can answer again."))
    if _values_of(response) == values:
        return response
    _forget_what_hangs_on(session, response)
    if is_kept:
        response = succeed(session, response, values, today=today)
    else:
        replace_answers(session, response, values, today=today)
    hold_if_worrying(session, response, values, now=now)
    _note(session, response, "answer_corrected", today)
    return response


def _hold(session: Session, response: SurveyResponse) -> None:
    query = select(SurveyResponse).where(SurveyResponse.id == response.id).with_for_update()
    session.scalars(query.execution_options(populate_existing=True)).one()


def _values_of(response: SurveyResponse) -> dict[str | None, AnswerValue]:
    keys = {question.id: question.key for question in response.survey.questions}
    return {keys.get(answer.question_id): answer.value for answer in response.answers}


def _forget_what_hangs_on(session: Session, response: SurveyResponse) -> None:
    session.execute(delete(Coding).where(Coding.response_id == response.id))
    take_back_verdicts(session, response)


def _today(session: Session, now: datetime) -> date:
    return local_date(now, organisation(session).time_zone)


def _note(session: Session, response: SurveyResponse, kind: str, today: date) -> None:
    # The beginning of the day: the time itself would tell when a young person was here.
    at = local_moment(today, time(0), organisation(session).time_zone)
    note_event(session, response.consultation, kind, person_id=None, now=at)
