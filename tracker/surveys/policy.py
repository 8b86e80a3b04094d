"""What follows from a survey's own questions: which are shown, what was answered, what is wrong.

Pure: questions and a form in, values out. Nothing here reads or writes a database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tracker.surveys.question_types import (
    AnswerValue,
    Asked,
    Choice,
    Form,
    InvalidAnswer,
    type_of,
)

AnyQuestion = TypeVar("AnyQuestion", bound=Asked)


@dataclass(frozen=True)
class Condition:
    """ "Show this question if…": the earlier question it looks at, and the answers that show it."""

    question: Asked
    number: int  # the earlier question's place in the survey, from 1
    any_of: tuple[Choice, ...]
    is_just_above: bool

    @property
    def for_respondent(self) -> str:
        """In a respondent's words, for a page where every question stands at once."""
        where = "above" if self.is_just_above else f"for “{self.question.text}”"
        return f"Only if you chose {self._answers} {where}."

    @property
    def for_author(self) -> str:
        """In an author's words."""
        return f"Shown only if they chose {self._answers} in question {self.number}."

    @property
    def _answers(self) -> str:
        return " or ".join(f"“{choice.text}”" for choice in self.any_of)


@dataclass
class Answers:
    """What a form says: values and errors by question key. A key is in one of them at most."""

    values: dict[str, AnswerValue] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def read_answers(questions: Sequence[Asked], form: Form) -> Answers:
    """Read a form. Questions are in the survey's order; one that is hidden is never read."""
    answers = Answers()
    for index, question in enumerate(questions):
        if not _is_shown(question, questions[:index], answers.values):
            continue
        try:
            value = type_of(question).read(question, form)
        except InvalidAnswer as invalid:
            answers.errors[question.key] = invalid.message
            continue
        if value is not None:
            answers.values[question.key] = value
        elif question.is_required and type_of(question).asks:
            answers.errors[question.key] = type_of(question).empty_message
    return answers


def visible_questions(
    questions: Sequence[AnyQuestion], values: Mapping[str, Any]
) -> list[AnyQuestion]:
    """The questions a respondent with these answers (by key) is asked, in order.

    An answer to a question that is itself hidden shows nothing.
    """
    seen: list[AnyQuestion] = []
    counted: dict[str, Any] = {}
    for index, question in enumerate(questions):
        if not _is_shown(question, questions[:index], counted):
            continue
        seen.append(question)
        if question.key in values:
            counted[question.key] = values[question.key]
    return seen


def condition_of(question: Asked, questions: Sequence[Asked]) -> Condition | None:
    """The condition of a question of this survey; None if it is always shown."""
    condition = question.show_if
    if not condition:
        return None
    keys = [each.key for each in questions]
    place = keys.index(question.key)
    if condition["question"] not in keys[:place]:
        return None
    at = keys.index(condition["question"])
    earlier = questions[at]
    any_of = tuple(c for c in type_of(earlier).choices(earlier) if c.key in condition["any_of"])
    return Condition(earlier, at + 1, any_of, is_just_above=at == place - 1)


def _is_shown(question: Asked, earlier: Sequence[Asked], values: Mapping[str, Any]) -> bool:
    """A condition on a question that isn't there (any more) hides nothing."""
    condition = question.show_if
    if not condition or all(condition["question"] != each.key for each in earlier):
        return True
    given = values.get(condition["question"])
    chosen = given if isinstance(given, list) else [given]
    return any(key in condition["any_of"] for key in chosen)
