"""The blueprint, and what templates of questions may ask."""

from flask import Blueprint
from markupsafe import Markup

from tracker.languages import current_language, language_named
from tracker.surveys import policy
from tracker.surveys.findings import open_findings
from tracker.surveys.models import Question
from tracker.surveys.question_types import type_of

bp = Blueprint("surveys", __name__, url_prefix="/staff")

bp.add_app_template_global(type_of)
bp.add_app_template_global(open_findings)


@bp.app_template_global()
def tongue(question: Question, *, is_ours: bool = False) -> Markup:
    """`lang` and `dir` for an element with words of a question's author; `is_ours`: of the catalogue."""
    language = current_language() if is_ours else question.language
    if language == current_language():
        return Markup(' dir="auto"')
    return Markup(' lang="{}" dir="{}"').format(language, language_named(language).direction)


@bp.app_template_global()
def condition_of(question: Question) -> policy.Condition | None:
    """When this question is shown; None for always."""
    return policy.condition_of(question, question.survey.questions)
