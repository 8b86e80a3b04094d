"""From a mail's folder (`templates/emails/<name>/`) to its words: subject, text and HTML."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from config import ROOT
from tracker.languages import (
    catalogue,
    current_language,
    day_in_words,
    language_named,
    names_in_words,
)


@dataclass(frozen=True)
class RenderedMail:
    subject: str
    text: str
    html: str


def render_mail(name: str, **context: Any) -> RenderedMail:
    """The mail of this name in the language being spoken. A name that it lacks is an error."""
    templates = _templates()
    subject, text, html = (
        templates.get_template(f"emails/{name}/{part}").render(context)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    return RenderedMail(" ".join(subject.split()), text.strip() + "\n", html.strip() + "\n")


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: catalogue().gettext(message),
        lambda one, many, number: catalogue().ngettext(one, many, number),
        newstyle=True,
    )
    environment.globals["spoken"] = lambda: language_named(current_language())
    environment.filters.update(day=day_in_words, names=names_in_words)
    return environment
