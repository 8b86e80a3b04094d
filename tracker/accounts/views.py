"""Pages about members of staff: everybody, one person, and your own account."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from tracker.accounts import operations
from tracker.accounts.duties import duties_of
from tracker.accounts.forms import PersonForm, form_about
from tracker.accounts.guard import current_person, require
from tracker.accounts.invitation import send_invitation
from tracker.accounts.models import Person
from tracker.accounts.operations import AddressTaken, LastAdministrator
from tracker.accounts.policy import ROLE_LABELS, Act
from tracker.accounts.queries import all_people, person_or_404
from tracker.clock import utc_now
from tracker.db import current_session
from tracker.mail.security import MailNotSent

bp = Blueprint("accounts", __name__, url_prefix="/staff")


@bp.get("/account")
def me() -> ResponseReturnValue:
    """Your own account: what others see of you, and how you sign in."""
    require(Act.USE_DESK)
    person = current_person()
    duties = duties_of(current_session(), [person.id], now=utc_now())[person.id]
    return render_template(
        "accounts/me.html", person=person, duties=duties, role_labels=ROLE_LABELS
    )


@bp.get("/people")
def people() -> ResponseReturnValue:
    require(Act.MANAGE_PEOPLE)
    session = current_session()
    everybody = all_people(session)
    return render_template(
        "accounts/people.html",
        here=[person for person in everybody if person.active],
        gone=[person for person in everybody if not person.active],
        duties=duties_of(session, [person.id for person in everybody], now=utc_now()),
        role_labels=ROLE_LABELS,
    )


@bp.route("/people/add", methods=["GET", "POST"])
def add_person() -> ResponseReturnValue:
    require(Act.MANAGE_PEOPLE)
    session, form = current_session(), PersonForm()
    if form.validate_on_submit():
        try:
            person = operations.add_person(session, form.draft())
        except AddressTaken as taken:
            form.email.errors = [taken.message]
        else:
            session.commit()
            flash(f"{person.name} is added.")
            _invite(person)
            return redirect(url_for("accounts.people"))
    return render_template("accounts/add_person.html", form=form)


@bp.route("/people/<int:person_id>", methods=["GET", "POST"])
def edit_person(person_id: int) -> ResponseReturnValue:
    require(Act.MANAGE_PEOPLE)
    session = current_session()
    person = person_or_404(session, person_id)
    form = form_about(person)
    if form.validate_on_submit():
        try:
            operations.edit_person(session, person, form.draft(), by=current_person().id)
        except AddressTaken as taken:
            form.email.errors = [taken.message]
        except LastAdministrator as last:
            form.roles.errors = [last.message]
        else:
            session.commit()
            flash(f"What you changed about {person.name} is saved.")
            return redirect(url_for("accounts.people"))
    duties = duties_of(session, [person.id], now=utc_now())[person.id]
    return render_template("accounts/edit_person.html", form=form, person=person, duties=duties)


@bp.post("/people/<int:person_id>/invite")
def invite(person_id: int) -> ResponseReturnValue:
    """Send the link to choose a password again."""
    require(Act.MANAGE_PEOPLE)
    person = person_or_404(current_session(), person_id)
    if not person.active:
        flash(f"{person.name} has left. Bring them back before you invite them.", "error")
    else:
        _invite(person)
    return redirect(url_for("accounts.edit_person", person_id=person.id))


@bp.route("/people/<int:person_id>/deactivate", methods=["GET", "POST"])
def deactivate(person_id: int) -> ResponseReturnValue:
    """Asks first: it lists what nobody would answer for any more."""
    require(Act.MANAGE_PEOPLE)
    session, form = current_session(), FlaskForm()
    person = person_or_404(session, person_id)
    if form.validate_on_submit():
        operations.deactivate(session, person, by=current_person().id)
        session.commit()
        flash(f"{person.name} can't sign in any more. Their name stays in the history.")
        return redirect(url_for("accounts.people"))
    duties = duties_of(session, [person.id], now=utc_now())[person.id]
    orphans = [duty for duty in duties if duty.orphans]
    return render_template(
        "accounts/deactivate.html",
        form=form,
        person=person,
        orphans=orphans,
        others=[duty for duty in duties if duty not in orphans],
    )


@bp.route("/people/<int:person_id>/reactivate", methods=["GET", "POST"])
def reactivate(person_id: int) -> ResponseReturnValue:
    require(Act.MANAGE_PEOPLE)
    session, form = current_session(), FlaskForm()
    person = person_or_404(session, person_id)
    if form.validate_on_submit():
        operations.reactivate(session, person)
        session.commit()
        flash(f"{person.name} is back and can sign in.")
        return redirect(url_for("accounts.edit_person", person_id=person.id))
    return render_template(
        "accounts/reactivate.html", form=form, person=person, role_labels=ROLE_LABELS
    )


@bp.route("/people/<int:person_id>/switch-off-two-step", methods=["GET", "POST"])
def switch_off_two_step(person_id: int) -> ResponseReturnValue:
    """For somebody who lost their phone and their recovery codes."""
    require(Act.MANAGE_PEOPLE)
    session, form = current_session(), FlaskForm()
    person = person_or_404(session, person_id)
    if form.validate_on_submit():
        operations.switch_off_two_step(session, person)
        session.commit()
        flash(f"{person.name} signs in with a password alone until they set it up again.")
        return redirect(url_for("accounts.edit_person", person_id=person.id))
    return render_template("accounts/switch_off_two_step.html", form=form, person=person)


def _invite(person: Person) -> None:
    try:
        send_invitation(person)
    except MailNotSent:
        flash(
            f"No mail could be sent to {person.email} just now. Open {person.name}'s page in a few "
            "minutes and send the link again.",
            "error",
        )
    else:
        flash(f"A link to choose a password went to {person.email}.")
