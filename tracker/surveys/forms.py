"""The shape of what authors type into the survey builder, and the wording of what is wrong with it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import DataRequired, Length, Optional

from tracker.consultations.models import Consultation
from tracker.consultations.policy import AGE_BAND_WORDS, AgeBand
from tracker.surveys import policy
from tracker.surveys.findings import findings_in
from tracker.surveys.models import Question
from tracker.surveys.policy import QuestionDraft
from tracker.surveys.question_types import (
    InvalidSetting,
    Look,
    QuestionType,
    SettingInput,
    type_of,
)
from tracker.surveys.question_types.written import cleaned
from tracker.surveys.variants import Variant
from tracker.wording.policy import Finding

_FROM_LIST: dict[str, Any] = {  # the stubs of wtforms don't know these yet
    "invalid_value_message": "Choose from the list.",
    "invalid_choice_message": "Choose from the list.",
}
_SETTING = "setting_"  # what the names of the inputs for a kind's own settings begin with
ALWAYS = "always"


def one_line(text: str | None) -> str:
    """The text on one line, as a title or a question stands on the page."""
    return " ".join(cleaned(text or "").split())


def at_most(most: int) -> Length:
    return Length(max=most, message=f"Make it shorter: {most} characters at most.")


class VariantForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Whom a survey is for, where a consultation has several."""

    age_band = SelectField(
        "For which ages?",
        [Optional()],
        choices=[
            SelectChoice("", "Everybody"),
            *(SelectChoice(band.value, f"Ages {AGE_BAND_WORDS[band]}") for band in AgeBand),
        ],
        default="",
        **_FROM_LIST,
    )
    is_easy_read = BooleanField(
        "Easy read: with pictures and short sentences, and read aloud on request"
    )

    @property
    def variant(self) -> Variant:
        """What was chosen."""
        band = AgeBand(self.age_band.data) if self.age_band.data else None
        return Variant(band, bool(self.is_easy_read.data))


class SurveyForm(VariantForm):
    """A survey's name and whom it is for."""

    title = StringField(
        "Name of the survey",
        [DataRequired("Write a name for the survey."), at_most(policy.LONGEST_TITLE)],
        filters=[one_line],
        description="Young people see it. For example: Our youth centre, easy to read.",
    )


class CopyForm(VariantForm):
    """Where the copy of a survey goes, and whom it is for."""

    to = RadioField("Which consultation gets the copy?", coerce=int, **_FROM_LIST)

    def offer(self, drafts: Iterable[Consultation]) -> None:
        """Let the author choose among `drafts`."""
        self.to.choices = [
            SelectChoice(draft.id, f"{draft.title} ({draft.service.name})") for draft in drafts
        ]


class QuestionForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A question of any kind; `question_form` makes one with the inputs of that kind's settings."""

    text = TextAreaField(
        "Question",
        [DataRequired("Write the question."), at_most(policy.LONGEST_TEXT)],
        filters=[one_line],
        description="One thing at a time, in words a nine-year-old knows.",
    )
    hint = StringField(
        "A line of help below it",
        [Optional(), at_most(policy.LONGEST_TEXT)],
        filters=[one_line],
    )
    is_required = BooleanField(
        "They can't skip this one. Use it rarely: people who can't skip often stop altogether."
    )
    show_if = RadioField("When is it shown?", default=ALWAYS, **_FROM_LIST)
    # Checked with the condition as a whole, so that what is wrong stands in one place.
    answers = SelectMultipleField("Answers that show it", validate_choice=False)
    # Marks of findings of wording help; those that aren't found any more are dropped.
    set_aside = SelectMultipleField("Left as it is", validate_choice=False)

    kind: QuestionType
    before: Mapping[str, Any]
    earlier: Sequence[Question]
    draft: QuestionDraft

    def offer(
        self, kind: QuestionType, earlier: Sequence[Question], before: Mapping[str, Any]
    ) -> None:
        """Fit the form to a kind, the questions before this one, and the settings it had."""
        self.kind, self.earlier, self.before = kind, earlier, before
        self.show_if.choices = [SelectChoice(ALWAYS, "Always")] + [
            SelectChoice(question.key, question.text) for question in self.branchable
        ]
        self.answers.choices = [
            SelectChoice(f"{question.key}:{choice.key}", choice.text)
            for question in self.branchable
            for choice in type_of(question).choices(question)
        ]
        if not kind.asks:
            self.text.label.text = "Heading"
            self.text.description = ""
            del self.hint, self.is_required

    @property
    def branchable(self) -> list[Question]:
        """The earlier questions this one may depend on."""
        return policy.conditions_offered(self.earlier)

    @property
    def setting_fields(self) -> list[tuple[SettingInput, Field]]:
        """The inputs of this kind's settings."""
        return [(each, self[_SETTING + each.name]) for each in self.kind.setting_inputs]

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Whether the question can be saved; then it is in `draft`."""
        is_sound = super().validate(extra_validators)
        settings, show_if = self._settings(), self._condition()
        has_condition = self._check_condition(show_if)
        if not is_sound or settings is None or not has_condition:
            return False
        self.draft = QuestionDraft(
            text=self.text.data or "",
            hint=(self.hint.data or "") if self.kind.asks else "",
            is_required=bool(self.kind.asks and self.is_required.data),
            settings=settings,
            show_if=show_if,
            set_aside=tuple(
                each.mark for each in self.findings if each.mark in self.marks_set_aside
            ),
        )
        return True

    @property
    def findings(self) -> list[Finding]:
        """What wording help finds in what is typed, whether or not it can be saved."""
        try:
            settings = self.kind.read_settings(self._typed_settings(), self.before)
        except InvalidSetting:
            settings = {}
        hint = (self.hint.data or "") if self.kind.asks else ""
        return findings_in(self.kind.kind, self.text.data or "", hint, settings)

    @property
    def marks_set_aside(self) -> list[str]:
        return list(self.set_aside.data or ())

    def _settings(self) -> dict[str, Any] | None:
        """The kind's own settings; None, with the reason at its input, if they can't be taken."""
        try:
            return self.kind.read_settings(self._typed_settings(), self.before)
        except InvalidSetting as invalid:
            found = self[_SETTING + invalid.name]
            found.errors = found.errors or [invalid.message]
            return None

    def _check_condition(self, show_if: dict[str, Any] | None) -> bool:
        problem = policy.condition_problem(show_if, self.earlier)
        if problem is not None:
            self.show_if.errors = self.show_if.errors or [problem]
        return problem is None

    def _typed_settings(self) -> dict[str, str]:
        typed = {each.name: found.data for each, found in self.setting_fields}
        return {
            name: ("y" if value else "") if isinstance(value, bool) else (value or "")
            for name, value in typed.items()
        }

    def _condition(self) -> dict[str, Any] | None:
        if self.show_if.data == ALWAYS:
            return None
        ticked = [answer.partition(":") for answer in self.answers.data or ()]
        any_of = [choice for key, _, choice in ticked if key == self.show_if.data]
        return {"question": self.show_if.data, "any_of": any_of}


def question_form(
    kind: QuestionType, earlier: Sequence[Question], question: Question | None = None
) -> QuestionForm:
    """The form for a new question of this kind, or filled with `question` to change it."""
    inputs = {_SETTING + each.name: _field_for(each) for each in kind.setting_inputs}
    form: QuestionForm = type("KindForm", (QuestionForm,), inputs)(
        data=_filled_with(kind, question) if question else _empty(kind)
    )
    form.offer(kind, earlier, question.settings if question else {})
    return form


def _empty(kind: QuestionType) -> dict[str, Any]:
    return {_SETTING + each.name: _as_data(each, each.initial) for each in kind.setting_inputs}


def _filled_with(kind: QuestionType, question: Question) -> dict[str, Any]:
    typed = kind.typed_settings(question.settings)
    settings = {
        _SETTING + each.name: _as_data(each, typed[each.name]) for each in kind.setting_inputs
    }
    show_if = question.show_if or {"question": ALWAYS, "any_of": []}
    return settings | {
        "text": question.text,
        "hint": question.hint,
        "is_required": question.is_required,
        "set_aside": question.set_aside,
        "show_if": show_if["question"],
        "answers": [f"{show_if['question']}:{key}" for key in show_if["any_of"]],
    }


def _as_data(wanted: SettingInput, typed: str) -> str | bool:
    return bool(typed) if wanted.look is Look.TICK else typed


def _field_for(wanted: SettingInput) -> Any:
    if wanted.look is Look.TICK:
        return BooleanField(wanted.label, description=wanted.hint)
    if wanted.look is Look.PICK:
        choices = [SelectChoice(option.key, option.text) for option in wanted.options]
        return RadioField(wanted.label, choices=choices, description=wanted.hint, **_FROM_LIST)
    if wanted.look is Look.NUMBER:
        return StringField(wanted.label, description=wanted.hint)
    return TextAreaField(wanted.label, description=wanted.hint)
