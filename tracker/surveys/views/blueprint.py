"""The blueprint, and what templates of questions may ask."""

from flask import Blueprint

from tracker.surveys import policy
from tracker.surveys.models import Question
from tracker.surveys.question_types import type_of

bp = Blueprint("surveys", __name__, url_prefix="/staff")

bp.add_app_template_global(type_of)


@bp.app_template_global()
def condition_of(question: Question) -> policy.Condition | None:
    """When this question is shown; None for always."""
    return policy.condition_of(question, question.survey.questions)
