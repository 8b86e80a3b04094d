"""What the kinds that offer a list of choices share: the list, its keys, and how it is edited."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from tracker.languages import gettext as _
from tracker.languages import noop
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
from tracker.surveys.question_types.written import cleaned

FEWEST_CHOICES = 2
MOST_CHOICES = 30
LONGEST_CHOICE = 150

NOT_ON_THE_LIST = noop("That answer isn't on the list any more. Choose again.")


def choices_input(label: str = "Choices", hint: str = "One on each line.") -> SettingInput:
    """The builder's box with one choice on each line."""
    return SettingInput("choices", label, Look.LINES, hint)


def listed(settings: Mapping[str, Any]) -> tuple[Choice, ...]:
    """The choices kept in a question's settings."""
    return tuple(Choice(each["key"], each["text"]) for each in settings.get("choices", ()))


def lines_of(text: str) -> list[str]:
    """The lines that have something on them, trimmed."""
    return [line.strip() for line in cleaned(text).splitlines() if line.strip()]


def rekeyed(texts: Sequence[str], before: Sequence[Choice]) -> list[Choice]:
    """Choices for `texts`. A line that was there keeps its key, wherever it stands now.

    A line that is new, in the place of one that is gone, is taken as that one with its words
    edited, and keeps its key too.
    """
    keys = {choice.text: choice.key for choice in before if choice.text in texts}
    free = {i: old.key for i, old in enumerate(before) if old.text not in texts}
    next_number = 1 + max((_number_of(choice.key) for choice in before), default=0)
    chosen: list[Choice] = []
    for index, text in enumerate(texts):
        key = keys.get(text) or free.get(index)
        if key is None:
            key = f"c{next_number}"
            next_number += 1
        chosen.append(Choice(key, text))
    return chosen


def _number_of(key: str) -> int:
    digits = key.lstrip("c")
    return int(digits) if digits.isdecimal() else 0


class Chosen(QuestionType):
    """A kind with a list of choices in `settings["choices"]`."""

    can_branch = True
    fewest: ClassVar[int] = FEWEST_CHOICES
    most: ClassVar[int] = MOST_CHOICES
    setting_inputs: ClassVar[tuple[SettingInput, ...]] = (choices_input(),)
    empty_message = noop("We need an answer to this one. Choose what fits best.")

    def choices(self, question: Asked) -> tuple[Choice, ...]:
        return listed(question.settings)

    def pieces(self, question: Asked) -> dict[str, str]:
        listed_texts = {f"choice.{each.key}": each.text for each in listed(question.settings)}
        return super().pieces(question) | listed_texts

    def translated_settings(
        self, settings: Mapping[str, Any], said: Mapping[str, str]
    ) -> dict[str, Any]:
        if "choices" not in settings:
            return dict(settings)
        choices = [
            each | {"text": said.get(f"choice.{each['key']}", each["text"])}
            for each in settings["choices"]
        ]
        return {**settings, "choices": choices}

    def problems(self, question: Asked) -> list[str]:
        few = len(self.choices(question)) < self.fewest
        lacking = [f"It needs at least {self.fewest} choices."] if few else []
        return super().problems(question) + lacking

    def summary(self, question: Asked) -> str:
        return f"{self.label} of {len(self.choices(question))}"

    def read_settings(self, typed: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
        texts = lines_of(typed.get("choices", ""))
        self._check_lines(texts)
        kept = rekeyed(texts, listed(before))
        return {"choices": [{"key": each.key, "text": each.text} for each in kept]}

    def typed_settings(self, settings: Mapping[str, Any]) -> dict[str, str]:
        return {"choices": "\n".join(choice.text for choice in listed(settings))}

    def _check_lines(self, texts: Sequence[str]) -> None:
        if not self.fewest <= len(texts) <= self.most:
            raise InvalidSetting(
                "choices",
                f"Write {self.fewest} to {self.most} choices, one on each line. "
                f"There are {len(texts)} now.",
            )
        twice = next((text for text in texts if texts.count(text) > 1), None)
        if twice is not None:
            raise InvalidSetting("choices", f"“{twice[:80]}” is there twice. Take one away.")
        long = next((text for text in texts if len(text) > LONGEST_CHOICE), None)
        if long is not None:
            raise InvalidSetting(
                "choices",
                f"“{long[:40]}…” is too long. A choice has {LONGEST_CHOICE} characters at most.",
            )


class ChosenOnce(Chosen):
    """A kind where one of the choices is the answer; its value is that choice's key."""

    def read(self, question: Asked, form: Form) -> str | None:
        key = form.get(question.key, "")
        if not key:
            return None
        if key not in {choice.key for choice in self.choices(question)}:
            raise InvalidAnswer(_(NOT_ON_THE_LIST))
        return key

    def in_words(self, question: Asked, value: AnswerValue) -> str:
        return words_of(self.choices(question), [str(value)])


def words_of(choices: Sequence[Choice], keys: Sequence[str], joined_by: str = ", ") -> str:
    """The words of the chosen keys; a key that is on no list is shown as it is."""
    texts = {choice.key: choice.text for choice in choices}
    return joined_by.join(texts.get(key, key) for key in keys)


def keys_in(value: AnswerValue) -> list[str]:
    """The keys in an answer that holds several."""
    return [str(key) for key in value] if isinstance(value, list) else [str(value)]
