"""A page to read: a heading and a few paragraphs, with nothing to answer."""

import re
from collections.abc import Mapping
from typing import Any

from tracker.surveys.question_types.base import (
    AnswerValue,
    Asked,
    Form,
    InvalidSetting,
    Look,
    QuestionType,
    SettingInput,
)
from tracker.surveys.question_types.written import cleaned

LONGEST_BODY = 3000


class Information(QuestionType, kind="information", place=9):
    label = "Information"
    about = "A page to read between questions. Nothing to answer."
    asks = False
    setting_inputs = (
        SettingInput(
            "body", "What to read", Look.PARAGRAPHS, "Leave an empty line between paragraphs."
        ),
    )

    def read(self, question: Asked, form: Form) -> None:
        return None

    def in_words(self, question: Asked, value: AnswerValue) -> str:
        return ""

    def pieces(self, question: Asked) -> dict[str, str]:
        return super().pieces(question) | {"body": question.settings.get("body", "")}

    def translated_settings(
        self, settings: Mapping[str, Any], said: Mapping[str, str]
    ) -> dict[str, Any]:
        return {**settings, "body": said.get("body", settings.get("body", ""))}

    def paragraphs(self, question: Asked) -> list[str]:
        """What to read, by paragraph."""
        return [part for part in re.split(r"\n\s*\n", question.settings.get("body", "")) if part]

    def read_settings(self, typed: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
        body = cleaned(typed.get("body", "")).strip()
        if len(body) > LONGEST_BODY:
            raise InvalidSetting(
                "body", f"Make it {len(body) - LONGEST_BODY:,} characters shorter."
            )
        return {"body": body}

    def typed_settings(self, settings: Mapping[str, Any]) -> dict[str, str]:
        return {"body": settings.get("body", "")}
