"""The shape of what is typed to extend, withdraw or move a promise."""

from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from tracker.consultations.fields import DayField, FormWithProblems, strip

_REASON = Length(max=1000, message="Make it shorter: at most 1,000 characters.")
_WHY = InputRequired("Say why. Young people read it on the board.")


class ExtendForm(FormWithProblems):
    """A new closing date, and the promise when it has to move along."""

    closes_on = DayField(
        "New last day for answers",
        validators=[InputRequired("Choose the new last day for answers.")],
        description="It stays open until midnight.",
    )
    promise_on = DayField("New promise date")
    reason = TextAreaField(
        "Why do they have to wait longer?",
        [_REASON],
        filters=[strip],
        description="Young people read it on the board. For example: Schools asked for more time, "
        "because of the exams.",
    )


class MovePromiseForm(FormWithProblems):
    """A later promise date and why."""

    promise_on = DayField(
        "New promise date",
        validators=[InputRequired("Choose the new promise date.")],
        description="It can move only once, so choose a day you can keep.",
    )
    reason = TextAreaField(
        "Why do they have to wait longer?",
        [_WHY, _REASON],
        filters=[strip],
        description="Young people read it on the board. For example: The council decides on the "
        "money in May, a month later than planned.",
    )


class WithdrawForm(FormWithProblems):
    """Why it is taken back."""

    reason = TextAreaField(
        "Why is it withdrawn?",
        [_WHY, _REASON],
        filters=[strip],
        description="Young people read it on the board. For example: The centre is closing, so "
        "there is nothing left to decide. We are sorry that we asked before we knew.",
    )
