"""The page of a question's pictures and short sentences, and how templates show them."""

from dataclasses import dataclass

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import RequestEntityTooLarge

from tracker.accounts.guard import current_person
from tracker.clock import utc_now
from tracker.db import current_session
from tracker.languages import gettext as _
from tracker.pictures.models import Picture
from tracker.pictures.queries import all_pictures, pictures_at
from tracker.pictures.symbols import SYMBOLS, symbol_svg
from tracker.surveys import operations
from tracker.surveys.easy_read import Easy, digests_in, easy_parts
from tracker.surveys.easy_read_forms import easy_read_form
from tracker.surveys.models import Question
from tracker.surveys.question_types import type_of
from tracker.surveys.views.blueprint import bp
from tracker.surveys.views.questions import editable_question


@dataclass(frozen=True)
class Shown:
    """What stands with a question or a choice: a symbol's drawing or a picture, and the sentence."""

    words: str = ""
    svg: Markup | None = None
    picture: Picture | None = None
    alt: str = ""

    @property
    def has_picture(self) -> bool:
        return self.svg is not None or self.picture is not None


@bp.route("/questions/<int:question_id>/easy-read", methods=["GET", "POST"])
def easy_read(question_id: int) -> ResponseReturnValue:
    question = editable_question(question_id)
    session = current_session()
    form = easy_read_form(question, all_pictures(session))
    if not form.validate_on_submit():
        names = {choice.key: choice.text for choice in type_of(question).choices(question)}
        return render_template(
            "surveys/easy_read.html",
            question=question,
            form=form,
            names=names,
            shown=easy_read_of(question),
            symbols=SYMBOLS.values(),
        )
    operations.set_easy_read(
        session, question, form.parts, person_id=current_person().id, now=utc_now()
    )
    session.commit()
    flash("The easy read of this question is saved.")
    anchor = f"question-{question.id}"
    return redirect(url_for("surveys.build", survey_id=question.survey_id, _anchor=anchor))


@bp.app_template_global()
def easy_read_of(question: Question) -> dict[str, Shown]:
    """What stands with a question (the empty key) and its choices, for templates."""
    parts = easy_parts(question, question.easy_read or {})
    pictures = _pictures_beside(question) if any(each.digest for each in parts.values()) else {}
    return {key: _shown(easy, pictures) for key, easy in parts.items()}


@bp.app_template_global()
def looks() -> str:
    """Classes for the page: what the sender of this form had chosen, so that it looks the same."""
    try:
        sent = request.form.getlist("look") if request.method == "POST" else []
    except RequestEntityTooLarge:  # the page that says so needs no looks
        sent = []
    return " ".join(name for name in ("large", "contrast") if name in sent)


def _shown(easy: Easy, pictures: dict[str, Picture]) -> Shown:
    if easy.symbol:
        return Shown(easy.words, symbol_svg(easy.symbol), alt=_(SYMBOLS[easy.symbol].alt_text))
    picture = pictures.get(easy.digest)
    return Shown(easy.words, picture=picture, alt=picture.alt_text if picture else "")


def _pictures_beside(question: Question) -> dict[str, Picture]:
    """The pictures of the whole survey, read once a request."""
    survey = question.survey
    known: dict[int, dict[str, Picture]] = g.setdefault("pictures", {})
    if survey.id not in known:
        digests = digests_in(each.easy_read or {} for each in survey.questions)
        known[survey.id] = pictures_at(current_session(), digests)
    return known[survey.id]
