"""Pages to create, list, change and copy consultations."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import require
from tracker.accounts.policy import Act

bp = Blueprint("consultations", __name__, url_prefix="/staff/consultations")


@bp.get("/")
def index() -> ResponseReturnValue:
    require(Act.USE_DESK)
    return ""
