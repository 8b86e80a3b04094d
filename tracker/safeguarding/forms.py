"""The forms of safeguarding: a wording rule, a sentence to try, who is told and when."""

from urllib.parse import urlsplit

from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from tracker.accounts.models import Person
from tracker.safeguarding.operations import RuleDraft, SafeguardingDraft
from tracker.safeguarding.policy import CATEGORY_WORDS, LONGEST_PHRASE, Category
from tracker.safeguarding.shipped import shipped
from tracker.safeguarding.wording import ListedRule
from tracker.services.models import Organisation

LONGEST_SENTENCE = 5000


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


class RuleForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """One wording rule."""

    phrase = StringField(
        "Words to look for",
        description="In their order. Small words between and slips in spelling are forgiven. "
        "mum/dad is either word, {family} any of a group, and ... up to four words.",
        filters=[_one_line],
        validators=[
            InputRequired("Write the words to look for"),
            Length(max=LONGEST_PHRASE, message=f"At most {LONGEST_PHRASE} letters and spaces"),
        ],
    )
    language = SelectField("Language", validate_choice=True)
    category = SelectField(
        "What it may be a sign of",
        choices=[SelectChoice(each.value, words) for each, words in CATEGORY_WORDS.items()],
    )
    state = SelectField(
        "Is it used?", choices=[SelectChoice("on", "Yes"), SelectChoice("off", "No, switched off")]
    )

    def draft(self) -> RuleDraft:
        return RuleDraft(
            phrase=self.phrase.data or "",
            language=self.language.data or "",
            category=Category(self.category.data),
            is_on=self.state.data == "on",
        )


def rule_form(listed: ListedRule | None = None) -> RuleForm:
    """The form as posted, or filled with what is known of a rule."""
    data = {"state": "on", "language": "en"}
    if listed is not None:
        data = {
            "phrase": listed.rule.phrase,
            "language": listed.rule.language,
            "category": listed.rule.category.value,
            "state": "on" if listed.is_on else "off",
        }
    form = RuleForm(data=data)
    form.language.choices = [SelectChoice(*pair) for pair in shipped().languages.items()]
    return form


class TryForm(FlaskForm):  # type: ignore[misc]
    """A sentence to hold against the rules. Never stored."""

    sentence = TextAreaField(
        "Try a sentence",
        description="As a young person might write it. It is not kept.",
        validators=[
            InputRequired("Write a sentence to try"),
            Length(max=LONGEST_SENTENCE, message="At most 5,000 letters and spaces"),
        ],
    )


class SafeguardingForm(FlaskForm):  # type: ignore[misc]
    """Who is told first, the hours, and where "Leave this page quickly" leads."""

    first_lead = SelectField(
        "Who is told first",
        description="The other safeguarding leads stand in: when the first can't be reached, is "
        "named in the answer or doesn't acknowledge.",
        coerce=str,
        validate_choice=False,
    )
    acknowledge_hours = IntegerField(
        "Hours to acknowledge",
        description="Then the other safeguarding leads are told. From 2 to 48, day and night.",
        validators=[
            InputRequired("Enter a number of hours"),
            NumberRange(2, 48, message="Enter a number from 2 to 48"),
        ],
    )
    escalate_hours = IntegerField(
        "Hours until others hear of it",
        description="Then participation leads and administrators hear that something waits, never "
        "what. More than the hours above, at most 96.",
        validators=[
            InputRequired("Enter a number of hours"),
            NumberRange(3, 96, message="Enter a number from 3 to 96"),
        ],
    )
    leave_address = StringField(
        "Where “Leave this page quickly” leads",
        description="A page nobody wonders about: the weather, a search page. Begins with https://.",
        filters=[_one_line],
        validators=[
            InputRequired("Enter an address"),
            Length(max=200, message="At most 200 letters"),
        ],
    )

    def validate_escalate_hours(self, field: IntegerField) -> None:
        first = self.acknowledge_hours.data
        if first is not None and field.data is not None and field.data <= first:
            raise ValidationError("Give more hours than there are to acknowledge")

    def validate_leave_address(self, field: StringField) -> None:
        try:
            parts = urlsplit(field.data or "")
        except ValueError:
            parts = urlsplit("")
        if (
            parts.scheme != "https"
            or "." not in parts.netloc
            or not (field.data or "").isprintable()
        ):
            raise ValidationError("Enter an address that begins with https://")

    def draft(self) -> SafeguardingDraft:
        chosen = self.first_lead.data or ""
        is_number = chosen.isascii() and chosen.isdigit() and len(chosen) < 10
        return SafeguardingDraft(
            first_lead_id=(int(chosen) if is_number else 0) if chosen else None,
            acknowledge_hours=self.acknowledge_hours.data or 0,
            escalate_hours=self.escalate_hours.data or 0,
            leave_address=self.leave_address.data or "",
        )


def safeguarding_form(held: Organisation, leads: list[Person]) -> SafeguardingForm:
    """The form as posted, or filled with the present settings."""
    form = SafeguardingForm(
        data={
            "first_lead": str(held.first_safeguarding_lead_id or ""),
            "acknowledge_hours": held.acknowledge_hours,
            "escalate_hours": held.escalate_hours,
            "leave_address": held.leave_address,
        }
    )
    form.first_lead.choices = [
        SelectChoice("", "Whoever was added first"),
        *(SelectChoice(str(person.id), person.name) for person in leads),
    ]
    return form
