"""Consultations as the board meets them: asked, answered so often, heard in themes."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW, TODAY
from tracker.actions.models import Action
from tracker.actions.policy import Outcome, ReasonCode
from tracker.consultations.models import Consultation
from tracker.responses.models import SurveyResponse
from tracker.responses.policy import receipt_hash
from tracker.themes.models import Theme
from tracker.verdicts.models import Verdict
from tracker.verdicts.policy import VerdictValue

WORDS = "acorn acrobat actor admiral"
# What each outcome needs beside its text.
NEEDS: dict[Outcome, dict[str, Any]] = {
    Outcome.PLANNED: {"due_on": TODAY},
    Outcome.DOING: {"due_on": TODAY},
    Outcome.DONE: {"changed_on": TODAY},
    Outcome.ALREADY: {},
    Outcome.CANNOT: {
        "reason_code": ReasonCode.MONEY,
        "reason": "It costs more than we have.",
        "decided_by": "The head of the service",
        "review_on": TODAY,
    },
    Outcome.PASSED_ON: {"passed_on_to": "The bus company"},
    Outcome.PRAISE: {},
}


def asked(
    session: Session, responses: int = 0, *, is_open: bool = False, **values: Any
) -> tuple[Consultation, list[SurveyResponse]]:
    """A consultation with one survey that was answered so often."""
    made = make.make_open_consultation if is_open else make.make_closed_consultation
    consultation = made(session, **values)
    survey = make.make_survey(session, consultation)
    return consultation, [make.make_response(session, survey) for _ in range(responses)]


def heard(
    session: Session,
    consultation: Consultation,
    statement: str,
    responses: Iterable[SurveyResponse],
) -> Theme:
    """A theme to which these responses are coded."""
    theme = make.make_theme(session, consultation, statement=statement)
    for response in responses:
        make.make_coding(session, response, theme)
    return theme


def answered(session: Session, *themes: Theme, outcome: Outcome, **values: Any) -> Action:
    """A public action with everything its outcome needs."""
    return make.make_action(session, *themes, **NEEDS[outcome] | {"outcome": outcome} | values)


def judged(
    session: Session, action: Action, responses: Iterable[SurveyResponse], value: VerdictValue
) -> None:
    for response in responses:
        verdict = Verdict(
            response_id=response.id,
            action_id=action.id,
            changed_on=action.versions[-1].changed_on or NOW.date(),
            value=value,
            given_on=NOW.date(),
        )
        session.add(verdict)
    session.flush()


def give_words(response: SurveyResponse, key: str, words: str = WORDS) -> None:
    """Let these four words open the response."""
    response.receipt_hash = receipt_hash(words, key)
