"""How pages speak: the language of a request, the links that keep it, and what templates can say.

No cookie remembers a language. `?lang=cy` says it and every link and form of a public page carries
it on; else the browser's own wish counts, else the organisation's. A language that the organisation
has switched off is as if there were none. Pages for staff are English.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, request
from jinja2 import Template
from markupsafe import Markup

from tracker.languages import (
    ENGLISH,
    Language,
    catalogue,
    current_language,
    day_in_words,
    known_code,
    language_named,
    languages,
    look_for_new_catalogues,
    number_in_words,
    start_speaking,
)
from tracker.languages.marking import as_english, settled
from tracker.languages.negotiation import negotiated

PARAMETER = "lang"

# Whether the page at an endpoint is spoken in the languages (None: there is no such page).
Speaks = Callable[[str | None], bool]


# What the organisation has switched off, read when it is asked for.
SwitchedOff = Callable[[], Collection[str]]


def init_languages(
    app: Flask, speaks: Speaks, default: Callable[[], str], switched_off: SwitchedOff
) -> None:
    """Speak with each request in its language. `default` is the organisation's own."""
    app.extensions["loopkeeper.speaks"] = speaks
    app.extensions["loopkeeper.switched_off"] = switched_off

    @app.before_request
    def listen() -> None:
        start_speaking(_language_of_request(speaks, default))

    @app.teardown_request
    def fall_silent(_error: BaseException | None) -> None:
        start_speaking(ENGLISH)

    @app.url_defaults
    def keep(endpoint: str, values: dict[str, Any]) -> None:
        if (kept := kept_language()) and speaks(endpoint):
            values.setdefault(PARAMETER, kept)

    app.after_request(_say_which)
    _init_templates(app)


def kept_language() -> str | None:
    """The language that links of this page carry on; None where nothing has to be said."""
    kept: str | None = g.get("kept_language")
    return kept


def _language_of_request(speaks: Speaks, default: Callable[[], str]) -> str:
    g.kept_language, g.is_spoken = None, speaks(request.endpoint)
    if not g.is_spoken:
        return ENGLISH
    look_for_new_catalogues()
    # English is always offered: most pages needn't ask what is switched off.
    offered = languages() if _wished(languages()) == ENGLISH else _offered()
    if said := known_code(request.args.get(PARAMETER, ""), offered):
        g.kept_language = said
        return said
    found = negotiated(request.accept_languages, offered) or known_code(default(), offered)
    if found and found != ENGLISH:
        g.kept_language = found
    return found or ENGLISH


def _wished(offered: Collection[str]) -> str | None:
    """What the address says, or else the browser."""
    said = known_code(request.args.get(PARAMETER, ""), offered)
    return said or negotiated(request.accept_languages, offered)


def _offered() -> Mapping[str, Language]:
    """The languages that public pages speak here."""
    off: SwitchedOff = current_app.extensions["loopkeeper.switched_off"]
    without = set(off()) - {ENGLISH}
    return {code: each for code, each in languages().items() if code not in without}


def _say_which(response: Response) -> Response:
    if g.get("is_spoken") and response.mimetype == "text/html":
        response.vary.add("Accept-Language")
        response.content_language.add(current_language())
    return response


# What an address may say on a public page: the board's filter. Nothing else is repeated, since
# somebody may have put their four words there.
_CARRIED = ("q", "service", "show")


@dataclass(frozen=True)
class Offer:
    """One line of the list of languages: the language, and this page in it."""

    language: Language
    address: str
    is_spoken: bool


def language_offers() -> list[Offer]:
    """This page in every language that is spoken here.

    None on a page that came from a form, which would be lost.
    """
    if request.method not in ("GET", "HEAD") or not g.get("is_spoken"):
        return []
    return [
        Offer(language, _address_in(code), code == current_language())
        for code, language in _offered().items()
    ]


def _address_in(code: str) -> str:
    kept = [(name, value) for name in _CARRIED for value in request.args.getlist(name)]
    return "?" + urlencode([*kept, (PARAMETER, code)], errors="replace")


class SettledTemplate(Template):
    """A template whose English left-overs are marked as such once it is rendered."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        page = super().render(*args, **kwargs)
        return settled(page, is_html=(self.name or "").endswith(".html"))


def _init_templates(app: Flask) -> None:
    environment = app.jinja_env
    environment.template_class = SettledTemplate
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        _say, _say_counted, newstyle=True
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals.update(
        current_language=current_language,
        kept_language=kept_language,
        language_named=language_named,
        language_offers=language_offers,
        written=written,
    )
    environment.filters.update(day=day_in_words, number=number_in_words)


def written(text: str, language: str = ENGLISH) -> str | Markup:
    """Words that somebody wrote in `language`, marked where the page speaks another one."""
    if not text or language == current_language():
        return text
    direction = language_named(language).direction
    return Markup('<span lang="{}" dir="{}">{}</span>').format(language, direction, text)


def _say(message: str) -> str:
    said = catalogue().gettext(message)
    return said if _is_said(message) else as_english(said)


def _say_counted(one: str, many: str, number: int) -> str:
    said = catalogue().ngettext(one, many, number)
    return said if _is_said(one) else as_english(said)


def _is_said(message: str) -> bool:
    spoken = current_language()
    return spoken == ENGLISH or message in language_named(spoken).says
