"""The forms about the languages of this installation."""

from collections.abc import Collection
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import DataRequired, Length

from tracker.languages import ENGLISH, languages


class FirstLanguageForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What public pages speak with somebody whose browser asks for nothing we have."""

    language = SelectField(
        "First language",
        description="For those whose phone asks for none of these languages.",
    )

    def offer(self, off: Collection[str]) -> "FirstLanguageForm":
        """With every language but those that are switched off."""
        self.language.choices = [
            SelectChoice(code, each.english_name)
            for code, each in languages().items()
            if code not in off
        ]
        return self


class OfferedForm(FlaskForm):  # type: ignore[misc]
    """Which languages public pages speak, beside English."""

    languages = SelectMultipleField(
        "Beside English, public pages speak",
        description="One that you take the tick from is gone from every public page and from mails to "
        "young people. Translations are kept, and are there again when you switch it on.",
    )

    @classmethod
    def about(cls, off: Collection[str], **how: Any) -> "OfferedForm":
        """The form as posted, or with a tick at every language that isn't switched off."""
        others = [each for code, each in languages().items() if code != ENGLISH]
        form = cls(
            data={"languages": [each.code for each in others if each.code not in off]}, **how
        )
        form.languages.choices = [SelectChoice(each.code, each.english_name) for each in others]
        return form


class CatalogueForm(FlaskForm):  # type: ignore[misc]
    """A catalogue file and the language it is in."""

    code = StringField(
        "Code of the language",
        [DataRequired("Enter the code of the language, like fr for French."), Length(max=12)],
        description="Two or three letters, like fr for French or so for Somali.",
    )
    file = FileField(
        "Catalogue file (.po)",
        [FileRequired("Choose the file that your translator gave you.")],
    )
