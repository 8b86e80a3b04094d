"""The form once more, filled with an answer that was sent, to be changed and sent again.

It isn't the page that is kept in memory for everybody: what somebody said stands in it.
"""

from uuid import uuid4

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.db import reading
from tracker.responses import policy
from tracker.responses.forms import typed_for_gone, typed_in_words
from tracker.responses.models import SurveyResponse
from tracker.safeguarding.helplines import CHILDLINE, SHOUT
from tracker.surveys.models import Survey
from tracker.surveys.policy import Answers
from tracker.surveys.question_types import Form, type_of

NO_ANSWERS = Answers()


def filled_in(response: SurveyResponse) -> Form:
    """The response as its form would send it."""
    questions = {question.id: question for question in response.survey.questions}
    typed = Form()
    for answer in response.answers:
        question = questions.get(answer.question_id)
        if question is not None:
            for name, value in type_of(question).as_typed(question, answer.value):
                typed.add(name, value)
    return typed


def correcting_page(
    survey: Survey,
    typed: Form,
    *,
    words: str,
    answers: Answers = NO_ANSWERS,
    message: str = "",
) -> str:
    """The form with what was typed; `words` travel in it, so that it is known whose answer it is."""
    return render_template(
        "responses/form.html",
        survey=survey,
        consultation=survey.consultation,
        help_nation=survey.consultation.help_page or None,
        asked=sum(type_of(question).asks for question in survey.questions),
        minutes=policy.estimated_minutes(survey.questions),
        submission_id=uuid4(),
        typed=typed,
        errors=answers.errors,
        gone=typed_for_gone(survey.questions, typed),
        message=message,
        helplines=(CHILDLINE, SHOUT),
        corrects=words,
    )


def mend_page(
    session: Session, survey: Survey, typed: Form, answers: Answers, *, words: str, message: str
) -> ResponseReturnValue:
    """Everything that was typed, and what to mend. Nothing is stored."""
    session.rollback()
    with reading():
        page = correcting_page(survey, typed, words=words, answers=answers, message=message)
    return page, 400


def too_late_page(session: Session, survey: Survey, typed: Form) -> ResponseReturnValue:
    """It closed meanwhile: nothing was changed, and here is what was typed."""
    session.rollback()
    with reading():
        page = render_template(
            "responses/not_open.html",
            consultation=survey.consultation,
            state=survey.consultation.state.value,
            help_nation=survey.consultation.help_page or None,
            kept=typed_in_words(survey.questions, typed),
        )
    return page, 410


def too_big_page() -> ResponseReturnValue:
    """More was sent than can be read."""
    return render_template("responses/too_long.html"), 413
