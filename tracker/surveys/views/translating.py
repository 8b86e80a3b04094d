"""Pages to choose the languages of a survey, and to translate it beside the original."""

from collections.abc import Collection

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from tracker.accounts.guard import current_person
from tracker.accounts.policy import Act
from tracker.clock import utc_now
from tracker.db import current_session
from tracker.languages import language_named
from tracker.services.queries import languages_off
from tracker.surveys import operations
from tracker.surveys.models import Survey
from tracker.surveys.operations import SurveyLocked
from tracker.surveys.translated import is_offered, progress_in
from tracker.surveys.translation_forms import (
    LanguagesForm,
    TooLong,
    piece_name,
    translation_typed,
)
from tracker.surveys.views.blueprint import bp
from tracker.surveys.views.surveys import editable_survey, may_edit, survey_for


@bp.get("/surveys/<int:survey_id>/languages")
def languages(survey_id: int) -> ResponseReturnValue:
    """The languages of a survey, and how far each is."""
    survey = survey_for(survey_id, Act.SEE_CONSULTATION)
    return _languages_page(survey, LanguagesForm.about(survey, languages_off(current_session())))


@bp.post("/surveys/<int:survey_id>/languages")
def choose_languages(survey_id: int) -> ResponseReturnValue:
    survey = editable_survey(survey_id)
    session = current_session()
    form = LanguagesForm.about(survey, languages_off(session))
    if not form.validate_on_submit():
        return _languages_page(survey, form)
    operations.choose_languages(
        session,
        survey,
        form.written_in.data,
        form.languages.data or [],
        person_id=current_person().id,
        now=utc_now(),
    )
    session.commit()
    flash("The languages are saved.")
    return redirect(url_for("surveys.languages", survey_id=survey.id))


@bp.route("/surveys/<int:survey_id>/languages/<language>", methods=["GET", "POST"])
def translate(survey_id: int, language: str) -> ResponseReturnValue:
    """The original and its translation side by side; what is typed is kept, as far as it goes."""
    survey = survey_for(survey_id, Act.EDIT_CONSULTATION)
    operations.refuse_if_off(current_session(), language)
    operations.refuse_if_read(survey, language)
    form = FlaskForm()
    if not form.validate_on_submit():
        return _translation_page(survey, language, form)
    try:
        typed = translation_typed(progress_in(survey, language), request.form)
    except TooLong as long:
        return _translation_page(survey, language, form, long)
    session = current_session()
    operations.save_translation(
        session, survey, language, typed, person_id=current_person().id, now=utc_now()
    )
    session.commit()
    if progress_in(survey, language).is_complete:
        name = language_named(language).english_name
        flash(f"It is all there: young people can choose {name}.")
        return redirect(url_for("surveys.languages", survey_id=survey.id))
    flash("Saved. You can go on later.")
    return redirect(url_for("surveys.translate", survey_id=survey.id, language=language))


def _languages_page(survey: Survey, form: LanguagesForm) -> str:
    written_in = survey.consultation.language
    off = languages_off(current_session())
    wanted = [code for code in survey.languages if code != written_in]
    return render_template(
        "surveys/languages.html",
        survey=survey,
        form=form,
        written_in=language_named(written_in),
        translations=[
            (language_named(code), progress_in(survey, code), _may_translate(survey, code, off))
            for code in wanted
        ],
        off=off,
        may_edit=may_edit(survey.consultation),
    )


def _may_translate(survey: Survey, language: str, off: Collection[str]) -> bool:
    if language in off:
        return False
    try:
        operations.refuse_if_read(survey, language)
    except SurveyLocked:
        return False
    return True


def _translation_page(
    survey: Survey, language: str, form: FlaskForm, long: TooLong | None = None
) -> ResponseReturnValue:
    page = render_template(
        "surveys/translate.html",
        survey=survey,
        form=form,
        language=language_named(language),
        written_in=language_named(survey.consultation.language),
        progress=progress_in(survey, language),
        typed=request.form,
        long=long,
        piece_name=piece_name,
        is_offered=is_offered(survey, language),
    )
    return page, 400 if long else 200
