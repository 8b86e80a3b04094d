"""The form with which the safeguarding lead writes down what was done, and decides."""

from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

KEEP_OPEN, WORRY, NO_WORRY = "open", "worry", "no_worry"


class RecordForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """One line of the record, and where it goes from here."""

    what = TextAreaField(
        "What was done",
        description="Whom you told, what was agreed, what happens next. Only safeguarding leads "
        "read this. It can't be changed later, only added to.",
        filters=[lambda text: (text or "").strip()],
        validators=[Length(max=5000, message="Keep it to 5,000 characters")],
    )
    decision = RadioField(
        "And now?",
        choices=[
            SelectChoice(KEEP_OPEN, "Keep it open: there is more to do"),
            SelectChoice(WORRY, "It is a worry, and all is done: close it. The words stay with me"),
            SelectChoice(NO_WORRY, "It is no worry: the service hears it like any other answer"),
        ],
        default=KEEP_OPEN,
        validators=[InputRequired("Choose what happens now")],
    )
