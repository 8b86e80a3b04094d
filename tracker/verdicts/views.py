"""What young people say of one action, for the team that answers to them."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import require
from tracker.accounts.policy import Act
from tracker.actions.queries import action_or_404
from tracker.db import current_session
from tracker.services.queries import organisation
from tracker.verdicts.policy import VERDICT_LABELS
from tracker.verdicts.queries import reasons_for, verdict_counts

bp = Blueprint("verdicts", __name__, url_prefix="/staff")


@bp.get("/actions/<int:action_id>/verdicts")
def index(action_id: int) -> ResponseReturnValue:
    """True counts and the reasons given: a young person's words, so for the team alone."""
    session = current_session()
    action = action_or_404(session, action_id)
    require(Act.READ_RESPONSES, action.consultation.service_id)
    return render_template(
        "verdicts/index.html",
        action=action,
        consultation=action.consultation,
        counts=verdict_counts(session, [action.id])[action.id],
        reasons=reasons_for(session, action),
        labels=VERDICT_LABELS,
        organisation=organisation(session),
    )
