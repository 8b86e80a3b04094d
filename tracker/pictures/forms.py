"""The shape of what is typed and sent about pictures."""

from flask_wtf import FlaskForm
from wtforms import FileField, StringField
from wtforms.validators import DataRequired, Length

LONGEST_ALT_TEXT = 160


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


class DescribeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What a picture shows."""

    alt_text = StringField(
        "What does it show?",
        [
            DataRequired("Say what the picture shows, for people who can’t see it."),
            Length(
                max=LONGEST_ALT_TEXT,
                message=f"Make it shorter: {LONGEST_ALT_TEXT} characters at most.",
            ),
        ],
        filters=[_one_line],
        description="Read aloud to people who can’t see it. For example: A bus at the bus stop.",
    )


class PictureForm(DescribeForm):
    """A picture that is sent in."""

    file = FileField(
        "Picture",
        description="JPEG, PNG, WebP or GIF, up to 10 MB. Use one you may use, and never one that "
        "shows a child. We make it small, and take out where and when it was taken.",
    )
