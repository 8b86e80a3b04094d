"""Pages about members of staff."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import require
from tracker.accounts.policy import Act

bp = Blueprint("accounts", __name__, url_prefix="/staff")


@bp.get("/people")
def people() -> ResponseReturnValue:
    require(Act.MANAGE_PEOPLE)
    return ""
