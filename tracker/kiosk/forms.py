"""The form that makes a tablet a kiosk."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Length, ValidationError

from tracker.kiosk.policy import pin_problem
from tracker.surveys.models import Survey


class StartForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Which surveys the tablet asks, and the PIN that stops it."""

    name = StringField(
        "What do you call this tablet?",
        description="So that you can tell it from others: “Reception”, “Youth club, blue case”.",
        filters=[lambda typed: " ".join((typed or "").split())],
        validators=[
            DataRequired("Give the tablet a name"),
            Length(max=80, message="Make the name shorter: at most 80 characters"),
        ],
    )
    surveys = SelectMultipleField(
        "What does it ask?",
        description="With more than one, each young person chooses.",
        coerce=str,
        validate_choice=False,
    )
    asks_verdicts = BooleanField(
        "Also ask “Did it change?” about what your service says it has done"
    )
    pin = PasswordField(
        "PIN to leave the kiosk",
        description="4 to 6 digits. Staff need it to get out of the kiosk; write it down away from "
        "the tablet.",
        validators=[DataRequired("Choose a PIN of 4 to 6 digits")],
    )

    def offer(self, surveys: Sequence[Survey]) -> None:
        """Say which surveys can be ticked."""
        self.surveys.choices = [SelectChoice(str(survey.id), _label(survey)) for survey in surveys]
        self._offered = list(surveys)

    def validate_surveys(self, _field: SelectMultipleField) -> None:
        if not self.chosen:
            raise ValidationError("Tick at least one survey")

    def validate_pin(self, field: PasswordField) -> None:
        if problem := pin_problem(field.data or ""):
            raise ValidationError(problem)

    @property
    def chosen(self) -> list[Survey]:
        """The surveys ticked, of those that can be."""
        return [survey for survey in self._offered if str(survey.id) in (self.surveys.data or ())]


def _label(survey: Survey) -> str:
    title = survey.consultation.title
    return title if survey.title == title else f"{title}: {survey.title}"
