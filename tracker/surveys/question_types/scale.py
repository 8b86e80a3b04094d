"""A scale from one end to the other, with faces or with words alone."""

from collections.abc import Mapping
from typing import Any

from tracker.surveys.question_types.base import Asked, Choice, InvalidSetting, Look, SettingInput
from tracker.surveys.question_types.chosen import ChosenOnce

FACES = "faces"
FACES_RISING = "faces_rising"
WORDS = "words"
LOOKS = (
    Choice(FACES, "Faces with words, the happiest first"),
    Choice(FACES_RISING, "Faces with words, the happiest last"),
    Choice(WORDS, "Words alone"),
)


class Scale(ChosenOnce, kind="scale", place=5):
    label = "Scale"
    about = "How good, how often, how much: faces or words from one end to the other."
    fewest = 3
    most = 7
    setting_inputs = (
        SettingInput(
            "look",
            "How it looks",
            Look.PICK,
            options=LOOKS,
            initial=FACES,
        ),
        SettingInput(
            "choices",
            "Words, from one end to the other",
            Look.LINES,
            "3 to 7, one on each line.",
            initial="Really good\nGood\nOK\nBad\nReally bad",
        ),
    )

    def moods(self, question: Asked) -> dict[str, float]:
        """Choice key → how its face looks, from -1 (sad) to 1 (happy); empty for words alone."""
        look = question.settings.get("look", FACES)
        if look == WORDS:
            return {}
        keys = [choice.key for choice in self.choices(question)]
        happiest_first = keys if look == FACES else keys[::-1]
        step = 2 / max(len(keys) - 1, 1)
        return {key: 1 - place * step for place, key in enumerate(happiest_first)}

    def summary(self, question: Asked) -> str:
        look = "words" if question.settings.get("look") == WORDS else "faces"
        return f"Scale of {len(self.choices(question))} {look}"

    def read_settings(self, typed: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
        look = typed.get("look", FACES)
        if look not in [each.key for each in LOOKS]:
            raise InvalidSetting("look", "Choose faces or words.")
        return super().read_settings(typed, before) | {"look": look}

    def typed_settings(self, settings: Mapping[str, Any]) -> dict[str, str]:
        return super().typed_settings(settings) | {"look": settings.get("look", FACES)}
