"""The form with which a signed-in person puts a case off."""

from flask_wtf import FlaskForm
from wtforms import DateField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length


class SnoozeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    until_on = DateField("Ask again on", validators=[InputRequired("Choose a day.")])
    reason = TextAreaField(
        "Why does it have to wait?",
        description="The escalation contact reads it.",
        validators=[
            DataRequired("Say why it has to wait. The escalation contact reads it."),
            Length(max=500, message="Say why in 500 characters or fewer."),
        ],
    )
