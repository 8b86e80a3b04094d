"""What a respondent or a member of staff typed, so that none of it is ever lost; and staff's own forms."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from tracker.responses.models import SetAsideReason, Source
from tracker.responses.queries import Said
from tracker.surveys.question_types import Asked, Form, InvalidAnswer, type_of

REASON_LABELS = {
    SetAsideReason.BLANK: "It says nothing",
    SetAsideReason.SPAM: "It is spam",
    SetAsideReason.TEST: "It was a test",
    SetAsideReason.DUPLICATE: "It is there twice",
    SetAsideReason.SAFEGUARDING: "I am worried about this young person",
    SetAsideReason.WITHDRAWN: "The young person took it back",
    SetAsideReason.HELD: "With the safeguarding lead",
}
# What staff may give as a reason: all but what only the respondent or the wording can bring about.
CHOSEN_BY_STAFF = {
    reason: words
    for reason, words in REASON_LABELS.items()
    if reason not in (SetAsideReason.WITHDRAWN, SetAsideReason.HELD)
}
SOURCE_LABELS = {
    Source.PHONE: "Phone",
    Source.KIOSK: "Kiosk",
    Source.PAPER: "Paper",
    Source.MEETING: "Meeting",
    Source.IMPORT: "Import",
}

_QUESTION_KEY = re.compile(r"q[0-9]{1,11}")


def typed_in_words(questions: Sequence[Asked], form: Form) -> list[Said]:
    """Everything in the form that answers one of the questions, sound or not, to show it again."""
    said = ((question.text, _words_typed(question, form)) for question in questions)
    kept = [Said(text, words) for text, words in said if words]
    return kept + [Said("", words) for words in typed_for_gone(questions, form)]


def _words_typed(question: Asked, form: Form) -> str:
    try:
        value = type_of(question).read(question, form)
    except InvalidAnswer:
        return ", ".join(typed for typed in form.getlist(question.key) if typed.strip())
    return "" if value is None else type_of(question).in_words(question, value)


def typed_for_gone(questions: Sequence[Asked], form: Form) -> list[str]:
    """What was typed for questions that have gone from the survey while the page was open."""
    known = {question.key for question in questions}
    return [
        typed
        for name, typed in form.items(multi=True)
        if name not in known and _QUESTION_KEY.fullmatch(name) and typed.strip()
    ]


@dataclass(frozen=True)
class OnPaper:
    """A question as it stands on paper: nobody can be made to answer it any more."""

    key: str
    kind: str
    text: str
    hint: str
    settings: dict[str, Any]
    show_if: dict[str, Any] | None
    is_required: bool = False


def as_on_paper(questions: Sequence[Asked]) -> list[OnPaper]:
    """The questions, none of them required."""
    return [OnPaper(q.key, q.kind, q.text, q.hint, q.settings, q.show_if) for q in questions]


class SetAsideForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Why responses are set aside. Which ones is sent beside it, as `response`."""

    reason = SelectField(
        "Why?",
        choices=[
            SelectChoice("", "Choose a reason"),
            *(SelectChoice(reason.value, words) for reason, words in CHOSEN_BY_STAFF.items()),
        ],
        validators=[InputRequired("Choose why you set this aside.")],
    )

    @property
    def chosen(self) -> SetAsideReason:
        return SetAsideReason(self.reason.data)


class TypedInForm(FlaskForm):  # type: ignore[misc]
    """Where a response that staff type in comes from."""

    source = RadioField(
        "Where do these words come from?",
        choices=[
            SelectChoice(Source.PAPER.value, "A paper form"),
            SelectChoice(Source.MEETING.value, "Notes of a meeting or a conversation"),
        ],
        default=Source.PAPER.value,
    )

    @property
    def chosen(self) -> Source:
        return Source(self.source.data)
