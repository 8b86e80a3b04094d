"""Pages about one question: add, change, copy, move, delete."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from tracker.accounts.guard import current_person, require
from tracker.accounts.policy import Act
from tracker.clock import utc_now
from tracker.db import current_session
from tracker.errors import NotFound
from tracker.surveys import operations, queries
from tracker.surveys.forms import QuestionForm, question_form
from tracker.surveys.models import Question
from tracker.surveys.operations import BadCondition, QuestionInUse
from tracker.surveys.question_types import QUESTION_TYPES, type_of
from tracker.surveys.views.blueprint import bp
from tracker.surveys.views.surveys import editable_survey


@bp.route("/surveys/<int:survey_id>/questions/new/<kind>", methods=["GET", "POST"])
def add_question(survey_id: int, kind: str) -> ResponseReturnValue:
    survey = editable_survey(survey_id)
    if kind not in QUESTION_TYPES:
        raise NotFound("There is no such kind of question. Go back and choose one.")
    form = question_form(QUESTION_TYPES[kind], survey.questions)
    if not form.validate_on_submit():
        return render_template("surveys/add_question.html", survey=survey, form=form)
    session = current_session()
    question = operations.add_question(
        session, survey, kind, form.draft, person_id=current_person().id, now=utc_now()
    )
    session.commit()
    flash(f"Question {len(survey.questions)} is there.")
    return _back_to(question)


@bp.route("/questions/<int:question_id>", methods=["GET", "POST"])
def edit_question(question_id: int) -> ResponseReturnValue:
    question = editable_question(question_id)
    survey = question.survey
    earlier = survey.questions[: survey.questions.index(question)]
    form = question_form(type_of(question), earlier, question)
    if not form.validate_on_submit() or not _saved(question, form):
        return render_template("surveys/edit_question.html", question=question, form=form)
    flash("The question is changed.")
    return _back_to(question)


@bp.post("/questions/<int:question_id>/copy")
def copy_question(question_id: int) -> ResponseReturnValue:
    session = current_session()
    copied = operations.copy_question(
        session, editable_question(question_id), person_id=current_person().id, now=utc_now()
    )
    session.commit()
    flash("The copy stands right below. Change its words.")
    return _back_to(copied)


@bp.post("/questions/<int:question_id>/move")
def move_question(question_id: int) -> ResponseReturnValue:
    """One place up (`steps` -1) or down (1); the same button has the focus afterwards."""
    question = editable_question(question_id)
    steps = {"-1": -1, "1": 1}.get(request.form.get("steps", "")) or abort(400)
    session = current_session()
    try:
        operations.move_question(
            session, question, steps=steps, person_id=current_person().id, now=utc_now()
        )
    except QuestionInUse as refusal:
        session.rollback()
        flash(refusal.message, "error")
        return _back_to(question)
    session.commit()
    questions = question.survey.questions
    place = questions.index(question)
    flash(f"That is question {place + 1} of {len(questions)} now.")
    is_up = place > 0 and (steps == -1 or place == len(questions) - 1)
    return _back_to(question, "up" if is_up else "down")


@bp.route("/questions/<int:question_id>/delete", methods=["GET", "POST"])
def delete_question(question_id: int) -> ResponseReturnValue:
    question = editable_question(question_id)
    survey_id = question.survey_id
    form = FlaskForm()
    if not form.validate_on_submit():
        return render_template("surveys/delete_question.html", question=question, form=form)
    session = current_session()
    try:
        operations.delete_question(session, question, person_id=current_person().id, now=utc_now())
    except QuestionInUse as refusal:
        session.rollback()
        flash(refusal.message, "error")
        return _back_to(question)
    session.commit()
    flash("The question is deleted.")
    return redirect(url_for("surveys.build", survey_id=survey_id))


def editable_question(question_id: int) -> Question:
    """The question, for somebody who may change it, while it can be changed."""
    question = queries.question_or_404(current_session(), question_id)
    require(Act.EDIT_CONSULTATION, question.survey.consultation.service_id)
    operations.refuse_unless_draft(question.survey.consultation)
    return question


def _saved(question: Question, form: QuestionForm) -> bool:
    """Save the change; what refuses it is shown on the form, with everything typed still there."""
    session = current_session()
    try:
        operations.edit_question(
            session, question, form.draft, person_id=current_person().id, now=utc_now()
        )
    except (QuestionInUse, BadCondition) as refusal:
        session.rollback()
        form.form_errors.append(refusal.message)
        return False
    session.commit()
    return True


def _back_to(question: Question, button: str = "question") -> ResponseReturnValue:
    """The builder, at that question. An address that ends in a button gives it the focus."""
    anchor = f"{button}-{question.id}"
    return redirect(url_for("surveys.build", survey_id=question.survey_id, _anchor=anchor))
