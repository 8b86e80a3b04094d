"""The staff's desk: what needs you, one consultation at a glance, every open loop."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import require
from tracker.accounts.policy import Act

bp = Blueprint("desk", __name__, url_prefix="/staff")


@bp.get("/")
def home() -> ResponseReturnValue:
    require(Act.USE_DESK)
    return ""


@bp.get("/open-loops")
def open_loops() -> ResponseReturnValue:
    require(Act.SEE_OPEN_LOOPS)
    return ""
