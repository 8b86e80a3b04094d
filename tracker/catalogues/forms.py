"""The forms about the languages of this installation."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import DataRequired, Length

from tracker.languages import languages


class FirstLanguageForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What public pages speak with somebody whose browser asks for nothing we have."""

    language = SelectField(
        "First language",
        description="For those whose phone asks for none of these languages.",
    )

    def offer(self) -> "FirstLanguageForm":
        self.language.choices = [
            SelectChoice(code, each.english_name) for code, each in languages().items()
        ]
        return self


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
