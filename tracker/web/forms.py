"""How forms are guarded against other sites: a token where there is a sign-in, the Origin where not."""

from urllib.parse import urlsplit

from flask import Flask, abort, request
from flask_wtf.csrf import CSRFProtect

from config import Config

csrf = CSRFProtect()


def init_form_protection(app: Flask) -> None:
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # `protect_form` decides, per surface
    csrf.init_app(app)


def check_origin(settings: Config) -> None:
    """Refuse a form that another site sent. Browsers say where a form comes from; old ones say nothing.

    Public pages hold no authority that could be stolen (no cookie, no session), so no token is
    needed, and a page kept open overnight still sends.
    """
    origin = request.headers.get("Origin")
    if origin in (None, "", "null"):
        return
    if urlsplit(origin).netloc not in (request.host, urlsplit(settings.base_url).netloc):
        abort(403)
