"""Wording help while an author types: the same findings as on saving, nothing kept."""

from flask import render_template
from flask.typing import ResponseReturnValue

from tracker.errors import NotFound
from tracker.surveys.forms import question_form
from tracker.surveys.question_types import QUESTION_TYPES
from tracker.surveys.views.blueprint import bp
from tracker.surveys.views.surveys import editable_survey


@bp.post("/surveys/<int:survey_id>/wording/<kind>")
def wording(survey_id: int, kind: str) -> ResponseReturnValue:
    """The findings in a question as it is typed, as a piece of the page."""
    survey = editable_survey(survey_id)
    if kind not in QUESTION_TYPES:
        raise NotFound("There is no such kind of question.")
    form = question_form(QUESTION_TYPES[kind], [])
    return render_template("surveys/wording.html", form=form, survey=survey)
