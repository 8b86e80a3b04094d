"""What follows from a survey's own questions: which are shown, what was answered, what is wrong.

Pure: questions and a form in, values out. Nothing here reads or writes a database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tracker.languages import gettext as _
from tracker.surveys.question_types import (
    AnswerValue,
    Asked,
    Choice,
    Form,
    InvalidAnswer,
    type_of,
)

MOST_QUESTIONS = 60
MOST_SURVEYS = 20
LONGEST_TITLE = 160
LONGEST_TEXT = 300

AnyQuestion = TypeVar("AnyQuestion", bound=Asked)


@dataclass(frozen=True)
class QuestionDraft:
    """A question as its author has written it. `show_if` as in `models.Question`."""

    text: str
    hint: str = ""
    is_required: bool = False
    settings: dict[str, Any] = field(default_factory=dict)
    show_if: dict[str, Any] | None = None
    set_aside: tuple[str, ...] = ()  # marks of findings that the author leaves as they are


@dataclass(frozen=True)
class QuestionProblem:
    """What has to be mended in one question before the survey can be opened."""

    key: str
    number: int  # its place in the survey, from 1
    message: str


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
        chosen = _(" or ").join(f"“{choice.text}”" for choice in self.any_of)
        if self.is_just_above:
            return _("Only if you chose %(answers)s above.", answers=chosen)
        return _(
            "Only if you chose %(answers)s for “%(question)s”.",
            answers=chosen,
            question=self.question.text,
        )

    @property
    def for_author(self) -> str:
        """In an author's words."""
        chosen = " or ".join(f"“{choice.text}”" for choice in self.any_of)
        return f"Shown only if they chose {chosen} in question {self.number}."


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
            answers.errors[question.key] = _(type_of(question).empty_message)
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


def survey_problems(questions: Sequence[Asked]) -> list[QuestionProblem]:
    """What has to be mended in a survey's questions before it can be opened, in their order.

    That a survey asks nothing at all is not among them: see `asks_something`.
    """
    return [
        QuestionProblem(question.key, number, message)
        for number, question in enumerate(questions, start=1)
        for message in type_of(question).problems(question)
    ]


def asks_something(questions: Sequence[Asked]) -> bool:
    """Whether at least one question has something to answer."""
    return asked_count(questions) > 0


def asked_count(questions: Sequence[Asked]) -> int:
    """How many questions have something to answer."""
    return sum(type_of(question).asks for question in questions)


def conditions_offered(earlier: Sequence[AnyQuestion]) -> list[AnyQuestion]:
    """The questions a later one may depend on, in order."""
    return [question for question in earlier if type_of(question).can_branch]


def condition_problem(show_if: Mapping[str, Any] | None, earlier: Sequence[Asked]) -> str | None:
    """Why a question that stands after `earlier` can't have this condition; None if it can."""
    if show_if is None:
        return None
    asked = next((q for q in conditions_offered(earlier) if q.key == show_if["question"]), None)
    if asked is None:
        return "Choose an earlier question that has answers to choose from."
    known = {choice.key for choice in type_of(asked).choices(asked)}
    if not show_if["any_of"] or not set(show_if["any_of"]) <= known:
        return "Tick at least one answer that shows this question."
    return None


def dependents(key: str, questions: Sequence[AnyQuestion]) -> list[AnyQuestion]:
    """The questions that are shown only for some answers to the question with this key."""
    return [q for q in questions if q.show_if and q.show_if["question"] == key]


def misplaced(questions: Sequence[AnyQuestion]) -> AnyQuestion | None:
    """The first question that stands before the one it depends on, if any does."""
    seen: set[str] = set()
    for question in questions:
        if question.show_if and question.show_if["question"] not in seen:
            return question
        seen.add(question.key)
    return None


def next_key(keys: Sequence[str]) -> str:
    """The key of a new question: one more than the highest there is."""
    numbers = [int(key[1:]) for key in keys if key[1:].isdecimal()]
    return f"q{max(numbers, default=0) + 1}"
