"""Hearing one answer at a time."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.accounts.guard import current_person
from tracker.clock import utc_now
from tracker.consultations.models import Consultation
from tracker.db import current_session
from tracker.errors import NotFound
from tracker.responses.forms import CHOSEN_BY_STAFF
from tracker.responses.models import SetAsideReason
from tracker.responses.operations import take_back
from tracker.responses.queries import responses_among
from tracker.themes import operations
from tracker.themes.forms import CodingForm, ConfirmForm, Done, as_id, read_done
from tracker.themes.queries import (
    Heard,
    coverage_of,
    heard_or_404,
    next_unheard,
    themes_named,
    themes_of,
)
from tracker.themes.views.blueprint import bp, consultation_to_hear
from tracker.themes.views.choosing import themes_chosen

_NOTHING_CHOSEN = "Choose a theme, write a new one, or set the answer aside"


@bp.route("/consultations/<int:consultation_id>/hear", methods=["GET", "POST"])
def hear(consultation_id: int) -> ResponseReturnValue:
    """One answer in large type, with the themes to put it with."""
    session = current_session()
    consultation = consultation_to_hear(consultation_id)
    done = read_done(request.args)
    response_id = as_id(request.args.get("response", "")) or next_unheard(
        session, consultation_id, done.response_id if done else None
    )
    heard = heard_or_404(session, consultation_id, response_id) if response_id else None
    rows = themes_of(session, consultation_id)
    form = CodingForm(data={"theme": sorted(heard.theme_ids) if heard else []})
    form.offer(row.theme for row in rows)
    if request.method == "POST" and heard is not None:
        reason = request.form.get("aside", "")
        if reason in list(CHOSEN_BY_STAFF):
            return _set_aside(session, consultation, heard, SetAsideReason(reason))
        if form.check(_NOTHING_CHOSEN):
            return _code(session, consultation, heard, form)
    return render_template(
        "themes/hear.html",
        consultation=consultation,
        coverage=coverage_of(session, consultation_id),
        heard=heard,
        rows=rows,
        form=form,
        done=done,
        undo_form=ConfirmForm(),
        reasons=CHOSEN_BY_STAFF,
    )


def _code(
    session: Session, consultation: Consultation, heard: Heard, form: CodingForm
) -> ResponseReturnValue:
    person_id, now = current_person().id, utc_now()
    themes = themes_chosen(session, consultation, form, person_id=person_id, now=now)
    [response] = responses_among(session, consultation.id, [heard.id])
    operations.recode(session, response, themes, person_id=person_id, now=now)
    session.commit()
    return _onwards(consultation, Done(heard.id, "coded", tuple(sorted(heard.theme_ids))))


def _set_aside(
    session: Session, consultation: Consultation, heard: Heard, reason: SetAsideReason
) -> ResponseReturnValue:
    responses = responses_among(session, consultation.id, [heard.id])
    operations.set_aside(
        session, consultation, responses, reason, person_id=current_person().id, now=utc_now()
    )
    session.commit()
    did = "worry" if reason is SetAsideReason.SAFEGUARDING else "aside"
    return _onwards(consultation, Done(heard.id, did, tuple(sorted(heard.theme_ids))))


def _onwards(consultation: Consultation, done: Done) -> ResponseReturnValue:
    """The next unheard answer, with a way back to this one."""
    return redirect(
        url_for(
            "themes.hear",
            consultation_id=consultation.id,
            after=done.response_id,
            did=done.did,
            was=done.was_typed or None,
        )
    )


@bp.post("/consultations/<int:consultation_id>/hear/undo")
def undo(consultation_id: int) -> ResponseReturnValue:
    """Put the answer heard before back to what it was, and show it again."""
    session = current_session()
    consultation = consultation_to_hear(consultation_id)
    done = read_done(request.form)
    found = responses_among(session, consultation.id, [done.response_id]) if done else []
    if done is None or not found:
        raise NotFound("There is nothing to undo here. Go back to the answers.")
    person_id, now = current_person().id, utc_now()
    if done.did == "aside":
        take_back(session, found[0], person_id=person_id, now=now)
    themes = themes_named(session, consultation.id, done.was)
    operations.recode(session, found[0], themes, person_id=person_id, now=now)
    session.commit()
    flash("Undone. Here is the answer again.")
    return _back_to(consultation, done.response_id)


def _back_to(consultation: Consultation, response_id: UUID) -> ResponseReturnValue:
    address = url_for("themes.hear", consultation_id=consultation.id, response=response_id)
    return redirect(address)
