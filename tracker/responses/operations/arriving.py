"""Responses taken in: from a phone, from paper, from a meeting.

They flush and never commit, and never keep anything that could tell who answered or at what time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, make_transient_to_detached

from tracker.abuse.operations import InvitationUsed, use_invitation
from tracker.clock import local_date
from tracker.consultations.models import Consultation
from tracker.consultations.operations import note_event
from tracker.errors import Conflict, LoopkeeperError
from tracker.languages import ENGLISH
from tracker.languages import gettext as _
from tracker.responses.models import Answer, SetAsideReason, Source, SurveyResponse
from tracker.responses.operations.changing import TakenBack
from tracker.responses.operations.together import PlainAnswer
from tracker.responses.operations.watching import hold_if_worrying, is_harmless
from tracker.responses.policy import accepts, may_type_in, receipt_hash, receipt_words
from tracker.responses.queries import response_by_submission
from tracker.services.models import Organisation
from tracker.services.queries import organisation
from tracker.surveys.models import Survey
from tracker.surveys.question_types import AnswerValue

# With a thousand million receipts given, the chance that so many tries all collide is 1 in 10^30.
_RECEIPT_TRIES = 10


class SurveyClosed(Conflict):
    """The consultation isn't open, and the grace after closing is over too."""

    def __init__(self) -> None:
        super().__init__(_("This isn't open for answers any more. Nothing was sent."))


class NothingAnswered(LoopkeeperError):
    """Not one question has an answer, so there is nothing to keep."""

    def __init__(self) -> None:
        super().__init__(_("You haven't answered anything yet. Answer one question, then send it."))


class NoReceiptLeft(LoopkeeperError):
    """Every receipt tried for a submission is somebody else's."""


@dataclass(frozen=True)
class Submitted:
    """A response that is stored now, and the receipt that goes with it.

    `words` is None where there are none to give: on paper, or when the key has changed since.
    """

    response: SurveyResponse
    words: str | None
    is_new: bool


def submit_response(
    session: Session,
    survey: Survey,
    values: Mapping[str, AnswerValue],
    *,
    submission_id: UUID,
    key: str,
    now: datetime,
    source: Source = Source.PHONE,
    invitation: str = "",
    invitation_keys: Sequence[str] = (),
    language: str = ENGLISH,
) -> Submitted:
    """Store what a respondent sent, once, however often and however simultaneously it arrives.

    Sent again, the first stays as it is and the same receipt is given. `values` are answers by
    question key, already read and checked; `language` is the one they were asked in. Raises
    `SurveyClosed` and `NothingAnswered`, `TakenBack` for what the respondent no longer wanted here,
    and for a survey by invitation `InvitationMissing` and `InvitationUsed`.
    """
    is_open = _may_arrive(survey.consultation, source, now)
    if survey.by_invitation or not (is_open and values):
        # Nothing is refused, and no invitation used up, for what came in before.
        if earlier := submitted_before(session, survey, submission_id, key):
            return earlier
        if not is_open:
            raise SurveyClosed
        if not values:
            raise NothingAnswered
    try:
        use_invitation(session, survey, invitation, invitation_keys)
    except InvitationUsed:
        # Perhaps by this very form, a moment earlier.
        if twin := submitted_before(session, survey, submission_id, key):
            return twin
        raise
    asked = _Asked(survey, source, language, _today(session, now))
    submitted = _stored_with_receipt(session, asked, values, submission_id, key)
    if submitted.is_new:
        hold_if_worrying(session, submitted.response, values, now=now)
    return submitted


def plain_answer(
    own: Organisation,
    survey: Survey,
    values: Mapping[str, AnswerValue],
    *,
    submission_id: UUID,
    key: str,
    now: datetime,
    language: str,
) -> tuple[PlainAnswer, str] | None:
    """An answer from a phone that only has to be stored, and its receipt, for `Row.store`.

    None for any other, and when in doubt: `submit_response` takes those. Asks no database, so that
    nobody who waits in the row holds a lock.
    """
    if (
        survey.by_invitation
        or not values
        or not _may_arrive(survey.consultation, Source.PHONE, now)
    ):
        return None
    if not is_harmless(own.wording_stamp, survey, values):
        return None
    asked = _Asked(survey, Source.PHONE, language, local_date(now, own.time_zone))
    words = receipt_words(submission_id, 0, key)
    response = _new_response(asked, values, submission_id, receipt_hash(words, key))
    return PlainAnswer(_row(response), _answer_rows(asked, response, values)), words


def submitted_before(
    session: Session, survey: Survey, submission_id: UUID, key: str
) -> Submitted | None:
    """What this form brought before, if it did. Raises `TakenBack`."""
    earlier = response_by_submission(session, submission_id)
    if earlier is None or earlier.survey_id != survey.id:
        return None
    return _known(earlier, key)


def _known(stored: SurveyResponse, key: str) -> Submitted:
    if stored.withdrawn_on is not None:
        raise TakenBack(is_erased=stored.set_aside is SetAsideReason.WITHDRAWN)
    return Submitted(stored, words_given(stored, key), is_new=False)


def _may_arrive(consultation: Consultation, source: Source, now: datetime) -> bool:
    """A kiosk brings what was answered while it had no connection, as late as paper may come."""
    if source is Source.KIOSK:
        return may_type_in(consultation.state)
    return accepts(consultation.state, consultation.closed_at, now)


@dataclass(frozen=True)
class _Asked:
    """What was asked, how, in which language and on which day."""

    survey: Survey
    source: Source
    language: str
    today: date


def _stored_with_receipt(
    session: Session,
    asked: _Asked,
    values: Mapping[str, AnswerValue],
    submission_id: UUID,
    key: str,
) -> Submitted:
    for attempt in range(_RECEIPT_TRIES):
        words = receipt_words(submission_id, attempt, key)
        hashed = receipt_hash(words, key)
        response = _new_response(asked, values, submission_id, hashed)
        stored = _stored_or_twin(session, response, _answer_rows(asked, response, values))
        if stored is response:
            return Submitted(response, words, is_new=True)
        if stored is not None and stored.survey_id == asked.survey.id:
            return _known(stored, key)
        if stored is not None:
            submission_id = uuid4()  # this one belongs to an answer to another survey
        # Else the words are another response's receipt already: the next ones are tried.
    raise NoReceiptLeft(_("We couldn't make a receipt for you. Send it once more."))


def _stored_or_twin(
    session: Session, response: SurveyResponse, answers: Sequence[Mapping[str, Any]]
) -> SurveyResponse | None:
    """The response with its answers, stored; or the one that the same form made a moment earlier.

    None if its receipt is taken. The unique constraints decide, so that it holds however many
    processes are at it. Two plain statements, because a unit of work takes three times as long.
    """
    connection = session.connection()
    try:
        with connection.begin_nested():
            connection.execute(insert(SurveyResponse), [_row(response)])
            connection.execute(insert(Answer), answers)
    except IntegrityError:
        return response_by_submission(session, response.submission_id)
    # From here on the session knows it, as if it had read it.
    make_transient_to_detached(response)
    session.add(response)
    return response


def _row(response: SurveyResponse) -> dict[str, Any]:
    return {
        column.key: getattr(response, column.key) for column in SurveyResponse.__table__.columns
    }


def words_given(response: SurveyResponse, key: str) -> str | None:
    """The receipt that a response was given, worked out anew; None if it has none under this key."""
    for attempt in range(_RECEIPT_TRIES):
        words = receipt_words(response.submission_id, attempt, key)
        if receipt_hash(words, key) == response.receipt_hash:
            return words
    return None


def type_in_response(
    session: Session,
    survey: Survey,
    values: Mapping[str, AnswerValue],
    *,
    submission_id: UUID,
    source: Source,
    person_id: int,
    now: datetime,
) -> SurveyResponse:
    """Store a paper form or meeting notes that a member of staff typed in; there is no receipt.

    Raises `SurveyClosed` for a draft or a withdrawn consultation, and `NothingAnswered`.
    """
    if not may_type_in(survey.consultation.state):
        raise SurveyClosed
    asked = _Asked(survey, source, survey.language, _today(session, now))
    response = _new_response(asked, values, submission_id, None)
    stored = _stored_or_twin(session, response, _answer_rows(asked, response, values))
    assert stored is not None  # noqa: S101  (without a receipt, none can be taken)
    if stored is response:
        note_event(
            session,
            survey.consultation,
            "typed_in",
            person_id=person_id,
            now=now,
            detail=f"One response from {'paper' if source is Source.PAPER else 'a meeting'}",
        )
        hold_if_worrying(session, stored, values, now=now)
    return stored


def _new_response(
    asked: _Asked,
    values: Mapping[str, AnswerValue],
    submission_id: UUID,
    hashed: str | None,
) -> SurveyResponse:
    if not values:
        raise NothingAnswered
    return SurveyResponse(
        id=uuid4(),
        submission_id=submission_id,
        survey_id=asked.survey.id,
        consultation_id=asked.survey.consultation_id,
        source=asked.source,
        language=asked.language,
        received_on=asked.today,
        receipt_hash=hashed,
    )


def _answer_rows(
    asked: _Asked, response: SurveyResponse, values: Mapping[str, AnswerValue]
) -> list[dict[str, Any]]:
    ids = {question.key: question.id for question in asked.survey.questions}
    return [
        {"response_id": response.id, "question_id": ids[name], "value": value}
        for name, value in values.items()
    ]


def _today(session: Session, now: datetime) -> date:
    return local_date(now, organisation(session).time_zone)
