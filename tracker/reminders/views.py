"""The outbox and timelines for staff; the capability pages for those who come from a mail."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import require
from tracker.accounts.policy import Act

bp = Blueprint("reminders", __name__, url_prefix=None)


@bp.get("/staff/outbox")
def outbox() -> ResponseReturnValue:
    require(Act.SEE_OUTBOX)
    return ""
