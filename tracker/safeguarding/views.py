"""The help page, the same for everybody, with no script."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import public

bp = Blueprint("safeguarding", __name__, url_prefix=None)


@bp.get("/help")
@public
def help() -> ResponseReturnValue:
    return ""
