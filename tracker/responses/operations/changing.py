"""What a respondent does to an answer they have sent: takes it back, or puts other words in it.

What hangs on a response higher up (codings, verdicts) is taken away by `board.operations`, which
calls these. A day is kept and never a time.
"""

from collections.abc import Mapping
from datetime import date
from uuid import uuid4

from sqlalchemy.orm import Session

from tracker.errors import Conflict
from tracker.languages import current_language
from tracker.languages import gettext as _
from tracker.responses.models import Answer, SetAsideReason, SurveyResponse
from tracker.surveys.question_types import AnswerValue


class TakenBack(Conflict):
    """The form was sent again whose answer its respondent has taken back; it isn't kept anew.

    `is_erased` is False while the safeguarding lead still has what was sent the first time.
    """

    def __init__(self, *, is_erased: bool) -> None:
        super().__init__(_("This answer was taken back. What was sent now was not kept."))
        self.is_erased = is_erased


def erase(session: Session, response: SurveyResponse, *, today: date) -> None:
    """Delete the words of a response that was taken back; the row stays, so that it counts as one.

    It stays too so that the same form, sent once more by a phone that was offline, isn't taken for
    a new answer.
    """
    response.answers = []
    response.receipt_hash = None
    response.set_aside, response.set_aside_on = SetAsideReason.WITHDRAWN, today
    response.set_aside_by = None
    response.withdrawn_on = response.withdrawn_on or today
    response.corrected_on = None
    session.flush()


def keep_for_safeguarding(session: Session, response: SurveyResponse, *, today: date) -> None:
    """A response that is with the safeguarding lead was taken back: they alone have it, for a while.

    Nobody else reads it now as before, and the receipt opens nothing any more. `take_back`, with
    which the lead gives an answer back, erases it instead.
    """
    response.receipt_hash = None
    response.withdrawn_on = today
    session.flush()


def replace_answers(
    session: Session,
    response: SurveyResponse,
    values: Mapping[str, AnswerValue],
    *,
    today: date,
) -> None:
    """Put `values` (answers by question key) in the place of what the response said before."""
    response.answers = []
    session.flush()
    response.answers = answers_of(response, values)
    response.corrected_on, response.language = today, current_language()
    session.flush()


def succeed(
    session: Session,
    response: SurveyResponse,
    values: Mapping[str, AnswerValue],
    *,
    today: date,
) -> SurveyResponse:
    """A new response in the place of one that the safeguarding lead keeps.

    It gets the receipt and the submission id, so that its form, sent once more, finds it.
    """
    receipt_hash, submission_id = response.receipt_hash, response.submission_id
    response.submission_id = uuid4()
    keep_for_safeguarding(session, response, today=today)
    successor = SurveyResponse(
        submission_id=submission_id,
        survey=response.survey,
        consultation=response.consultation,
        source=response.source,
        language=current_language(),
        received_on=response.received_on,
        receipt_hash=receipt_hash,
        corrected_on=today,
    )
    successor.answers = answers_of(successor, values)
    session.add(successor)
    session.flush()
    return successor


def answers_of(response: SurveyResponse, values: Mapping[str, AnswerValue]) -> list[Answer]:
    """Rows for these values, by the keys of the questions of the response's survey."""
    ids = {question.key: question.id for question in response.survey.questions}
    return [Answer(question_id=ids[key], value=value) for key, value in values.items()]
