"""As many of a list as fit, or as many as the author allows."""

from collections.abc import Mapping
from typing import Any

from tracker.languages import gettext as _
from tracker.languages import ngettext
from tracker.surveys.question_types.base import (
    AnswerValue,
    Asked,
    Form,
    InvalidAnswer,
    InvalidSetting,
    Look,
    SettingInput,
)
from tracker.surveys.question_types.chosen import (
    NOT_ON_THE_LIST,
    Chosen,
    choices_input,
    keys_in,
    words_of,
)


class SeveralChoices(Chosen, kind="several_choices", place=4):
    label = "Several choices"
    about = "A list where more than one thing can fit. Later questions can depend on it."
    setting_inputs = (
        choices_input(),
        SettingInput(
            "at_most",
            "How many may be chosen?",
            Look.NUMBER,
            "Leave empty for as many as they like.",
        ),
    )

    def read(self, question: Asked, form: Form) -> list[str] | None:
        ticked = {key for key in form.getlist(question.key) if key}
        known = [choice.key for choice in self.choices(question)]
        if not ticked <= set(known):
            raise InvalidAnswer(_(NOT_ON_THE_LIST))
        at_most = question.settings.get("at_most")
        if at_most and len(ticked) > at_most:
            raise InvalidAnswer(
                ngettext(
                    "You chose %(chosen)s. Choose %(num)s at most.",
                    "You chose %(chosen)s. Choose %(num)s at most.",
                    at_most,
                    chosen=len(ticked),
                )
            )
        return [key for key in known if key in ticked] or None

    def in_words(self, question: Asked, value: AnswerValue) -> str:
        return words_of(self.choices(question), keys_in(value))

    def summary(self, question: Asked) -> str:
        at_most = question.settings.get("at_most")
        return super().summary(question) + (f", {at_most} at most" if at_most else "")

    def read_settings(self, typed: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
        settings = super().read_settings(typed, before)
        wanted = typed.get("at_most", "").strip()
        if not wanted:
            return settings
        most = len(settings["choices"])
        if not wanted.isdecimal() or len(wanted) > 3 or not 1 <= int(wanted) <= most:
            raise InvalidSetting("at_most", f"Write a number from 1 to {most}, or leave it empty.")
        return settings | {"at_most": int(wanted)}

    def typed_settings(self, settings: Mapping[str, Any]) -> dict[str, str]:
        return super().typed_settings(settings) | {"at_most": str(settings.get("at_most", ""))}
