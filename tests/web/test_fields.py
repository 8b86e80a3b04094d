"""The field macro: the right component, its label, hint and error tied together."""

import re
from typing import Any

import pytest
from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    Form,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional

from tracker.web.fields import component_of

CHOICES = [SelectChoice("a", "Apples & pears"), SelectChoice("b", "Plums")]


class Everything(Form):
    line = StringField("A line", description="One line only", validators=[InputRequired("Say it")])
    spare = StringField("Spare", validators=[Optional()])
    long = TextAreaField("Long")
    email = EmailField("Mail")
    secret = PasswordField("Secret")
    day = DateField("Day")
    number = IntegerField("Number")
    upload = FileField("Upload")
    one = RadioField("One", choices=CHOICES, validators=[InputRequired("Choose one")])
    many = SelectMultipleField("Many", choices=CHOICES)
    drop = SelectField("Drop", choices=CHOICES)
    tick = BooleanField("Tick", description="Only if you want")


def show(app: Flask, form: Form, name: str, call: str = "field(form[name])") -> str:
    source = '{% from "components/field.html" import field %}{{ ' + call + " }}"
    with app.test_request_context():
        return render_template_string(source, form=form, name=name)


@pytest.mark.parametrize(
    ("name", "component"),
    [
        ("line", "input"),
        ("long", "textarea"),
        ("email", "email"),
        ("secret", "password"),
        ("day", "date"),
        ("number", "number"),
        ("upload", "file"),
        ("one", "radios"),
        ("many", "checkboxes"),
        ("drop", "select"),
        ("tick", "checkbox"),
    ],
)
def test_component_of_knows_every_kind_of_field(name: str, component: str) -> None:
    assert component_of(Everything()[name]) == component


@pytest.mark.parametrize("name", ["line", "long", "email", "secret", "day", "number", "drop"])
def test_field_has_a_label_for_its_box(app: Flask, name: str) -> None:
    html = show(app, Everything(), name)
    assert f'for="{name}"' in html
    assert f'id="{name}"' in html
    assert f'name="{name}"' in html


def test_field_ties_hint_and_error_to_the_box(app: Flask) -> None:
    form = Everything(MultiDict({"line": ""}))
    form.validate()
    html = show(app, form, "line")
    assert 'aria-describedby="line-hint line-error"' in html
    assert '<div id="line-hint" class="govuk-hint">One line only</div>' in html
    assert re.search(r'id="line-error"[^>]*>.*Error:.*Say it', html)
    assert "govuk-form-group--error" in html and "govuk-input--error" in html


def test_field_without_hint_or_error_describes_nothing(app: Flask) -> None:
    assert "aria-describedby" not in show(app, Everything(), "long")


def test_field_says_what_is_optional(app: Flask) -> None:
    assert "Spare (optional)" in show(app, Everything(), "spare")
    assert "(optional)" not in show(app, Everything(), "line")


def test_field_keeps_what_was_typed_and_escapes_it(app: Flask) -> None:
    form = Everything(MultiDict({"line": '"><script>', "long": "</textarea>", "day": "soon"}))
    assert 'value="&#34;&gt;&lt;script&gt;"' in show(app, form, "line")
    assert "&lt;/textarea&gt;</textarea>" in show(app, form, "long")
    assert 'value="soon"' in show(app, form, "day")


def test_field_never_gives_a_password_back(app: Flask) -> None:
    html = show(app, Everything(MultiDict({"secret": "hunter2"})), "secret")
    assert "hunter2" not in html and 'type="password"' in html


def test_field_of_choices_is_a_group_whose_first_box_carries_its_id(app: Flask) -> None:
    form = Everything(MultiDict({"many": "b"}))
    form.validate()
    html = show(app, form, "one")
    assert '<fieldset class="govuk-fieldset" aria-describedby="one-error">' in html
    assert "One</legend>" in html
    assert 'id="one" name="one" type="radio" value="a"' in html
    assert "Apples &amp; pears" in html
    assert 'value="b" checked' in show(app, form, "many")


def test_field_select_and_checkbox_show_what_is_chosen(app: Flask) -> None:
    form = Everything(MultiDict({"drop": "b", "tick": "y"}))
    assert '<option value="b" selected>' in show(app, form, "drop")
    html = show(app, form, "tick")
    assert " checked" in html and 'aria-describedby="tick-hint"' in html


@pytest.mark.parametrize(
    ("call", "has"),
    [
        ("field(form.line, hint='Other')", 'class="govuk-hint">Other<'),
        ("field(form.line, label='Renamed')", ">Renamed</label>"),
        ("field(form.line, width=5)", "govuk-input--width-5"),
        ("field(form.line, attributes={'autocomplete': 'off'})", 'autocomplete="off"'),
        ("field(form.long, rows=9)", 'rows="9"'),
        ("field(form.one, small=true)", "govuk-radios--small"),
        ("field(form.number)", 'inputmode="numeric"'),
        ("field(form.email)", 'type="email"'),
    ],
)
def test_field_takes_its_options(app: Flask, call: str, has: str) -> None:
    assert has in show(app, Everything(), "line", call)


def summary(app: Flask, form: Any) -> str:
    source = (
        '{% from "components/error_summary.html" import error_summary %}{{ error_summary(form) }}'
    )
    with app.test_request_context():
        return render_template_string(source, form=form)


def test_error_summary_links_each_mistake_to_its_box(app: Flask) -> None:
    form = Everything(MultiDict({"line": ""}))
    form.validate()
    form.form_errors = ["And all of it"]
    html = summary(app, form)
    assert '<a href="#line">Say it</a>' in html
    assert '<a href="#one">Choose one</a>' in html
    assert "<li>And all of it</li>" in html
    assert 'role="alert"' in html


def test_error_summary_is_silent_when_all_is_well(app: Flask) -> None:
    assert summary(app, Everything()).strip() == ""
