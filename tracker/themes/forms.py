"""What staff tick and type while they hear answers, and the wording of what is wrong with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import ValidationError

from tracker.responses.forms import CHOSEN_BY_STAFF
from tracker.responses.models import SetAsideReason
from tracker.themes.models import Theme
from tracker.themes.policy import cleaned, statement_problem
from tracker.themes.queries import Sought

_LONGEST_SEARCH = 200
_BIGGEST_KEY = 2**31 - 1
_GONE = "One of the themes is gone since you opened the page. Choose from those that are here."


def _check_statement(_form: FlaskForm, field: Field) -> None:
    if problem := statement_problem(field.data or ""):
        raise ValidationError(problem)


def _check_statement_if_any(form: FlaskForm, field: Field) -> None:
    if cleaned(field.data or ""):
        _check_statement(form, field)


class ThemeForm(FlaskForm):  # type: ignore[misc]
    """A theme's words."""

    statement = StringField(
        "The theme, in young people's words",
        [_check_statement],
        description="Short, as one of them might say it: The bus stops too early",
    )


class CodingForm(FlaskForm):  # type: ignore[misc]
    """Themes to tick, and the words of a new one."""

    theme = SelectMultipleField("Themes", coerce=int)
    new_theme = StringField("A new theme, in their words", [_check_statement_if_any])

    def offer(self, themes: Iterable[Theme]) -> None:
        self.theme.choices = [SelectChoice(theme.id, theme.statement) for theme in themes]

    def check(self, empty: str, *, takes_new: bool = True) -> bool:
        """Whether it can be saved; puts `empty` beside the themes if nothing was chosen."""
        is_sound = bool(self.validate_on_submit())
        has_new = takes_new and bool(cleaned(self.new_theme.data or ""))
        is_empty = not self.theme.data and not has_new
        if not is_sound and self.theme.errors:
            self.theme.errors = [_GONE]
        elif is_empty:
            self.theme.errors = [empty]
        return is_sound and not is_empty


class TableForm(CodingForm):
    """The table: ticked answers, and what to do with all of them."""

    response = SelectMultipleField("Answers", validate_choice=False)
    reason = SelectField(
        "Why set aside",
        choices=[SelectChoice(reason.value, words) for reason, words in CHOSEN_BY_STAFF.items()],
        validate_choice=False,
    )

    @property
    def ticked(self) -> list[UUID]:
        found = (as_id(text) for text in self.response.data or ())
        return [each for each in found if each is not None]

    def why(self) -> SetAsideReason | None:
        """The reason chosen; None puts what is wrong beside it."""
        if self.reason.data in list(CHOSEN_BY_STAFF):
            return SetAsideReason(self.reason.data)
        self.reason.errors = ["Choose why from the list"]
        return None


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """Nothing but the token that shows it came from our page."""


@dataclass(frozen=True)
class Done:
    """What was done to the answer before, so that it can be undone."""

    response_id: UUID
    did: str  # "coded", "aside" or "worry"
    was: tuple[int, ...]  # the themes it was coded to before

    @property
    def can_undo(self) -> bool:
        return self.did != "worry"

    @property
    def was_typed(self) -> str:
        return ".".join(str(theme_id) for theme_id in self.was)


def read_done(typed: MultiDict[str, str]) -> Done | None:
    """What was done before, from an address or a form; None if it doesn't say."""
    response_id, did = as_id(typed.get("after", "")), typed.get("did", "")
    if response_id is None or did not in ("coded", "aside", "worry"):
        return None
    return Done(response_id, did, tuple(numbers(typed.get("was", "").split("."))))


def read_sought(args: MultiDict[str, str]) -> Sought:
    """Which answers the table shows, from its address; what makes no sense is left out."""
    shown = args.get("show", "")
    themes = numbers([shown])
    return Sought(
        theme_id=themes[0] if themes else None,
        is_unheard=shown == "unheard",
        text=args.get("q", "").strip()[:_LONGEST_SEARCH],
        page=next(iter(numbers([args.get("page", "")])), 1),
    )


def as_id(text: str) -> UUID | None:
    """A response's id, or None if it is missing or malformed."""
    try:
        return UUID(text)
    except ValueError:
        return None


def numbers(texts: Sequence[str]) -> list[int]:
    """Those of the texts that can be the number of a row."""
    digits = (text for text in texts if text.isascii() and text.isdigit() and len(text) < 11)
    return [number for number in map(int, digits) if number <= _BIGGEST_KEY]
