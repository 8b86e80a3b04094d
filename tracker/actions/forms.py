"""What staff say that they did, and the wording of what is missing from it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from tracker.actions.policy import (
    FIELDS,
    OUTCOME_LABELS,
    REASON_LABELS,
    ActionDraft,
    Outcome,
    ReasonCode,
    may_move,
    problems,
)
from tracker.consultations.fields import DayField
from tracker.themes.models import Theme

_GONE = "One of the themes is gone since you opened the page. Choose from those that are here."
_DAYS = ("due_on", "changed_on", "review_on")


class ActionForm(FlaskForm):  # type: ignore[misc]
    """One action. Which boxes count follows from the outcome; what is in the others is ignored."""

    theme = SelectMultipleField("Which themes does it answer?", coerce=int)
    is_warned = BooleanField("Yes, that theme may be owed an answer again")
    outcome = RadioField("What happened?", validate_choice=False)
    text = TextAreaField("What will young people read?")
    due_on = DayField("By when?")
    changed_on = DayField("Since when is it different?")
    evidence = TextAreaField("How can anyone see it? (if you like)")
    reason_code = RadioField(
        "What kind of reason?",
        choices=[SelectChoice(code.value, words) for code, words in REASON_LABELS.items()],
        validate_choice=False,
    )
    reason = TextAreaField("Why, in plain words?")
    decided_by = StringField(
        "Who decided?", description="A job or a group: the head of the youth service"
    )
    review_on = DayField(
        "When is it looked at again?", description="Money, people and rules change"
    )
    passed_on_to = StringField("To whom?", description="The town's road team")
    seen = HiddenField()
    public: Outcome | None = None
    is_reopened = False

    def offer(
        self, themes: Iterable[Theme], public: Outcome | None = None, *, is_reopened: bool = False
    ) -> None:
        """The themes, and the outcomes that may follow what is public now."""
        self.public, self.is_reopened = public, is_reopened
        self.theme.choices = [SelectChoice(theme.id, theme.statement) for theme in themes]
        self.outcome.choices = [
            SelectChoice(outcome.value, words)
            for outcome, words in OUTCOME_LABELS.items()
            if may_move(public, outcome, is_reopened=is_reopened)
        ]

    def read(self, today: date) -> ActionDraft | None:
        """What was sent, as a sound draft; None if it isn't, with what is wrong at each field."""
        self.validate()
        unread = {name: list(self[name].errors) for name in _DAYS}
        for name in _DAYS:
            self[name].errors = []  # only the days of this outcome matter, see below
        if self.theme.errors:
            self.theme.errors = [_GONE]
        draft = self._draft()
        if draft is None:
            self.outcome.errors = ["Choose what happened"]
            return None
        found = problems(draft, today)
        for name, message in found.items():
            self[name].errors = unread.get(name) or [message]
        return None if found or self.theme.errors else draft

    def _draft(self) -> ActionDraft | None:
        if self.outcome.data not in list(Outcome):
            return None
        outcome = Outcome(self.outcome.data)
        if not may_move(self.public, outcome, is_reopened=self.is_reopened):
            return None
        values: dict[str, Any] = {name: self[name].data for name in FIELDS[outcome]}
        if "reason_code" in values:
            known = self.reason_code.data in list(ReasonCode)
            values["reason_code"] = ReasonCode(self.reason_code.data) if known else None
        return ActionDraft(outcome, self.text.data or "", **values)


class MergeForm(FlaskForm):  # type: ignore[misc]
    """Which theme another one goes into."""

    into = RadioField("Merge it with", coerce=int)

    def offer(self, themes: Iterable[Theme]) -> None:
        self.into.choices = [SelectChoice(theme.id, theme.statement) for theme in themes]

    def check(self) -> bool:
        """Whether a theme was chosen."""
        is_sound = bool(self.validate_on_submit())
        if self.into.errors:
            self.into.errors = ["Choose the theme that stays"]
        return is_sound
