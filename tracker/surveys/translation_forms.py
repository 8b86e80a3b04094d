"""The shape of what authors choose and type when a survey is translated."""

from collections.abc import Collection, Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs

from tracker.languages import Language, language_named, languages
from tracker.languages.translations import Standing
from tracker.surveys.models import Survey
from tracker.surveys.question_types.written import cleaned
from tracker.surveys.translated import Progress

LONGEST_TRANSLATION = 5_000
_FROM_LIST: dict[str, Any] = {  # the stubs of wtforms don't know these yet
    "invalid_value_message": "Choose from the list.",
    "invalid_choice_message": "Choose from the list.",
}


class LanguagesForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What a survey is written in, and into what it is translated."""

    written_in = SelectField("The questions are written in", **_FROM_LIST)
    languages = SelectMultipleField(
        "Translate them into",
        description="Young people can choose a language when everything is translated into it.",
        **_FROM_LIST,
    )

    @classmethod
    def about(cls, survey: Survey, off: Collection[str]) -> "LanguagesForm":
        """The form as posted, or filled with what is known of `survey`.

        Languages that are switched off (`off`) are on it only where they were chosen before.
        """
        about = survey.consultation
        form = cls(data={"written_in": about.language, "languages": survey.languages})
        offered = {code: each for code, each in languages().items() if code not in off} | {
            code: language_named(code) for code in (about.language, *survey.languages)
        }
        choices = [
            SelectChoice(code, f"{named(each)}, switched off" if code in off else named(each))
            for code, each in offered.items()
        ]
        form.written_in.choices = choices
        form.languages.choices = choices
        return form


def named(language: Language) -> str:
    """A language for staff: "Welsh (Cymraeg)"."""
    if language.name == language.english_name:
        return language.name
    return f"{language.english_name} ({language.name})"


class TooLong(ValueError):
    """A translation is longer than what can be kept; `name` is its input."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name
        self.message = f"Make it shorter: {LONGEST_TRANSLATION:,} characters at most."


def piece_name(section: str, piece: str) -> str:
    """The name of the input for one piece."""
    return f"{section}.{piece}"


def translation_typed(progress: Progress, form: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What was typed for each piece, by section. Raises `TooLong`.

    A translation whose original has changed is left out while nobody has touched it or ticked that it
    still fits: it has to be looked at, not just saved along.
    """
    typed: dict[str, dict[str, str]] = {}
    for section in progress.sections:
        for piece in section.pieces:
            name = piece_name(section.name, piece.name)
            said = cleaned(form.get(name, piece.translation)).strip()
            if len(said) > LONGEST_TRANSLATION:
                raise TooLong(name)
            is_untouched = said == piece.translation and not form.get(f"{name}.fits")
            if not (piece.standing is Standing.OUTDATED and is_untouched):
                typed.setdefault(section.name, {})[piece.name] = said
    return typed
