"""Pages about surveys as a whole."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from tracker.accounts.guard import actor_may, current_person, require
from tracker.accounts.policy import Act
from tracker.clock import utc_now
from tracker.consultations.models import Consultation
from tracker.consultations.policy import ConsultationState
from tracker.consultations.queries import consultation_or_404
from tracker.db import current_session
from tracker.languages import known_code, speaking
from tracker.surveys import operations, policy, queries
from tracker.surveys.forms import CopyForm, SurveyForm
from tracker.surveys.models import Survey
from tracker.surveys.question_types import QUESTION_TYPES
from tracker.surveys.translated import in_language
from tracker.surveys.views.blueprint import bp


@bp.get("/consultations/<int:consultation_id>/surveys")
def index(consultation_id: int) -> ResponseReturnValue:
    """A consultation's surveys."""
    consultation = _consultation(consultation_id, Act.SEE_CONSULTATION)
    return _index_page(consultation, SurveyForm())


@bp.post("/consultations/<int:consultation_id>/surveys")
def add(consultation_id: int) -> ResponseReturnValue:
    consultation = _consultation(consultation_id, Act.EDIT_CONSULTATION)
    form = SurveyForm()
    if not form.validate_on_submit():
        return _index_page(consultation, form)
    session = current_session()
    survey = operations.add_survey(
        session,
        consultation,
        form.title.data or "",
        variant=form.variant,
        person_id=current_person().id,
        now=utc_now(),
    )
    session.commit()
    flash("The survey is there. Add its first question.")
    return redirect(url_for("surveys.build", survey_id=survey.id))


@bp.get("/surveys/<int:survey_id>")
def build(survey_id: int) -> ResponseReturnValue:
    """The questions, and beside them the phone."""
    survey = survey_for(survey_id, Act.SEE_CONSULTATION)
    return render_template(
        "surveys/build.html",
        survey=survey,
        kinds=QUESTION_TYPES.values(),
        problems=policy.survey_problems(survey.questions),
        may_edit=may_edit(survey.consultation),
        is_full=len(survey.questions) >= policy.MOST_QUESTIONS,
    )


@bp.get("/surveys/<int:survey_id>/preview")
def preview(survey_id: int) -> ResponseReturnValue:
    """The survey as a phone shows it, in the language asked for. Nothing can be sent from here."""
    survey = survey_for(survey_id, Act.SEE_CONSULTATION)
    written_in = survey.consultation.language
    language = known_code(request.args.get("language", ""), survey.languages) or written_in
    empty: MultiDict[str, str] = MultiDict()
    with speaking(language):
        return render_template(
            "surveys/preview.html", survey=in_language(survey, language), form=empty
        )


@bp.route("/surveys/<int:survey_id>/name", methods=["GET", "POST"])
def rename(survey_id: int) -> ResponseReturnValue:
    survey = editable_survey(survey_id)
    form = SurveyForm(obj=survey)
    if not form.validate_on_submit():
        return render_template("surveys/rename.html", survey=survey, form=form)
    session = current_session()
    operations.rename_survey(
        session,
        survey,
        form.title.data or "",
        variant=form.variant,
        person_id=current_person().id,
        now=utc_now(),
    )
    session.commit()
    flash(f"The survey is called “{survey.title}” now.")
    return redirect(url_for("surveys.build", survey_id=survey.id))


@bp.route("/surveys/<int:survey_id>/copy", methods=["GET", "POST"])
def copy(survey_id: int) -> ResponseReturnValue:
    """Copy a survey to a draft: this consultation or another of one's own."""
    survey = survey_for(survey_id, Act.SEE_CONSULTATION)
    session = current_session()
    drafts = {draft.id: draft for draft in queries.drafts(session) if _may_fill(draft)}
    form = CopyForm(data=_wanted(survey))
    form.offer(drafts.values())
    if not form.validate_on_submit():
        return render_template("surveys/copy.html", survey=survey, form=form, drafts=drafts)
    copied = operations.copy_survey(
        session,
        survey,
        to_consultation=drafts[form.to.data],
        variant=form.variant,
        now=utc_now(),
        person_id=current_person().id,
    )
    session.commit()
    flash("Here is the copy. Change what you like; the first survey stays as it is.")
    return redirect(url_for("surveys.build", survey_id=copied.id))


@bp.route("/surveys/<int:survey_id>/delete", methods=["GET", "POST"])
def delete(survey_id: int) -> ResponseReturnValue:
    survey = editable_survey(survey_id)
    form = FlaskForm()
    if not form.validate_on_submit():
        return render_template("surveys/delete.html", survey=survey, form=form)
    session = current_session()
    title, consultation_id = survey.title, survey.consultation_id
    operations.delete_survey(session, survey, person_id=current_person().id, now=utc_now())
    session.commit()
    flash(f"The survey “{title}” is deleted.")
    return redirect(url_for("surveys.index", consultation_id=consultation_id))


def survey_for(survey_id: int, act: Act) -> Survey:
    """The survey, for somebody who may do `act` to its consultation."""
    survey = queries.survey_or_404(current_session(), survey_id)
    require(act, survey.consultation.service_id)
    return survey


def editable_survey(survey_id: int) -> Survey:
    """The survey, for somebody who may change it, while it can be changed."""
    survey = survey_for(survey_id, Act.EDIT_CONSULTATION)
    operations.refuse_unless_draft(survey.consultation)
    return survey


def may_edit(consultation: Consultation) -> bool:
    """Whether to show the buttons that change something."""
    is_draft = consultation.state is ConsultationState.DRAFT
    return is_draft and actor_may(Act.EDIT_CONSULTATION, consultation.service_id)


def _wanted(survey: Survey) -> dict[str, object]:
    """What a link to the copy page asks for: a version beside this survey, easy read or not."""
    is_easy_read = survey.is_easy_read or request.args.get("easy-read") == "1"
    return {
        "to": survey.consultation_id,
        "is_easy_read": is_easy_read,
        "age_band": survey.age_band or "",
    }


def _may_fill(draft: Consultation) -> bool:
    return actor_may(Act.EDIT_CONSULTATION, draft.service_id)


def _consultation(consultation_id: int, act: Act) -> Consultation:
    consultation = consultation_or_404(current_session(), consultation_id)
    require(act, consultation.service_id)
    return consultation


def _index_page(consultation: Consultation, form: SurveyForm) -> str:
    surveys = queries.surveys_of(current_session(), consultation.id)
    if not surveys and not form.is_submitted():
        form.title.data = consultation.title
    return render_template(
        "surveys/index.html",
        consultation=consultation,
        surveys=surveys,
        asked={survey.id: policy.asked_count(survey.questions) for survey in surveys},
        form=form,
        may_edit=may_edit(consultation),
    )
