"""Fields that staff forms about consultations share, and how they clean what was typed."""

from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, RadioField

from tracker.consultations.policy import EARLIEST, LATEST

NOT_A_DAY = "Choose a day from the calendar, or type it like 27/03/2026."


def strip(text: str | None) -> str:
    return (text or "").strip()


def one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def row_key(text: Any) -> int:
    """The number of a row; 0, which no row has, for the choice that is none."""
    return int(text or 0)


class DayField(DateField):
    """A day that may be left empty. A day in an impossible year is refused before anything adds to it."""

    def __init__(self, label: str = "", **options: Any) -> None:
        super().__init__(label, format=["%Y-%m-%d", "%d/%m/%Y"], **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not any(text.strip() for text in valuelist):
            return
        try:
            super().process_formdata([text.strip() for text in valuelist])
        except ValueError:
            raise ValueError(NOT_A_DAY) from None
        assert isinstance(self.data, date)  # noqa: S101  (the parent's promise, for the checker)
        if not EARLIEST <= self.data <= LATEST:
            raise ValueError(f"Check the year: {self.data.year} can't be right.")


class LaterRadioField(RadioField):
    """One choice that may be left open for now."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist == [""]:
            self.data = None
        else:
            super().process_formdata(valuelist)

    def pre_validate(self, form: Any) -> None:
        if self.data:
            super().pre_validate(form)


class FormWithProblems(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A form with room beside each field for what an operation finds wrong with it."""

    def show_problems(self, problems: dict[str, str]) -> None:
        """Put each problem beside its field, unless something is said there already."""
        for name, message in problems.items():
            self[name].errors = self[name].errors or [message]
