"""The same survey as it is usually built, to measure against: `granian bench.naive:app`.

A Flask-WTF form made from the rows, a session with its token, a template rendered for each visit.
Two queries a page, nothing slow put in.
"""

from typing import Any

from flask import Flask, render_template_string
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import (
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import CheckboxInput, ListWidget

import config
from tracker.consultations.models import Consultation
from tracker.db import Base
from tracker.surveys.models import Question, Survey
from tracker.surveys.question_types import type_of

settings = config.from_environ()
app = Flask("naive")
app.config.from_mapping(settings.for_flask())
db = SQLAlchemy(metadata=Base.metadata)
db.init_app(app)

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ survey.title }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/form.css"></head>
<body><main><h1>{{ consultation.title }}</h1><p>{{ consultation.purpose }}</p>
<dl><dt>Who reads this?</dt><dd>{{ consultation.readers }}</dd>
<dt>What is it for?</dt><dd>{{ consultation.decision }}</dd>
<dt>Who decides?</dt><dd>{{ consultation.decided_by }}</dd>
<dt>What can't change?</dt><dd>{{ consultation.not_up_for_change }}</dd></dl>
<form method="post">{{ form.hidden_tag() }}
{% for field in form if field.name != "csrf_token" %}
<div>{{ field.label }} {{ field }}{% for error in field.errors %}<p>{{ error }}</p>{% endfor %}</div>
{% endfor %}
<button>Send</button></form></main></body></html>"""


class Ticks(SelectMultipleField):
    widget = ListWidget()
    option_widget = CheckboxInput()


@app.get("/s/<code>")
def show(code: str) -> str:
    only = joinedload(Survey.consultation).lazyload("*")
    survey = db.session.scalars(select(Survey).where(Survey.code == code).options(only)).one()
    consultation: Consultation = survey.consultation
    form = _form_of(survey)()
    return render_template_string(PAGE, survey=survey, consultation=consultation, form=form)


def _form_of(survey: Survey) -> type[Any]:
    fields = {name: field for each in survey.questions for name, field in _fields(each).items()}
    return type("AnswerForm", (FlaskForm,), fields)


def _fields(question: Question) -> dict[str, Field]:
    choices = [SelectChoice(each.key, each.text) for each in type_of(question).choices(question)]
    key, text = question.key, question.text
    match question.kind:
        case "ranking":
            numbers = [SelectChoice(str(n), str(n)) for n in range(1, len(choices) + 1)]
            return {
                f"{key}_{choice.value}": SelectField(choice.label, choices=numbers)
                for choice in choices
            }
        case "several_choices":
            return {key: Ticks(text, choices=choices)}
        case "number":
            return {key: IntegerField(text)}
        case "short_text":
            return {key: StringField(text)}
        case "long_text":
            return {key: TextAreaField(text)}
        case _:
            return {key: RadioField(text, choices=choices)}
