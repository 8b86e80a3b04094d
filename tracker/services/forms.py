"""The forms about a service and about the organisation."""

from collections.abc import Sequence
from datetime import date
from typing import cast
from zoneinfo import available_timezones

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    Optional,
    StopValidation,
    ValidationError,
)

from tracker.accounts.models import Person
from tracker.services.models import Organisation, Service
from tracker.services.operations import OrganisationDraft, ServiceDraft
from tracker.services.policy import (
    FEWEST_JUDGING,
    HIGHEST_SHARE,
    LOWEST_SHARE,
    MOST_JUDGING,
)
from tracker.working_days import NATION_NAMES, Nation

_NATIONS = [SelectChoice(nation.value, name) for nation, name in NATION_NAMES.items()]


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class ServiceForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What a service is and who answers for it."""

    name = StringField(
        "Name",
        description="As young people know it: they read it before the first question.",
        filters=[_one_line],
        validators=[
            DataRequired("Enter the service's name"),
            Length(max=120, message="Make the name shorter: at most 120 characters"),
        ],
    )
    about = TextAreaField(
        "What it does",
        description="One or two sentences a ten-year-old understands.",
        filters=[_stripped],
        validators=[Optional(), Length(max=1000, message="Keep it to 1,000 characters")],
    )
    nation = SelectField("Nation, for its bank holidays", choices=_NATIONS)
    owner = SelectField(
        "Owner",
        description="Answers for what happens with what young people say. Gets the reminders.",
        coerce=str,
        validate_choice=False,
    )
    escalation_contact = SelectField(
        "Escalation contact",
        description="The owner's manager. Hears when the promise date has gone by unanswered.",
        coerce=str,
        validate_choice=False,
    )
    deputies = SelectMultipleField(
        "Deputies",
        description="Can do all that the owner can, and hear of the later reminders.",
        coerce=str,
        validate_choice=False,
    )

    def offer(self, people: Sequence[Person]) -> None:
        """Fill the lists of people to choose from."""
        named = [SelectChoice(str(p.id), _who(p)) for p in people]
        nobody = SelectChoice("", "Choose a person")
        self.owner.choices = [nobody, *named]
        self.escalation_contact.choices = [nobody, *named]
        self.deputies.choices = named

    def draft(self) -> ServiceDraft:
        """What was typed; a person that isn't on the list is none (0)."""
        return ServiceDraft(
            name=self.name.data or "",
            about=self.about.data or "",
            nation=Nation(self.nation.data),
            owner_id=_person_id(self.owner.data),
            escalation_contact_id=_person_id(self.escalation_contact.data),
            deputy_ids=frozenset(_person_id(one) for one in self.deputies.data or ()),
        )


def form_about(service: Service) -> ServiceForm:
    """The form as posted, or filled with what is known of `service`."""
    return ServiceForm(
        data={
            "name": service.name,
            "about": service.about,
            "nation": service.nation.value,
            "owner": str(service.owner_id or ""),
            "escalation_contact": str(service.escalation_contact_id or ""),
            "deputies": [str(person.id) for person in service.deputies],
        }
    )


class SettingsForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What holds for the whole organisation."""

    name = StringField(
        "Name of the organisation",
        description="Stands on top of every public page.",
        filters=[_one_line],
        validators=[
            DataRequired("Enter the organisation's name"),
            Length(max=120, message="Make the name shorter: at most 120 characters"),
        ],
    )
    nation = SelectField(
        "Nation",
        description="New services start with it. Each keeps its own bank holidays.",
        choices=_NATIONS,
    )
    time_zone = StringField(
        "Time zone",
        description="Reminders go out between 9 and 4 by this clock, for example Europe/London.",
        filters=[_one_line],
        validators=[DataRequired("Enter a time zone, for example Europe/London")],
    )
    goes_live_on = DateField(
        "Nothing that closed before this day is chased",
        description="The day you began to use Loopkeeper in earnest.",
        validators=[InputRequired("Enter a day, for example 1 September 2026")],
    )
    is_sending = BooleanField("Send reminders and notices")
    reopens_at_judging = IntegerField(
        "How many young people have to judge a change",
        description=f"At least {FEWEST_JUDGING}, so that no single voice can be picked out.",
    )
    reopens_at_share = IntegerField(
        "How many in a hundred of them have to say no",
        description=f"From {LOWEST_SHARE} to {HIGHEST_SHARE}. Those who can't tell aren't counted.",
    )

    uses_chat = BooleanField("Let people have reminders in a chat: Microsoft Teams, Slack or ntfy")
    uses_notify = BooleanField("Let people have reminders through GOV.UK Notify")

    def validate_time_zone(self, field: StringField) -> None:
        if field.data not in available_timezones():
            raise ValidationError("We don't know this time zone. Enter one like Europe/London.")

    def validate_goes_live_on(self, field: DateField) -> None:
        if field.data is None:
            field.errors = []  # the library's own words for it
            raise StopValidation("Enter a day, for example 1 September 2026")

    def validate_reopens_at_judging(self, field: IntegerField) -> None:
        _refuse_outside(field, FEWEST_JUDGING, MOST_JUDGING)

    def validate_reopens_at_share(self, field: IntegerField) -> None:
        _refuse_outside(field, LOWEST_SHARE, HIGHEST_SHARE)

    def draft(self) -> OrganisationDraft:
        """What was typed, once it is sound."""
        return OrganisationDraft(
            name=self.name.data or "",
            nation=Nation(self.nation.data),
            time_zone=self.time_zone.data or "",
            goes_live_on=cast(date, self.goes_live_on.data),
            is_sending=bool(self.is_sending.data),
            reopens_at_judging=cast(int, self.reopens_at_judging.data),
            reopens_at_share=cast(int, self.reopens_at_share.data),
            uses_chat=bool(self.uses_chat.data),
            uses_notify=bool(self.uses_notify.data),
        )


def _refuse_outside(field: IntegerField, lowest: int, highest: int) -> None:
    if field.data is None or not lowest <= field.data <= highest:
        field.errors = []  # the library's own words for it
        raise StopValidation(f"Enter a number from {lowest} to {highest}")


def form_with_settings(organisation: Organisation) -> SettingsForm:
    """The form as posted, or filled with the present settings."""
    return SettingsForm(
        data={
            "name": organisation.name,
            "nation": organisation.nation.value,
            "time_zone": organisation.time_zone,
            "goes_live_on": organisation.goes_live_on,
            "is_sending": organisation.is_sending,
            "reopens_at_judging": organisation.reopens_at_judging,
            "reopens_at_share": organisation.reopens_at_share,
            "uses_chat": organisation.uses_chat,
            "uses_notify": organisation.uses_notify,
        }
    )


def _who(person: Person) -> str:
    return f"{person.name}, {person.job_title}" if person.job_title else person.name


def _person_id(chosen: str | None) -> int:
    return int(chosen) if chosen and chosen.isascii() and chosen.isdigit() else 0
