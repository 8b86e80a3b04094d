"""Yes or no, and "not sure" where the author allows it."""

from collections.abc import Mapping
from typing import Any

from tracker.languages import gettext as _
from tracker.surveys.question_types.base import Asked, Choice, Look, SettingInput
from tracker.surveys.question_types.chosen import ChosenOnce


class YesNo(ChosenOnce, kind="yes_no", place=6):
    label = "Yes or no"
    choices_are_ours = True
    about = "One clear question. Later questions can depend on it."
    setting_inputs = (SettingInput("not_sure", "Offer “Not sure” as well", Look.TICK, initial="y"),)

    def choices(self, question: Asked) -> tuple[Choice, ...]:
        unsure = (Choice("not_sure", _("Not sure")),) if question.settings.get("not_sure") else ()
        return (Choice("yes", _("Yes")), Choice("no", _("No")), *unsure)

    def summary(self, question: Asked) -> str:
        return "Yes, no or not sure" if question.settings.get("not_sure") else self.label

    def read_settings(self, typed: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
        return {"not_sure": bool(typed.get("not_sure"))}

    def typed_settings(self, settings: Mapping[str, Any]) -> dict[str, str]:
        return {"not_sure": "y" if settings.get("not_sure") else ""}
