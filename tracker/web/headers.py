"""Headers on every answer: nothing from a third party, nothing framed, nothing sniffed."""

import base64
import hashlib

from flask import Flask, Response, request
from markupsafe import Markup

from tracker.web.static import asset_named

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'{first}",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
    )
)


def init_headers(app: Flask) -> None:
    """Every answer gets its headers. Templates can print `first_style()`.

    That is the one style which stands in a page itself: a slow phone can then show the first screen
    without waiting for another request. The policy knows it by its hash; no other gets in.
    """
    found = asset_named(app.config["STATIC_FOLDER"], "first.css")
    style = found.body.decode() if found else ""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = CONTENT_SECURITY_POLICY.format(first=f" 'sha256-{digest}'")
    app.jinja_env.globals["first_style"] = lambda: Markup("<style>{}</style>").format(Markup(style))  # noqa: S704  (our own file)

    def add(response: Response) -> Response:
        return _add_headers(response, policy)

    app.after_request(add)


def _add_headers(response: Response, policy: str) -> Response:
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    if request.endpoint == "static":
        return response  # the rest is for pages, and every byte of it would be sent to a slow phone
    headers.setdefault("Content-Security-Policy", policy)
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if not response.cache_control and response.mimetype == "text/html":
        headers.setdefault("Cache-Control", "no-store")
    return response
