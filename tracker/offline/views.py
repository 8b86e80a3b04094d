"""The service worker and the two pages that it shows by itself. Nothing here knows any answer."""

from flask import Blueprint, Response, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import public
from tracker.safeguarding.helplines import CHILDLINE, EMERGENCY, SHOUT, help_pages
from tracker.web.sealed import public_key

bp = Blueprint("offline", __name__, url_prefix=None)

_WORKER = "self.outboxKey = '{key}';\nimportScripts('{outbox}', '{worker}');\n"


@bp.get("/worker.js")
@public
def worker() -> ResponseReturnValue:
    """The service worker, at the root so that it may answer for every page."""
    script = _WORKER.format(
        key=public_key(current_app.config["LOOPKEEPER"]),
        outbox=url_for("static", filename="outbox.js"),
        worker=url_for("static", filename="worker.js"),
    )
    page = Response(script, mimetype="text/javascript")
    page.headers["Cache-Control"] = "no-cache"
    return page


@bp.get("/saved")
@public
def saved() -> ResponseReturnValue:
    """Answers that wait on this phone. Which ones only the phone knows; this page brings the words."""
    return render_template("offline/saved.html", nations=help_pages())


@bp.get("/offline")
@public
def notice() -> ResponseReturnValue:
    """What the phone shows instead of a page that it can't get."""
    return render_template("offline/notice.html", helplines=(EMERGENCY, CHILDLINE, SHOUT))
