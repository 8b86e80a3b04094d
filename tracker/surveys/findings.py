"""What wording help finds in a question of any kind, less what its author has set aside. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from tracker.languages import ENGLISH
from tracker.surveys.models import Question
from tracker.surveys.question_types import QUESTION_TYPES, type_of
from tracker.wording.policy import Finding, look_at


def findings_in(kind: str, text: str, hint: str, settings: Mapping[str, Any]) -> list[Finding]:
    """Everything there is to find; of a page to read, in its words as well."""
    question = Question(kind=kind, text=text, hint=hint, settings=dict(settings))
    below = hint if type_of(question).asks else str(settings.get("body", ""))
    choices = [choice.text for choice in QUESTION_TYPES[kind].choices(question)]
    return look_at(text, below, choices, kind)


def open_findings(question: Question) -> list[Finding]:
    """What is found in a question and not set aside; nothing where it isn't written in English."""
    if question.survey.consultation.language != ENGLISH:
        return []
    found = findings_in(question.kind, question.text, question.hint, question.settings)
    return without(found, question.set_aside)


def without(found: Collection[Finding], set_aside: Collection[str]) -> list[Finding]:
    """The findings that aren't set aside."""
    return [each for each in found if each.mark not in set_aside]
