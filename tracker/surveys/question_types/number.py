"""A number, from the author's smallest to their largest."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tracker.languages import gettext as _
from tracker.languages import noop
from tracker.surveys.question_types.base import (
    AnswerValue,
    Asked,
    Form,
    InvalidAnswer,
    InvalidSetting,
    Look,
    QuestionType,
    SettingInput,
)

# Digits of any script; at most nine before the point and four after it.
_NUMBER = re.compile(r"[-−+]?\d{1,9}(?:[.]\d{1,4})?")
LARGEST = 999_999_999


def number_in(text: str) -> int | float | None:
    """The number written in `text`, or None if it isn't one."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    exact = Decimal(text.replace("−", "-"))
    return int(exact) if exact == exact.to_integral_value() else float(exact)


class Number(QuestionType, kind="number", place=8):
    label = "Number"
    about = "How many, how old, how long."
    empty_message = noop("We need an answer to this one. Write a number.")
    setting_inputs = (
        SettingInput("smallest", "Smallest number", Look.NUMBER, "Leave empty for 0.", (), "0"),
        SettingInput("largest", "Largest number", Look.NUMBER, "Leave empty for no limit."),
        SettingInput("has_decimals", "Allow parts, like 2.5", Look.TICK),
    )

    def read(self, question: Asked, form: Form) -> int | float | None:
        typed = form.get(question.key, "")
        if not typed.strip():
            return None
        number = number_in(typed)
        if number is None:
            raise InvalidAnswer(_("Write just a number here, like 7."))
        if isinstance(number, float) and not question.settings.get("has_decimals"):
            raise InvalidAnswer(_("Write a whole number, like 7."))
        smallest, largest = self.limits(question.settings)
        if not smallest <= number <= largest:
            raise InvalidAnswer(self._limits_message(smallest, largest))
        return number

    def in_words(self, question: Asked, value: AnswerValue) -> str:
        return str(value)

    def limits(self, settings: Mapping[str, Any]) -> tuple[int | float, int | float]:
        """The smallest and the largest number that is taken."""
        return settings.get("smallest", 0), settings.get("largest", LARGEST)

    def summary(self, question: Asked) -> str:
        smallest, largest = self.limits(question.settings)
        return (
            f"Number, {smallest} to {largest}" if largest < LARGEST else f"Number from {smallest}"
        )

    def read_settings(self, typed: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
        limits = {name: _limit(name, typed) for name in ("smallest", "largest")}
        given = {name: limit for name, limit in limits.items() if limit is not None}
        smallest, largest = self.limits(given)
        if smallest >= largest:
            raise InvalidSetting("largest", f"Make the largest number more than {smallest}.")
        return given | {"has_decimals": bool(typed.get("has_decimals"))}

    def typed_settings(self, settings: Mapping[str, Any]) -> dict[str, str]:
        return {
            "smallest": str(settings.get("smallest", "")),
            "largest": str(settings.get("largest", "")),
            "has_decimals": "y" if settings.get("has_decimals") else "",
        }

    def _limits_message(self, smallest: int | float, largest: int | float) -> str:
        if largest < LARGEST:
            return _(
                "Write a number from %(smallest)s to %(largest)s.",
                smallest=smallest,
                largest=largest,
            )
        return _(
            "Write a number that is %(smallest)s or more, and not too long.", smallest=smallest
        )


def _limit(name: str, typed: Mapping[str, str]) -> int | float | None:
    text = typed.get(name, "").strip()
    if not text:
        return None
    number = number_in(text)
    if number is None:
        raise InvalidSetting(name, "Write a number of nine digits at most, or leave it empty.")
    return number
