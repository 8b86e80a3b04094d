"""The form that gives a question and its choices pictures and short sentences."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import Optional

from tracker.pictures.models import Picture
from tracker.pictures.symbols import SYMBOLS
from tracker.surveys.easy_read import (
    LONGEST_WORDS,
    QUESTION,
    Easy,
    easy_parts,
    picture_named,
    symbol_named,
)
from tracker.surveys.forms import at_most, one_line
from tracker.surveys.models import Question
from tracker.surveys.question_types import type_of


class EasyReadForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Made by `easy_read_form`: a picture and a sentence for each part."""

    keys: tuple[str, ...] = ()

    @property
    def rows(self) -> list[tuple[str, Any, Any]]:
        """(key, its picture, its words) for the question and each choice, in order."""
        return [(key, self[_picture(key)], self[_words(key)]) for key in self.keys]

    @property
    def parts(self) -> dict[str, Easy]:
        """What was chosen and typed, by key."""
        return {key: Easy(picture.data, words.data) for key, picture, words in self.rows}


def easy_read_form(question: Question, pictures: Iterable[Picture]) -> EasyReadForm:
    """The form for this question, filled with what it has."""
    keys = (QUESTION, *(choice.key for choice in type_of(question).choices(question)))
    offered = _offered(pictures)
    fields = {name: field for key in keys for name, field in _fields(key, offered)}
    kept = easy_parts(question, question.easy_read)
    form: EasyReadForm = type("OfQuestion", (EasyReadForm,), {**fields, "keys": keys})(
        data=_filled(kept)
    )
    return form


def _fields(key: str, offered: list[Any]) -> list[tuple[str, Any]]:
    picture = SelectField(
        "Picture",
        choices=offered,
        default="",
        invalid_choice_message="That picture isn’t there any more. Choose another one.",  # type: ignore[call-arg]
    )
    words = StringField(
        "Short sentence",
        [Optional(), at_most(LONGEST_WORDS)],
        filters=[one_line],
    )
    return [(_picture(key), picture), (_words(key), words)]


def _filled(kept: Mapping[str, Easy]) -> dict[str, str]:
    pictures = {_picture(key): easy.picture for key, easy in kept.items()}
    return pictures | {_words(key): easy.words for key, easy in kept.items()}


def _offered(pictures: Iterable[Picture]) -> list[Any]:
    own = [
        SelectChoice(picture_named(each.digest), each.alt_text, optgroup="Your pictures")
        for each in pictures
    ]
    symbols = [
        SelectChoice(symbol_named(each.name), each.alt_text, optgroup="Symbols")
        for each in SYMBOLS.values()
    ]
    return [SelectChoice("", "None"), *own, *symbols]


def _picture(key: str) -> str:
    return f"picture_{key}"


def _words(key: str) -> str:
    return f"words_{key}"
