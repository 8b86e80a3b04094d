"""One action from its first draft on, and the buttons that make a version public or stop it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import current_person, require
from tracker.accounts.policy import Act
from tracker.actions import operations
from tracker.actions.models import ActionVersion
from tracker.actions.policy import headline, vague_hint
from tracker.actions.queries import history_of, version_or_404
from tracker.actions.views.blueprint import action_for, bp, in_words
from tracker.clock import day_in_words, utc_now
from tracker.db import current_session
from tracker.themes.forms import ConfirmForm


@bp.get("/actions/<int:action_id>")
def history(action_id: int) -> ResponseReturnValue:
    """Every version with who, when and what; which one is public."""
    session = current_session()
    action = action_for(action_id, Act.SEE_CONSULTATION)
    latest = action.latest
    return render_template(
        "actions/history.html",
        action=action,
        consultation=action.consultation,
        versions=history_of(session, action),
        hint=vague_hint(latest.draft) if latest else None,
        form=ConfirmForm(),
        headline=headline,
        day=day_in_words,
        in_words=in_words,
    )


@bp.post("/action-versions/<int:version_id>/publish")
def publish(version_id: int) -> ResponseReturnValue:
    session = current_session()
    version = _version_for(version_id, Act.PUBLISH_ACTION)
    operations.publish(session, version, person_id=current_person().id, now=utc_now())
    session.commit()
    flash("It is on the board now.")
    return redirect(url_for("actions.history", action_id=version.action_id))


@bp.post("/action-versions/<int:version_id>/stop")
def stop(version_id: int) -> ResponseReturnValue:
    session = current_session()
    version = version_or_404(session, version_id)
    # What came from a mail is public soon unless stopped, so more people may stop it than a draft.
    act = Act.PUBLISH_ACTION if version.publishes_at is None else Act.STOP_PUBLICATION
    require(act, version.action.consultation.service_id)
    operations.stop(session, version, person_id=current_person().id, now=utc_now())
    session.commit()
    flash("Stopped. It won't appear on the board.")
    return redirect(url_for("actions.history", action_id=version.action_id))


@bp.route("/actions/<int:action_id>/delete", methods=["GET", "POST"])
def discard(action_id: int) -> ResponseReturnValue:
    """Ask before a draft that was never public is deleted."""
    session = current_session()
    action = action_for(action_id, Act.RECORD_ACTION)
    consultation = action.consultation
    form = ConfirmForm()
    if form.validate_on_submit():
        operations.discard(session, action, person_id=current_person().id, now=utc_now())
        session.commit()
        flash("The draft is deleted.")
        return redirect(url_for("actions.index", consultation_id=consultation.id))
    return render_template(
        "actions/discard.html",
        action=action,
        consultation=consultation,
        form=form,
        headline=headline,
        day=day_in_words,
    )


def _version_for(version_id: int, act: Act) -> ActionVersion:
    version = version_or_404(current_session(), version_id)
    require(act, version.action.consultation.service_id)
    return version
