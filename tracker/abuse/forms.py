"""The shape of what staff choose about who can answer a survey."""

from uuid import UUID, uuid4

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import StopValidation

from tracker.abuse.operations import MOST_AT_ONCE

HOURS = {1: "For one hour", 24: "For a day", 168: "For a week"}


class InviteForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """How many links to make. `form_id` keeps a second press from making them twice."""

    number = IntegerField("How many links?", default=30)
    form_id = HiddenField(default=lambda: str(uuid4()))

    def validate_number(self, field: IntegerField) -> None:
        if field.data is None or not 1 <= field.data <= MOST_AT_ONCE:
            field.errors = []  # the library's own words for it
            raise StopValidation(f"Enter a whole number from 1 to {MOST_AT_ONCE}")

    @property
    def id_of_form(self) -> UUID:
        """The id the page carried; a new one where it was lost."""
        try:
            return UUID(self.form_id.data or "")
        except ValueError:
            return uuid4()


class SumForm(FlaskForm):  # type: ignore[misc]
    """For how long a sum is asked of every phone."""

    hours = RadioField(
        "Ask for a sum",
        choices=[
            SelectChoice("0", "Only when far more comes in than usual"),
            *(SelectChoice(str(hours), words) for hours, words in HOURS.items()),
        ],
        default="0",
    )
