"""Pages about services and the organisation's settings."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import require
from tracker.accounts.policy import Act

bp = Blueprint("services", __name__, url_prefix="/staff")


@bp.get("/services")
def index() -> ResponseReturnValue:
    require(Act.MANAGE_SERVICES)
    return ""


@bp.get("/settings")
def settings() -> ResponseReturnValue:
    require(Act.MANAGE_SETTINGS)
    return ""
