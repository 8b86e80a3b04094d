"""The form about one person."""

from flask_wtf import FlaskForm
from wtforms import EmailField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Email, Length, Optional, ValidationError

from tracker.accounts.models import Person
from tracker.accounts.operations import PersonDraft
from tracker.accounts.policy import ROLE_LABELS, ROLE_MEANINGS, RoleName


def _stripped(text: str | None) -> str:
    return " ".join((text or "").split())


class PersonForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Who somebody is and what they may do for the whole organisation."""

    name = StringField(
        "Name",
        filters=[_stripped],
        validators=[
            DataRequired("Enter the person's name"),
            Length(max=120, message="Make the name shorter: at most 120 characters"),
        ],
    )
    email = EmailField(
        "E-mail address",
        description="They sign in with it, and reminders go there.",
        filters=[_stripped, str.lower],
        validators=[
            DataRequired("Enter the person's e-mail address"),
            Length(max=254, message="Make the address shorter: at most 254 characters"),
            Email("Enter an e-mail address like name@example.org"),
        ],
    )
    job_title = StringField(
        "Job",
        description="Shown where a person decides or answers, so that the name means something.",
        filters=[_stripped],
        validators=[
            Optional(),
            Length(max=120, message="Make the job shorter: at most 120 characters"),
        ],
    )
    roles = SelectMultipleField(
        "What they do for the whole organisation",
        description="Leave all empty for somebody who only looks after a service of their own.",
        choices=[
            SelectChoice(role.value, f"{ROLE_LABELS[role]}: {ROLE_MEANINGS[role]}")
            for role in RoleName
        ],
        validate_choice=False,
    )

    def validate_roles(self, field: SelectMultipleField) -> None:
        """Only roles that exist; anything else never came from the page."""
        if unknown := set(field.data or ()) - {role.value for role in RoleName}:
            field.data = [role for role in field.data or () if role not in unknown]
            raise ValidationError("Choose from the roles on the page")

    def draft(self) -> PersonDraft:
        """What was typed, once it is sound."""
        return PersonDraft(
            name=self.name.data or "",
            email=self.email.data or "",
            job_title=self.job_title.data or "",
            roles=frozenset(RoleName(role) for role in self.roles.data or ()),
        )


def form_about(person: Person) -> PersonForm:
    """The form as posted, or filled with what is known of `person`."""
    return PersonForm(
        data={
            "name": person.name,
            "email": person.email,
            "job_title": person.job_title,
            "roles": [role.value for role in person.role_names],
        }
    )
