"""What the two kinds of written answers share: cleaning, counting, reading."""

import re
from typing import ClassVar

from tracker.languages import gettext as _
from tracker.languages import noop, number_in_words
from tracker.surveys.question_types.base import (
    AnswerValue,
    Asked,
    Form,
    InvalidAnswer,
    QuestionType,
)

# PostgreSQL can't keep NUL, and half of a surrogate pair is no character at all.
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


def cleaned(text: str) -> str:
    """The text as it was typed, without what no database can keep.

    A browser sends a line break as CR LF; it is turned back into the one that was typed. Every
    other character of every script stays as it is: nothing is trimmed, folded or normalised.
    """
    return _UNKEEPABLE.sub("", text).replace("\r\n", "\n")


class Written(QuestionType):
    """An answer in the respondent's own words."""

    longest: ClassVar[int]
    empty_message = noop("We need an answer to this one. Write something here.")

    def read(self, question: Asked, form: Form) -> str | None:
        text = cleaned(form.get(question.key, ""))
        if not text.strip():
            return None
        if len(text) > self.longest:
            over = len(text) - self.longest
            raise InvalidAnswer(
                _(
                    "That is a bit too long: %(length)s letters and spaces, and we can keep "
                    "%(longest)s. Nothing is lost. Make it %(over)s shorter.",
                    length=number_in_words(len(text)),
                    longest=number_in_words(self.longest),
                    over=number_in_words(over),
                )
            )
        return text

    def in_words(self, question: Asked, value: AnswerValue) -> str:
        return str(value)
