"""Question types: one class each, in a module of its own, found by looking in this package.

To add one, write a module here and `templates/surveys/questions/<kind>.html`; nothing else changes.
"""

from importlib import import_module
from pkgutil import iter_modules

from tracker.surveys.question_types.base import (
    AnswerValue,
    Asked,
    Choice,
    Form,
    InvalidAnswer,
    InvalidSetting,
    Look,
    QuestionType,
    SettingInput,
)

__all__ = [
    "QUESTION_TYPES",
    "AnswerValue",
    "Asked",
    "Choice",
    "Form",
    "InvalidAnswer",
    "InvalidSetting",
    "Look",
    "QuestionType",
    "SettingInput",
    "type_of",
]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

# Kind → its type, in the order in which the builder offers them.
QUESTION_TYPES: dict[str, QuestionType] = {
    found.kind: found for found in sorted(QuestionType.registered, key=lambda each: each.place)
}


def type_of(question: Asked) -> QuestionType:
    """The type of a question."""
    return QUESTION_TYPES[question.kind]
