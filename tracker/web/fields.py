"""Which GOV.UK component shows a WTForms field: the logic of `components/field.html`."""

from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)


def component_of(field: Field) -> str:
    """The name of the component that shows `field`: input, textarea, radios, checkboxes, …"""
    # Subclasses before their parents.
    kinds: tuple[tuple[type[Any], str], ...] = (
        (RadioField, "radios"),
        (SelectMultipleField, "checkboxes"),
        (SelectField, "select"),
        (TextAreaField, "textarea"),
        (BooleanField, "checkbox"),
        (DateField, "date"),
        (FileField, "file"),
        (PasswordField, "password"),
        (EmailField, "email"),
        (IntegerField, "number"),
    )
    return next((name for kind, name in kinds if isinstance(field, kind)), "input")
