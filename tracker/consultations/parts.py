"""The page of details in parts: what belongs together, how much of it is there, which part is open."""

from dataclasses import dataclass, replace

from wtforms import Field

from tracker.consultations.forms import DetailsForm


@dataclass(frozen=True)
class Part:
    """A group of fields that belong together on the page."""

    title: str
    names: tuple[str, ...]


PARTS = (
    Part("What you ask about", ("title", "service_id", "purpose")),
    Part("The decision", ("decision", "decided_by", "not_up_for_change", "level")),
    Part("The dates", ("closes_on", "promise_on", "retention_on")),
    Part("Privacy", ("anonymity", "readers", "lawful_basis")),
    Part("The young people", ("age_bands", "help_page")),
)


@dataclass(frozen=True)
class PartOnPage:
    """A part with the fields that are there to change."""

    title: str
    fields: tuple[Field, ...]
    is_open: bool = False

    @property
    def needed(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.name != "age_bands")

    @property
    def filled(self) -> int:
        return sum(bool(field.data) for field in self.needed)

    @property
    def has_errors(self) -> bool:
        return any(field.errors for field in self.fields)


def parts_of(form: DetailsForm, at: str = "") -> list[PartOnPage]:
    """The parts that hold something to change.

    Open is the part with the field `at`, else the first with something left to fill in, else the
    first of all; and every part with an error, whatever else is open.
    """
    parts = [
        PartOnPage(part.title, tuple(form[name] for name in part.names if name in form))
        for part in PARTS
    ]
    parts = [part for part in parts if part.fields]
    wanted = [part for part in parts if at in (field.name for field in part.fields)]
    unfinished = [part for part in parts if part.filled < len(part.needed)]
    first = (wanted or unfinished or parts)[0]
    wrong = any(part.has_errors for part in parts)
    return [
        replace(part, is_open=part.has_errors or (part is first and not wrong)) for part in parts
    ]
