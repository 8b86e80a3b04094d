"""How templates speak the language of the moment."""

from flask import Flask

from tracker.languages import catalogue, current_language


def init_languages(app: Flask) -> None:
    """Let templates say `_("…")`, `ngettext(…)` and `{% trans %}…{% endtrans %}`."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: catalogue().gettext(message),
        lambda one, many, number: catalogue().ngettext(one, many, number),
        newstyle=True,
    )
    app.jinja_env.globals["current_language"] = current_language
