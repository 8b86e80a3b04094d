"""The shape of what authors type about a consultation, and the wording of what is wrong with it."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import (  # type: ignore[attr-defined]  # newer than its stubs
    SelectChoice,
    enum_coerce,
)
from wtforms.validators import InputRequired, Length, ValidationError

from tracker.accounts.models import Person
from tracker.consultations.fields import (
    DayField,
    FormWithProblems,
    LaterRadioField,
    one_line,
    row_key,
    strip,
)
from tracker.consultations.ladders import LADDERS
from tracker.consultations.policy import (
    AGE_BAND_WORDS,
    ANONYMITY_WORDS,
    LAWFUL_BASIS_WORDS,
    Anonymity,
    ConsultationState,
    Details,
    LawfulBasis,
    may_change,
)
from tracker.services.models import Service
from tracker.working_days import NATION_NAMES

LONG = 2000
_FROM_LIST: dict[str, Any] = {  # the stubs of wtforms don't know these yet
    "invalid_value_message": "Choose from the list.",
    "invalid_choice_message": "Choose from the list.",
}

# What each choice means, shown below it.
ANONYMITY_MEANINGS = {
    Anonymity.ANONYMOUS: "No name, no address, no exact time is kept. You can't write back.",
    Anonymity.NAMED: "You will know who said what, so say why you need to.",
}
LAWFUL_BASIS_MEANINGS = {
    LawfulBasis.PUBLIC_TASK: "Asking is part of the work the law gives you. Most councils choose this.",
    LawfulBasis.CONSENT: "They agree freely and can take it back. Online, under 13s need a parent's yes.",
    LawfulBasis.LEGITIMATE_INTERESTS: "You need it for your work and it doesn't harm them. "
    "Many charities choose this. Not for a council's own tasks.",
    LawfulBasis.LEGAL_OBLIGATION: "A law says you must ask, and you can name it.",
}


def _title(label: str) -> StringField:
    return StringField(
        label,
        [InputRequired("Give it a title."), _at_most(160)],
        filters=[one_line],
        description="Young people see this. For example: A later bus to the youth centre",
    )


def _service(label: str) -> SelectField:
    return SelectField(
        label,
        coerce=row_key,
        **_FROM_LIST,
    )


def _long_text(label: str, hint: str) -> TextAreaField:
    return TextAreaField(label, [_at_most(LONG)], filters=[strip], description=hint)


def _at_most(longest: int) -> Length:
    return Length(max=longest, message=f"Make it shorter: at most {longest:,} characters.")


class StartForm(FormWithProblems):
    """The first step: enough for a draft."""

    title = _title("What do you ask about?")
    service_id = _service("Which service asks?")
    closes_on = DayField("Last day for answers", description="You can leave this for later.")

    def offer(self, services: Iterable[Service]) -> None:
        """Let the author choose among these services."""
        self.service_id.choices = service_choices(services)


class DetailsForm(FormWithProblems):
    """Everything the gate asks for. Nothing but the title has to be there to save a draft."""

    title = _title("Title")
    service_id = _service("Service")
    purpose = _long_text(
        "Why do you ask? In a child’s words",
        "The first thing they read. For example: The last bus goes at 9. We want to know "
        "whether that is too early for you.",
    )
    decision = _long_text(
        "Which decision will the answers help to make?",
        "For example: Whether we pay for a 10 pm bus on Fridays from September.",
    )
    decided_by = StringField(
        "Who decides?",
        [_at_most(160)],
        filters=[one_line],
        description="A job, not “the team”. For example: Head of youth services",
    )
    not_up_for_change = _long_text(
        "What can’t change, whatever they say?",
        "Say it now, so that nobody hopes in vain. For example: The money for this year, and "
        "buses on Sundays.",
    )
    closes_on = DayField("Last day for answers", description="It stays open until midnight.")
    promise_on = DayField(
        "The day by which you will have told them what happens",
        description="A promise: they see it before the first question, and it can move only once. "
        "Left empty, it is 12 weeks after the last day for answers.",
    )
    level = SelectField(
        "How much say do young people have in this?",
        description="Claim what is true. Later this is held against what you did.",
        **_FROM_LIST,
    )
    anonymity = LaterRadioField(
        "Can anybody tell who answered?",
        coerce=enum_coerce(Anonymity),
        choices=[SelectChoice(kind.value, ANONYMITY_WORDS[kind]) for kind in Anonymity],
        description="This can’t change once you open, in either direction.",
        **_FROM_LIST,
    )
    readers = _long_text(
        "Who reads the answers?",
        "They see this before they start. For example: Two youth workers at the Eastgate centre. "
        "The council gets a summary without names.",
    )
    lawful_basis = LaterRadioField(
        "Why does the law let you keep the answers?",
        coerce=enum_coerce(LawfulBasis),
        choices=[SelectChoice(kind.value, LAWFUL_BASIS_WORDS[kind]) for kind in LawfulBasis],
        description="UK GDPR, Article 6. Ask whoever looks after data protection if unsure.",
        **_FROM_LIST,
    )
    retention_on = DayField(
        "The day the answers are deleted",
        description="After you have told young people what changed. Once open, this can only "
        "come sooner.",
    )
    help_page = LaterRadioField(
        "Whose helplines do we show?",
        choices=[SelectChoice(nation.value, name) for nation, name in NATION_NAMES.items()],
        description="Where the young people live.",
        **_FROM_LIST,
    )
    age_bands = SelectMultipleField(
        "How old are the young people you ask? (optional)",
        choices=[SelectChoice(band.value, words) for band, words in AGE_BAND_WORDS.items()],
        description="Choose all that apply. We tell you when the same ages are asked too often.",
        **_FROM_LIST,
    )

    def offer(self, services: Iterable[Service], state: ConsultationState) -> None:
        """Leave the fields that may change in this state, and services to choose among."""
        self.service_id.choices = service_choices(services)
        self.level.choices = level_choices()
        for name in [field.name for field in self if field.name in Details.__dataclass_fields__]:
            if not may_change(name, state):
                del self[name]

    def read(self, before: Details) -> Details:
        """What the author wants, over what was there before. Only after `validate`."""
        names = Details.__dataclass_fields__.keys() & self.data.keys()
        given = {name: self.data[name] for name in names}
        given |= {
            "age_bands": tuple(self.age_bands.data or ()),
            "help_page": self.help_page.data or "",
        }
        if "level" in given:
            given["ladder"], _, given["level"] = given["level"].partition(":")
        return replace(before, **given)


def typed_values(details: Details) -> dict[str, Any]:
    """The details as `DetailsForm` takes them: a ladder and its level are one choice."""
    level = f"{details.ladder}:{details.level}" if details.level else ""
    return asdict(details) | {"level": level, "age_bands": list(details.age_bands)}


def service_choices(services: Iterable[Service]) -> list[SelectChoice]:
    return [SelectChoice(str(service.id), service.name) for service in services]


def level_choices() -> list[SelectChoice]:
    """Every level of every ladder, grouped by ladder, each with what the ladder says of it."""
    return [SelectChoice("", "Not chosen yet")] + [
        SelectChoice(
            f"{ladder.code}:{level.code}",
            f"{level.name} – {level.judgement}",
            optgroup=ladder.name,
        )
        for ladder in LADDERS
        for level in ladder.levels
    ]


class HandOverForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Who answers for a consultation from now on."""

    to = SelectField(
        "New owner",
        coerce=row_key,
        description="They get the reminders from now on, and young people's answers wait for them.",
        **_FROM_LIST,
    )

    def offer(self, team: Iterable[Person], others: Iterable[Person]) -> None:
        """Let the author choose among the service's own people first."""
        self.to.choices = [SelectChoice("0", "Choose a person")] + [
            SelectChoice(
                str(person.id),
                ", ".join(filter(None, (person.name, person.job_title))),
                optgroup=group,
            )
            for group, people in (("This service’s team", team), ("Other people", others))
            for person in people
        ]

    def validate_to(self, field: SelectField) -> None:
        if not field.data:
            raise ValidationError("Choose who answers for it from now on.")
