"""The survey builder: surveys, their questions, and the preview."""

from flask import Blueprint

from tracker.surveys import policy
from tracker.surveys.models import Question
from tracker.surveys.question_types import type_of

bp = Blueprint("surveys", __name__, url_prefix="/staff")

bp.add_app_template_global(type_of)


@bp.app_template_global()
def condition_of(question: Question) -> policy.Condition | None:
    """For the templates of questions: when this one is shown, None for always."""
    return policy.condition_of(question, question.survey.questions)
