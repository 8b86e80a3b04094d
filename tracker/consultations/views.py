"""Pages to list, start, write, hand over and delete consultations."""

from collections.abc import Iterable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from markupsafe import Markup
from sqlalchemy.orm import Session

from tracker.accounts.guard import current_actor, current_person, require
from tracker.accounts.models import Person
from tracker.accounts.policy import Act, may_somewhere
from tracker.accounts.queries import active_people
from tracker.clock import utc_now
from tracker.consultations import operations
from tracker.consultations.forms import (
    ANONYMITY_MEANINGS,
    LAWFUL_BASIS_MEANINGS,
    DetailsForm,
    HandOverForm,
    StartForm,
    typed_values,
)
from tracker.consultations.models import Consultation
from tracker.consultations.parts import parts_of
from tracker.consultations.policy import (
    STATE_WORDS,
    ConsultationState,
    detail_problems,
    services_for,
    with_suggestions,
)
from tracker.consultations.queries import (
    consultation_or_404,
    consultations_of,
    grouped_by_state,
    services_asking,
)
from tracker.consultations.translated import in_own_words
from tracker.db import current_session
from tracker.errors import Conflict
from tracker.languages.pages import written
from tracker.services.models import Service
from tracker.services.queries import active_services

bp = Blueprint("consultations", __name__, url_prefix="/staff/consultations")


@bp.app_template_global()
def own(consultation: Consultation, name: str) -> str | Markup:
    """A public text of a consultation in the language of the page, or marked as in another."""
    spoken = in_own_words(consultation, name)
    return written(spoken.text, spoken.language)


@bp.app_template_global()
def own_text(consultation: Consultation, name: str) -> str:
    """The same without marks, for a page's title."""
    return in_own_words(consultation, name).text


_LONGEST_SEARCH = 200


@bp.get("/")
def index() -> ResponseReturnValue:
    """Every consultation the person may see, by state."""
    require(Act.USE_DESK)
    session = current_session()
    visible = services_for(current_actor(), Act.SEE_CONSULTATION)
    services = services_asking(session, visible)
    chosen = request.args.get("service", type=int)
    chosen = chosen if chosen in {service.id for service in services} else None
    text = request.args.get("q", "").strip()[:_LONGEST_SEARCH]
    found = consultations_of(session, service_ids=[chosen] if chosen else visible, text=text)
    return render_template(
        "consultations/index.html",
        groups=grouped_by_state(found),
        state_words=STATE_WORDS,
        services=services,
        chosen=chosen,
        text=text,
        may_start=may_somewhere(current_actor(), Act.EDIT_CONSULTATION),
    )


@bp.route("/new", methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """The first step: a title and a service make a draft."""
    session = current_session()
    services = _own_services(session)
    require(Act.EDIT_CONSULTATION, services[0].id if services else None)
    form = StartForm()
    form.offer(services)
    if form.validate_on_submit() and (made := _start(session, services, form)):
        return redirect(url_for("consultations.edit", consultation_id=made.id))
    return render_template("consultations/create.html", form=form, services=services)


def _start(session: Session, services: Iterable[Service], form: StartForm) -> Consultation | None:
    """Save the draft; None puts what is wrong beside the fields."""
    service = next(one for one in services if one.id == form.service_id.data)
    require(Act.EDIT_CONSULTATION, service.id)
    try:
        made = operations.create_consultation(
            session,
            service,
            title=form.title.data or "",
            closes_on=form.closes_on.data,
            person_id=current_person().id,
            now=utc_now(),
        )
    except operations.BadDetails as bad:
        session.rollback()
        form.show_problems(bad.problems)
        return None
    session.commit()
    flash("The draft is saved. Fill in what you know; the checklist shows what is missing.")
    return made


@bp.route("/<int:consultation_id>/edit", methods=["GET", "POST"])
def edit(consultation_id: int) -> ResponseReturnValue:
    """Everything the gate asks for, as far as it may still change."""
    session = current_session()
    consultation = consultation_or_404(session, consultation_id)
    require(Act.EDIT_CONSULTATION, consultation.service_id)
    if consultation.state is ConsultationState.WITHDRAWN:
        raise Conflict("It was withdrawn, so it stays as it was.")
    before = operations.details_of(consultation)
    form = DetailsForm(data=typed_values(before))
    form.offer(_with(_own_services(session), consultation.service), consultation.state)
    is_draft = consultation.state is ConsultationState.DRAFT
    if form.validate_on_submit():
        if _save(session, consultation, form):
            page = "opening.gate" if is_draft else "desk.consultation"
            return redirect(url_for(page, consultation_id=consultation.id))
    elif form.is_submitted():  # say all that is wrong at once
        after = with_suggestions(before, form.read(before), consultation.state)
        form.show_problems(detail_problems(before, after, consultation.state))
    return render_template(
        "consultations/edit.html",
        consultation=consultation,
        form=form,
        parts=parts_of(form, at=request.args.get("at", "")),
        meanings={"anonymity": ANONYMITY_MEANINGS, "lawful_basis": LAWFUL_BASIS_MEANINGS},
    )


def _save(session: Session, consultation: Consultation, form: DetailsForm) -> bool:
    """Save what was typed; False puts what is wrong beside the fields."""
    details = form.read(operations.details_of(consultation))
    require(Act.EDIT_CONSULTATION, details.service_id)
    try:
        changed = operations.edit_consultation(
            session, consultation, details, person_id=current_person().id, now=utc_now()
        )
    except operations.BadDetails as bad:
        session.rollback()
        form.show_problems(bad.problems)
        return False
    session.commit()
    flash(
        "Your changes are saved." if changed else "Nothing was different, so all stays as it was."
    )
    return True


@bp.route("/<int:consultation_id>/hand-over", methods=["GET", "POST"])
def hand_over(consultation_id: int) -> ResponseReturnValue:
    """Give the consultation to another owner."""
    session = current_session()
    consultation = consultation_or_404(session, consultation_id)
    require(Act.HAND_OVER, consultation.service_id)
    team, others = _candidates(session, consultation)
    form = HandOverForm()
    form.offer(team, others)
    if form.validate_on_submit():
        to = next(person for person in (*team, *others) if person.id == form.to.data)
        operations.hand_over(
            session, consultation, to=to, person_id=current_person().id, now=utc_now()
        )
        session.commit()
        flash(f"{to.name} is the owner of “{consultation.title}” now.")
        return redirect(url_for("desk.consultation", consultation_id=consultation.id))
    return render_template(
        "consultations/hand_over.html", consultation=consultation, form=form, others=others
    )


@bp.route("/<int:consultation_id>/delete", methods=["GET", "POST"])
def delete(consultation_id: int) -> ResponseReturnValue:
    """Delete a draft, after asking whether that is meant."""
    session = current_session()
    consultation = consultation_or_404(session, consultation_id)
    require(Act.EDIT_CONSULTATION, consultation.service_id)
    if consultation.state is not ConsultationState.DRAFT:
        raise operations.NotDeletable(
            "It has been opened, so it can't be deleted. You can withdraw it."
        )
    form = FlaskForm()
    if form.validate_on_submit():
        title = consultation.title
        operations.delete_draft(session, consultation)
        session.commit()
        flash(f"The draft “{title}” is deleted.")
        return redirect(url_for("consultations.index"))
    return render_template("consultations/delete.html", consultation=consultation, form=form)


def _own_services(session: Session) -> list[Service]:
    """The active services that the person may ask for."""
    own = services_for(current_actor(), Act.EDIT_CONSULTATION)
    return [one for one in active_services(session) if own is None or one.id in own]


def _with(services: Iterable[Service], own: Service) -> list[Service]:
    """The services and, should it be missing because it has stopped, the consultation's own."""
    return sorted({*services, own}, key=lambda service: service.name)


def _candidates(session: Session, consultation: Consultation) -> tuple[list[Person], list[Person]]:
    """Who may become the owner: people of the service's team, and everybody else."""
    service = consultation.service
    away = {consultation.owner_id, service.escalation_contact_id}
    people = [one for one in active_people(session) if one.is_reachable and one.id not in away]
    team = {service.owner_id, *(deputy.id for deputy in service.deputies)}
    return (
        [person for person in people if person.id in team],
        [person for person in people if person.id not in team],
    )
