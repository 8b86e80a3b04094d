"""What was set aside as a safeguarding worry: read by the safeguarding lead and by nobody else."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import current_person, require
from tracker.accounts.policy import Act
from tracker.clock import utc_now
from tracker.db import current_session
from tracker.responses import queries
from tracker.responses.forms import SOURCE_LABELS
from tracker.responses.models import SetAsideReason
from tracker.responses.operations import take_back
from tracker.responses.views.blueprint import bp


@bp.get("/staff/worries")
def worries() -> ResponseReturnValue:
    require(Act.READ_SAFEGUARDING)
    found = queries.worries(current_session())
    return render_template("responses/worries.html", worries=found, sources=SOURCE_LABELS)


@bp.post("/staff/worries/<uuid:response_id>/give-back")
def give_back(response_id: UUID) -> ResponseReturnValue:
    """Let the team hear an answer that turned out to be no worry, or has been looked after."""
    require(Act.READ_SAFEGUARDING)
    session = current_session()
    response = queries.response_or_404(session, response_id)
    if response.set_aside is not SetAsideReason.SAFEGUARDING:
        flash("This answer is with its team already.", "success")
        return redirect(url_for("responses.worries"))
    take_back(
        session, response, person_id=current_person().id, now=utc_now(), may_read_worries=True
    )
    session.commit()
    flash(
        f"The team of “{response.consultation.title}” can read and hear this answer now.", "success"
    )
    return redirect(url_for("responses.worries"))
