"""The form on which the cadence is set: for each step a number, its unit and whether it is sent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, HiddenField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import StopValidation

from tracker.cadence.policy import (
    FaultKey,
    Reach,
    anchor_in_words,
    audience_in_words,
    reach_of,
    settings_from,
    step_in_words,
)
from tracker.reminders.policy import (
    CADENCE,
    STEP_LABELS,
    Cadence,
    CadenceSettings,
    CaseKind,
    Rule,
    Timing,
)

DAYS, WORKING_DAYS = "days", "working_days"
_UNITS = [SelectChoice(DAYS, "days"), SelectChoice(WORKING_DAYS, "working days")]


def _whole_number(_form: FlaskForm, field: IntegerField) -> None:
    if field.data is None or not 0 <= field.data <= 1000:
        field.errors = []  # the library's own words for it
        raise StopValidation(f"{field.label.text}: enter a whole number")


def _known_unit(_form: FlaskForm, field: SelectField) -> None:
    if field.data not in (DAYS, WORKING_DAYS):
        raise StopValidation(f"{field.label.text}: choose days or working days")


class CadenceForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """When every reminder goes out. The fields of the steps are added below, from the table of rules."""

    based_on = HiddenField()
    snooze_days = IntegerField("Days to put off at most", validators=[_whole_number])
    snoozes_per_case = IntegerField("How often at most", validators=[_whole_number])

    def settings(self, above: Cadence) -> CadenceSettings:
        """What was typed, as settings over what stands above."""
        typed = {
            (kind, rule.step): self._timing(kind, rule)
            for kind, rule in movable_steps()
            if not self[name_of(kind, rule, "above")].data
        }
        return settings_from(
            above,
            typed,
            cast(int, self.snooze_days.data),
            cast(int, self.snoozes_per_case.data),
        )

    def _timing(self, kind: CaseKind, rule: Rule) -> Timing:
        number = cast(int, self[name_of(kind, rule, "number")].data)
        unit = self[name_of(kind, rule, "unit")].data if has_unit(rule) else DAYS
        is_on = rule.is_escalation or bool(self[name_of(kind, rule, "on")].data)
        return Timing(
            days=(-number if reach_of(rule).is_before else number) if unit == DAYS else 0,
            working_days=number if unit == WORKING_DAYS else 0,
            every=cast(int, self[name_of(kind, rule, "every")].data) if rule.every else 0,
            is_on=is_on,
        )

    def explain(self, faults: Mapping[FaultKey, str]) -> None:
        """Put each fault beside the field that mends it."""
        for key, fault in faults.items():
            name = key if isinstance(key, str) else f"{key[0]}-{key[1]}-number"
            self[name].errors = [*self[name].errors, fault]


def whole_number(typed: str | None, *, otherwise: int) -> int:
    """The number that was posted, or `otherwise`."""
    is_number = typed is not None and typed.isascii() and typed.isdigit() and len(typed) < 10
    return int(typed or 0) if is_number else otherwise


def movable_steps() -> Iterator[tuple[CaseKind, Rule]]:
    """Every step that can be moved, with its default rule."""
    for kind, rules in CADENCE.items():
        for rule in rules:
            if not reach_of(rule).is_fixed:
                yield kind, rule


def name_of(kind: CaseKind, rule: Rule, part: str) -> str:
    """The name of one field of a step."""
    return f"{kind}-{rule.step}-{part}"


def has_unit(default: Rule) -> bool:
    """Whether the step may be counted in working days: one that comes before its date may not."""
    return not reach_of(default).is_before


def _add_fields() -> None:
    for kind, rule in movable_steps():
        label = STEP_LABELS[rule.step]
        fields: dict[str, Field] = {"number": IntegerField(label, validators=[_whole_number])}
        if has_unit(rule):
            fields["unit"] = SelectField(
                label, choices=_UNITS, validate_choice=False, validators=[_known_unit]
            )
        if rule.every:
            fields["every"] = IntegerField(f"{label}, again", validators=[_whole_number])
        if not rule.is_escalation:
            fields["on"] = BooleanField("Send it")
        fields["above"] = BooleanField("Back to what it was before it was set here")
        for part, field in fields.items():
            setattr(CadenceForm, name_of(kind, rule, part), field)


_add_fields()


@dataclass(frozen=True)
class StepRow:
    """One step as the page shows it: its words, what holds above, and its fields (none if it is fixed)."""

    label: str
    to: str
    anchor: str
    words: str
    above: str
    is_own: bool
    reach: Reach
    number: Field | None = None
    unit: Field | None = None
    every: Field | None = None
    is_on: Field | None = None
    back: Field | None = None

    @property
    def faults(self) -> list[str]:
        """What is wrong with the step, each fault once."""
        fields = [field for field in (self.number, self.unit, self.every) if field is not None]
        return list(dict.fromkeys(str(error) for field in fields for error in field.errors))


def rows_of(
    form: CadenceForm, kind: CaseKind, holding: Cadence, above: Cadence, own: CadenceSettings
) -> list[StepRow]:
    """The steps of one case, in their order."""
    return [
        _row(form, kind, default, now, over, own)
        for default, now, over in zip(
            CADENCE[kind], holding.rules[kind], above.rules[kind], strict=True
        )
    ]


def _row(
    form: CadenceForm, kind: CaseKind, default: Rule, now: Rule, over: Rule, own: CadenceSettings
) -> StepRow:
    def part(name: str) -> Field | None:
        return dict(form._fields).get(name_of(kind, default, name))

    return StepRow(
        label=STEP_LABELS[default.step],
        to=audience_in_words(default),
        anchor=anchor_in_words(kind, default),
        words=step_in_words(kind, now),
        above=step_in_words(kind, over),
        is_own=(kind, default.step) in own.steps,
        reach=reach_of(default),
        number=part("number"),
        unit=part("unit"),
        every=part("every"),
        is_on=part("on"),
        back=part("above"),
    )


def form_with(cadence: Cadence, stamp: int, posted: MultiDict[str, str] | None) -> CadenceForm:
    """The form as posted or, if nothing was, filled with what holds now."""
    data: dict[str, object] = {
        "based_on": str(stamp),
        "snooze_days": cadence.snooze_days,
        "snoozes_per_case": cadence.snoozes_per_case,
    }
    for kind, rules in cadence.rules.items():
        for rule in rules:
            data |= {
                name_of(kind, rule, "number"): abs(rule.days) or rule.working_days,
                name_of(kind, rule, "unit"): WORKING_DAYS if rule.working_days else DAYS,
                name_of(kind, rule, "every"): rule.every,
                name_of(kind, rule, "on"): rule.is_on,
            }
    return CadenceForm(formdata=posted, data=data)
