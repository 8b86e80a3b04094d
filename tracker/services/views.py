"""Pages about services and the organisation's settings."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from tracker.accounts.guard import require
from tracker.accounts.policy import Act
from tracker.accounts.queries import active_people
from tracker.db import current_session
from tracker.services import operations
from tracker.services.forms import ServiceForm, SettingsForm, form_about, form_with_settings
from tracker.services.operations import NameTaken, WrongPeople
from tracker.services.queries import all_services, organisation, service_or_404

bp = Blueprint("services", __name__, url_prefix="/staff")


@bp.get("/services")
def index() -> ResponseReturnValue:
    require(Act.MANAGE_SERVICES)
    services = all_services(current_session())
    return render_template(
        "services/index.html",
        here=[service for service in services if service.is_active],
        closed=[service for service in services if not service.is_active],
    )


@bp.route("/services/add", methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    require(Act.MANAGE_SERVICES)
    session = current_session()
    people = active_people(session)
    form = ServiceForm(data={"nation": organisation(session).nation.value})
    form.offer(people)
    if form.validate_on_submit():
        try:
            service = operations.create_service(session, form.draft())
        except (NameTaken, WrongPeople) as refusal:
            _explain(form, refusal)
        else:
            session.commit()
            flash(f"{service.name} is added.")
            return redirect(url_for("services.index"))
    return render_template("services/create.html", form=form, too_few=len(people) < 2)


@bp.route("/services/<int:service_id>", methods=["GET", "POST"])
def edit(service_id: int) -> ResponseReturnValue:
    require(Act.MANAGE_SERVICES)
    session = current_session()
    service = service_or_404(session, service_id)
    form = form_about(service)
    form.offer(active_people(session))
    if form.validate_on_submit():
        try:
            operations.edit_service(session, service, form.draft())
        except (NameTaken, WrongPeople) as refusal:
            _explain(form, refusal)
        else:
            session.commit()
            flash(f"What you changed about {service.name} is saved.")
            return redirect(url_for("services.index"))
    return render_template("services/edit.html", form=form, service=service)


@bp.route("/services/<int:service_id>/close", methods=["GET", "POST"])
def close(service_id: int) -> ResponseReturnValue:
    require(Act.MANAGE_SERVICES)
    session, form = current_session(), FlaskForm()
    service = service_or_404(session, service_id)
    if form.validate_on_submit():
        operations.close_service(session, service)
        session.commit()
        flash(f"{service.name} starts no new consultation. Nothing was deleted.")
        return redirect(url_for("services.index"))
    return render_template("services/close.html", form=form, service=service)


@bp.post("/services/<int:service_id>/reopen")
def reopen(service_id: int) -> ResponseReturnValue:
    require(Act.MANAGE_SERVICES)
    session = current_session()
    service = service_or_404(session, service_id)
    operations.reopen_service(session, service)
    session.commit()
    flash(f"{service.name} can start consultations again.")
    return redirect(url_for("services.edit", service_id=service.id))


@bp.route("/settings", methods=["GET", "POST"])
def settings() -> ResponseReturnValue:
    require(Act.MANAGE_SETTINGS)
    session = current_session()
    kept = organisation(session)
    form = form_with_settings(kept)
    if form.validate_on_submit():
        operations.save_settings(session, kept, form.draft())
        session.commit()
        flash("The settings are saved.")
        return redirect(url_for("services.settings"))
    return render_template("services/settings.html", form=form, organisation=kept)


def _explain(form: ServiceForm | SettingsForm, refusal: NameTaken | WrongPeople) -> None:
    """Put what an operation refused beside the field that mends it."""
    found = refusal.problems if isinstance(refusal, WrongPeople) else {"name": refusal.message}
    for name, message in found.items():
        form[name].errors = [message]
