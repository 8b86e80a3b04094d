"""The shape of what staff choose and send about how the public pages look."""

from flask_wtf import FlaskForm
from wtforms import FileField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import ValidationError

from tracker.brand.policy import STANDARD, Look, Paper, read_colour

PAPER_NAMES = {
    Paper.WARM: "Warm, like good paper",
    Paper.WHITE: "White",
    Paper.TINTED: "A breath of your colour",
}


class LookForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The colours of the public pages."""

    brand = StringField(
        "Your colour",
        description="Buttons, links and headings of answers. # and six letters or digits, for "
        "example #0b5563. In the dark a light shade of it is used.",
    )
    accent = StringField(
        "A second colour",
        description="The stripe beside important things. Nothing is written in it.",
    )
    paper = RadioField(
        "Paper", choices=[SelectChoice(paper.value, name) for paper, name in PAPER_NAMES.items()]
    )

    def validate_brand(self, field: StringField) -> None:
        _insist_on_colour(field)

    def validate_accent(self, field: StringField) -> None:
        _insist_on_colour(field)

    def look(self) -> Look:
        """What was chosen, once it is sound."""
        return Look(str(self.brand.data), str(self.accent.data), Paper(self.paper.data))


class LogoForm(FlaskForm):  # type: ignore[misc]
    """A logo that is sent in."""

    file = FileField(
        "Logo",
        description="PNG, JPEG, WebP or GIF, best with a see-through background and no empty edge. "
        "We make it small: it is shown at most 150 points wide and 44 high.",
    )


def form_with_look(look: Look) -> LookForm:
    """The form as posted, or filled with the present look."""
    return LookForm(data={"brand": look.brand, "accent": look.accent, "paper": look.paper.value})


def look_in(args: dict[str, str]) -> Look:
    """The look an address asks for; whatever is missing or odd in it is as in the standard."""
    try:
        paper = Paper(args.get("paper", ""))
    except ValueError:
        paper = STANDARD.paper
    return Look(
        read_colour(args.get("brand", "")) or STANDARD.brand,
        read_colour(args.get("accent", "")) or STANDARD.accent,
        paper,
    )


def _insist_on_colour(field: StringField) -> None:
    read = read_colour(field.data or "")
    if read is None:
        raise ValidationError("Enter a colour as # and six letters or digits, like #0b5563")
    field.data = read
