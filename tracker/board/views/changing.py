"""Taking an answer back, and changing it while others still answer. Nothing here needs a script."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from tracker.accounts.guard import public
from tracker.board.operations import correct_answer, withdraw_answer
from tracker.board.views.answer import story_page
from tracker.board.views.blueprint import bp
from tracker.board.views.words import ask_again, limited, response_meant, typed_words
from tracker.clock import utc_now
from tracker.consultations.policy import ConsultationState
from tracker.db import current_session, reading
from tracker.failpoints import reach
from tracker.responses.forms import typed_for_gone
from tracker.responses.models import SurveyResponse
from tracker.responses.operations import NothingAnswered, SurveyClosed
from tracker.responses.policy import accepts
from tracker.responses.views.correcting import (
    correcting_page,
    filled_in,
    mend_page,
    too_big_page,
    too_late_page,
)
from tracker.safeguarding.helplines import CHILDLINE, SHOUT
from tracker.surveys.policy import read_answers


@bp.route("/answer/withdraw", methods=["GET", "POST"])
@public
@limited
def withdraw() -> ResponseReturnValue:
    """Ask first, then erase. What is shown never holds the answer itself."""
    if request.method == "GET":  # an address that was typed or kept: the words come first
        return redirect(url_for("board.answer"))
    session = current_session()
    response = response_meant(session)
    if response is None:
        return ask_again()
    consultation = response.consultation
    is_done = request.form.get("sure") == "yes"
    is_erased = is_done and withdraw_answer(session, response, now=utc_now())
    reach("withdraw.done")
    session.commit()
    reach("withdraw.committed")
    with reading():
        return render_template(
            "board/withdraw.html",
            consultation=consultation,
            typed=typed_words(),
            is_done=is_done,
            is_erased=is_erased,
            is_open=consultation.state is ConsultationState.OPEN,
            helplines=(CHILDLINE, SHOUT),
            help_nation=consultation.service.nation,
        )


@bp.route("/answer/correct", methods=["GET", "POST"])
@public
@limited
def correct() -> ResponseReturnValue:
    """The form again, with the answer in it; sending it puts the new answers in their place."""
    if request.method == "GET":
        return redirect(url_for("board.answer"))
    try:
        is_sent = "submission_id" in request.form
    except RequestEntityTooLarge:
        return too_big_page()
    session = current_session()
    response = response_meant(session)
    if response is None:
        return ask_again()
    return _take(session, response) if is_sent else _offer(session, response)


def _offer(session: Session, response: SurveyResponse) -> ResponseReturnValue:
    consultation = response.consultation
    is_open = consultation.state is ConsultationState.OPEN
    may_be_changed = response.set_aside is None or response.set_aside.is_with_lead
    with reading():
        if not (is_open and may_be_changed):
            return story_page(session, response, news="too_late")
        return correcting_page(response.survey, filled_in(response), words=typed_words())


def _take(session: Session, response: SurveyResponse) -> ResponseReturnValue:
    survey, typed = response.survey, request.form
    answers = read_answers(survey.questions, typed)
    consultation = survey.consultation
    is_taken = accepts(consultation.state, consultation.closed_at, utc_now())
    if is_taken and (answers.errors or typed_for_gone(survey.questions, typed)):
        return mend_page(session, survey, typed, answers, words=typed_words(), message="")
    try:
        corrected = correct_answer(session, response, answers.values, now=utc_now())
    except SurveyClosed:
        return too_late_page(session, survey, typed)
    except NothingAnswered as nothing:
        message = nothing.message
        return mend_page(session, survey, typed, answers, words=typed_words(), message=message)
    reach("correct.done")
    session.commit()
    reach("correct.committed")
    return story_page(session, corrected, news="corrected")
