"""The phone form: what a respondent sees and sends. No session, no cookie, no script needed."""

from uuid import UUID, uuid4

from flask import Response, current_app, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.abuse import gate
from tracker.accounts.guard import public
from tracker.clock import utc_now
from tracker.consultations.policy import ConsultationState
from tracker.consultations.translated import in_own_words
from tracker.db import current_session
from tracker.errors import NotFound
from tracker.languages import gettext as _
from tracker.responses.calendar import promise_calendar
from tracker.responses.views.blueprint import bp
from tracker.responses.views.keeping import kept_form
from tracker.responses.views.pages import (
    form_page,
    not_open,
    without_invitation,
)
from tracker.responses.views.receiving import found_or_404, receive
from tracker.surveys.models import Survey
from tracker.surveys.queries import survey_by_code
from tracker.surveys.question_types import Form


@bp.route("/s/<code>", methods=["GET", "POST"])
@public
def form(code: str) -> ResponseReturnValue:
    session = current_session()
    if request.method == "POST":
        return receive(session, code)
    survey = _survey_or_404(session, code)
    if survey.by_invitation and survey.consultation.state is ConsultationState.OPEN:
        return without_invitation("missing")
    return open_form(survey, uuid4())


def open_form(survey: Survey, submission_id: UUID, invitation: str = "") -> ResponseReturnValue:
    """The form of a survey, to be filled in; or why there is none."""
    if survey.consultation.state is not ConsultationState.OPEN:
        return not_open(survey)
    if invitation:
        seal = gate.seal_form(submission_id, utc_now())
        made = form_page(survey, submission_id, Form(), seal=seal, invitation=invitation)
        page = make_response(made)
    else:
        page = kept_form(
            survey,
            lambda marks: form_page(survey, marks["submission_id"], Form(), seal=marks["seal"]),
        )
    # Not "no-store", so that going back to this page finds everything that was typed.
    page.headers["Cache-Control"] = "private, no-cache"
    return page


def _survey_or_404(session: Session, code: str) -> Survey:
    return found_or_404(survey_by_code(session, code))


@bp.get("/s/<code>/promise.ics")
@public
def promise(code: str) -> ResponseReturnValue:
    """The promise date as an entry for a calendar."""
    consultation = _survey_or_404(current_session(), code).consultation
    if consultation.promise_on is None or consultation.state is ConsultationState.DRAFT:
        raise NotFound(_("There is no promise date here yet."))
    calendar = promise_calendar(
        in_own_words(consultation, "title").text,
        consultation.promise_on,
        code=code,
        base_url=current_app.config["LOOPKEEPER"].base_url,
        now=utc_now(),
    )
    page = Response(calendar, mimetype="text/calendar")
    page.headers["Content-Disposition"] = "attachment; filename=promise.ics"
    return page
