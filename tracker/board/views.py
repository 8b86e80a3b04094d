"""The public board, and "where is my answer now?"."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import public

bp = Blueprint("board", __name__, url_prefix=None)


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    return ""


@bp.get("/answer")
@public
def answer() -> ResponseReturnValue:
    return ""
