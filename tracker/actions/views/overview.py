"""Every theme with what was done about it; what is still owed an answer comes first."""

from flask import render_template
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import require
from tracker.accounts.policy import Act
from tracker.actions.policy import headline
from tracker.actions.queries import overview_of
from tracker.actions.views.blueprint import bp, in_words
from tracker.consultations.queries import consultation_or_404
from tracker.db import current_session
from tracker.themes.queries import coverage_of


@bp.get("/consultations/<int:consultation_id>/actions")
def index(consultation_id: int) -> ResponseReturnValue:
    session = current_session()
    consultation = consultation_or_404(session, consultation_id)
    require(Act.SEE_CONSULTATION, consultation.service_id)
    return render_template(
        "actions/index.html",
        consultation=consultation,
        coverage=coverage_of(session, consultation_id),
        overview=overview_of(session, consultation_id),
        headline=headline,
        in_words=in_words,
    )
