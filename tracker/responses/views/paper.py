"""Typing in what arrived on paper or was said in a meeting."""

from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import current_person, require
from tracker.accounts.policy import Act
from tracker.clock import utc_now
from tracker.db import current_session
from tracker.responses.forms import TypedInForm, as_on_paper
from tracker.responses.operations import NothingAnswered, SurveyClosed, type_in_response
from tracker.responses.policy import may_type_in, submission_id_from
from tracker.responses.views.blueprint import bp
from tracker.surveys.models import Survey
from tracker.surveys.policy import Answers, read_answers
from tracker.surveys.queries import survey_or_404
from tracker.surveys.question_types import Form


@bp.route("/staff/surveys/<int:survey_id>/type-in", methods=["GET", "POST"])
def type_in(survey_id: int) -> ResponseReturnValue:
    """One response at a time; after saving, the page is ready for the next from the same pile."""
    session = current_session()
    survey = survey_or_404(session, survey_id)
    require(Act.CODE_RESPONSES, survey.consultation.service_id)
    if not may_type_in(survey.consultation.state):
        raise SurveyClosed
    if request.method == "GET":
        pile = Form({"source": request.args.get("source", "paper")})
        return _type_in_page(survey, TypedInForm(formdata=pile), Form(), uuid4(), Answers())
    form = TypedInForm()
    submission_id = submission_id_from(request.form.get("submission_id", "")) or uuid4()
    answers = read_answers(as_on_paper(survey.questions), request.form)
    if not form.validate_on_submit() or answers.errors:
        return _type_in_page(survey, form, request.form, submission_id, answers), 400
    try:
        type_in_response(
            session,
            survey,
            answers.values,
            submission_id=submission_id,
            source=form.chosen,
            person_id=current_person().id,
            now=utc_now(),
        )
    except NothingAnswered:
        message = "Nothing is filled in yet. Type at least one answer, then save."
        page = _type_in_page(survey, form, request.form, submission_id, answers, message)
        return page, 400
    session.commit()
    flash("Saved. Here is an empty form for the next one.", "success")
    return redirect(url_for("responses.type_in", survey_id=survey.id, source=form.source.data))


def _type_in_page(
    survey: Survey,
    form: TypedInForm,
    typed: Form,
    submission_id: UUID,
    answers: Answers,
    message: str = "",
) -> str:
    return render_template(
        "responses/type_in.html",
        survey=survey,
        consultation=survey.consultation,
        form=form,
        typed=typed,
        submission_id=submission_id,
        errors=answers.errors,
        message=message,
    )
