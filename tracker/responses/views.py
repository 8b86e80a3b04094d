"""The phone form for respondents; the inbox for staff."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import require
from tracker.accounts.policy import Act

bp = Blueprint("responses", __name__, url_prefix=None)


@bp.get("/staff/worries")
def worries() -> ResponseReturnValue:
    require(Act.READ_SAFEGUARDING)
    return ""
