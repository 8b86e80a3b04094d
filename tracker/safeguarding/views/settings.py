"""Who is told about a flag, within how many hours, and where "Leave this page quickly" leads."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import require
from tracker.accounts.policy import Act, RoleName
from tracker.accounts.queries import people_with_role
from tracker.db import current_session
from tracker.safeguarding.forms import safeguarding_form
from tracker.safeguarding.operations import UnknownLead, save_safeguarding
from tracker.safeguarding.views.blueprint import bp
from tracker.services.queries import organisation


@bp.route("/staff/safeguarding", methods=["GET", "POST"])
def settings() -> ResponseReturnValue:
    require(Act.SET_SAFEGUARDING)
    session = current_session()
    held, leads = organisation(session), people_with_role(session, RoleName.SAFEGUARDING_LEAD)
    form = safeguarding_form(held, leads)
    if form.validate_on_submit():
        try:
            save_safeguarding(session, held, form.draft())
        except UnknownLead as refusal:
            form.first_lead.errors = [refusal.message]
        else:
            session.commit()
            flash("The safeguarding settings are saved.", "success")
            return redirect(url_for("safeguarding.settings"))
    page = render_template("safeguarding/settings.html", form=form, leads=leads)
    return page, 400 if form.errors else 200
