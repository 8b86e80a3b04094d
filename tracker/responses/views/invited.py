"""The way in with an invitation: a link, or letters and numbers typed from a slip.

The code stands in the path, which is never logged, and goes on in the form; it is used up by the
answer alone. Opening the page changes nothing, so that a mail scanner can't use it up.
"""

from uuid import uuid4

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.abuse import policy
from tracker.abuse.queries import invited_survey
from tracker.accounts.guard import public
from tracker.db import current_session
from tracker.responses.views.blueprint import bp
from tracker.responses.views.form import open_form
from tracker.responses.views.pages import without_invitation
from tracker.responses.views.receiving import invitation_keys


@bp.get("/i/<code>")
@public
def invited(code: str) -> ResponseReturnValue:
    """The form of the survey that this invitation opens."""
    read = _read(code)
    if read is None:
        return without_invitation("unknown"), 404
    survey = invited_survey(current_session(), read, invitation_keys())
    if survey is None:
        return without_invitation("used"), 410
    return open_form(survey, uuid4(), invitation=read)


@bp.route("/i", methods=["GET", "POST"])
@public
def enter_code() -> ResponseReturnValue:
    """Letters and numbers typed from a slip."""
    if request.method == "GET":
        return without_invitation("missing")
    read = _read(request.form.get("invitation", ""))
    if read is None:
        return without_invitation("unknown"), 400
    return redirect(url_for("responses.invited", code=policy.shown(read)), 303)


def _read(typed: str) -> str | None:
    read = policy.read_code(typed)
    return read if read and policy.is_ours(read, invitation_keys()) else None
