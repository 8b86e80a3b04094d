"""Two themes become one: their answers, and the actions that answer them, go together."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import current_person, require
from tracker.accounts.policy import Act
from tracker.actions import operations
from tracker.actions.forms import MergeForm
from tracker.actions.queries import actions_answering
from tracker.actions.views.blueprint import bp
from tracker.clock import utc_now
from tracker.db import current_session
from tracker.themes.queries import (
    responses_of_theme,
    theme_or_404,
    themes_in_order,
)


@bp.route("/themes/<int:theme_id>/merge", methods=["GET", "POST"])
def merge(theme_id: int) -> ResponseReturnValue:
    session = current_session()
    theme = theme_or_404(session, theme_id)
    consultation = theme.consultation
    require(Act.READ_RESPONSES, consultation.service_id)
    require(Act.CODE_RESPONSES, consultation.service_id)
    others = [each for each in themes_in_order(session, consultation.id) if each is not theme]
    form = MergeForm()
    form.offer(others)
    if form.check():
        into = theme_or_404(session, form.into.data)
        operations.merge_themes(session, theme, into, person_id=current_person().id, now=utc_now())
        session.commit()
        flash(f"The two are one theme now: “{into.statement}”.")
        return redirect(url_for("themes.index", consultation_id=consultation.id))
    return render_template(
        "actions/merge.html",
        theme=theme,
        consultation=consultation,
        form=form,
        others=others,
        carried=responses_of_theme(session, theme.id),
        actions=actions_answering(session, theme.id),
    )
