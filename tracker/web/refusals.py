"""Every error, the domain's and the protocol's, becomes a clear page in plain words."""

import logging

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException

from tracker.db import current_session
from tracker.errors import Conflict, LoopkeeperError, NotAllowed, NotFound
from tracker.languages import gettext as _
from tracker.languages import noop

log = logging.getLogger(__name__)

# Status → heading and what to do, for refusals that come from the protocol and not the domain.
PLAIN: dict[int, tuple[str, str]] = {
    400: (
        noop("We couldn't read that"),
        noop("Go back, check what you entered and send it again."),
    ),
    401: (
        noop("Please sign in"),
        noop("Sign in and try again."),
    ),
    403: (
        noop("That isn't yours to see"),
        noop("If it should be, ask an administrator."),
    ),
    404: (
        noop("There is nothing here"),
        noop("Check the address, or start again from the front page."),
    ),
    405: (
        noop("That can't be done here"),
        noop("Go back and use the buttons on the page."),
    ),
    408: (
        noop("That took too long"),
        noop("Check your connection and try again."),
    ),
    413: (
        noop("That was too long"),
        noop("Make it shorter and send it again."),
    ),
    414: (
        noop("That address is too long"),
        noop("Start again from the front page."),
    ),
    415: (
        noop("We can't read that kind of file or form"),
        noop("Use the form on the page."),
    ),
    429: (
        noop("Too many tries"),
        noop("Wait a few minutes, then try again."),
    ),
}
FALLBACK = (
    noop("That didn't work"),
    noop("Go back and try again."),
)


def status_of(error: LoopkeeperError) -> int:
    """The HTTP status of a domain refusal."""
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, NotAllowed):
        return 403
    return 409 if isinstance(error, Conflict) else 400


def init_refusals(app: Flask) -> None:
    app.register_error_handler(LoopkeeperError, _refuse_domain)
    app.register_error_handler(CSRFError, _refuse_stale_form)
    app.register_error_handler(IntegrityError, _refuse_collision)
    app.register_error_handler(HTTPException, _refuse_http)
    app.register_error_handler(Exception, _apologise)


def refusal_page(status: int, heading: str, mend: str) -> ResponseReturnValue:
    """A refusal in the look of the surface (public or staff) it happened on.

    Whatever the request had begun to write is undone first.
    """
    current_session().rollback()
    layout = "staff.html" if request.path.startswith("/staff") else "public.html"
    page = render_template("web/refusal.html", layout=layout, heading=_(heading), mend=_(mend))
    return page, status


def _refuse_domain(error: LoopkeeperError) -> ResponseReturnValue:
    heading = PLAIN.get(status_of(error), FALLBACK)[0]
    return refusal_page(status_of(error), heading, error.message)


def _refuse_stale_form(_error: CSRFError) -> ResponseReturnValue:
    return refusal_page(
        400,
        noop("This page was open too long"),
        noop("Nothing was changed. Go back, reload the page and send it again."),
    )


def _refuse_collision(error: IntegrityError) -> ResponseReturnValue:
    log.warning("two writes collided at %s", request.endpoint, exc_info=error)
    return refusal_page(
        409,
        noop("Somebody did the same thing at the same moment"),
        noop(
            "Nothing was changed by you. Reload the page to see how it stands now, then try again."
        ),
    )


def _refuse_http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    status = error.code or 500
    heading, mend = PLAIN.get(status, FALLBACK)
    return refusal_page(status, heading, mend)


def _apologise(error: Exception) -> ResponseReturnValue:
    log.exception("unhandled error at %s", request.endpoint, exc_info=error)
    return refusal_page(
        500,
        noop("Something went wrong at our end"),
        noop("Nothing was lost that had been sent. Try again."),
    )
