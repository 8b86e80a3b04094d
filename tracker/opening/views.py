"""The before-you-ask gate, and opening, extending, closing, withdrawing and copying."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from tracker.accounts.guard import current_person, require
from tracker.accounts.policy import Act
from tracker.clock import day_in_words, local_date, utc_now
from tracker.consultations.fields import FormWithProblems
from tracker.consultations.models import Consultation
from tracker.consultations.operations import BadDetails
from tracker.consultations.policy import ANONYMITY_WORDS, STATE_WORDS, ConsultationState
from tracker.consultations.queries import consultation_or_404
from tracker.db import current_session
from tracker.opening import operations
from tracker.opening.checklist import checklist_of
from tracker.opening.forms import ExtendForm, MovePromiseForm, WithdrawForm
from tracker.opening.operations import MoveNotPossible, NotReady
from tracker.opening.policy import GateFacts, Missing, Move, may_move, missing, warnings
from tracker.opening.queries import gate_facts
from tracker.services.queries import languages_off, organisation
from tracker.surveys.queries import surveys_of
from tracker.surveys.translated import incomplete

bp = Blueprint("opening", __name__, url_prefix="/staff/consultations/<int:consultation_id>")

_BOTH = ["GET", "POST"]


@bp.get("/before-you-ask")
def gate(consultation_id: int) -> ResponseReturnValue:
    """The checklist that fills itself; once it has opened, what can still be done with it."""
    consultation = _found(consultation_id, Act.SEE_CONSULTATION)
    if consultation.state is ConsultationState.DRAFT:
        return _checklist(consultation)
    return render_template(
        "opening/gate.html", consultation=consultation, state_words=STATE_WORDS, may_move=may_move
    )


@bp.route("/open", methods=_BOTH)
def open(consultation_id: int) -> ResponseReturnValue:  # noqa: A001  (named as the move is)
    """Say what can't change afterwards, and open."""
    consultation = _found(consultation_id, Act.OPEN_AND_CLOSE, Move.OPEN)
    session, form, now = current_session(), FlaskForm(), utc_now()
    if form.validate_on_submit():
        try:
            operations.open_consultation(
                session, consultation, person_id=current_person().id, now=now
            )
        except NotReady as refusal:
            session.rollback()
            return _checklist(consultation, refusal.missing), 409
        session.commit()
        return _done(consultation, f"“{consultation.title}” is open for answers.")
    facts = _facts(session, consultation, now)
    if missing(facts):
        flash("It can't open yet: see what is missing.", "error")
        return redirect(url_for("opening.gate", consultation_id=consultation_id))
    return render_template(
        "opening/open.html",
        consultation=consultation,
        form=form,
        cautions=warnings(facts),
        anonymity_words=ANONYMITY_WORDS,
        unfinished=incomplete(surveys_of(session, consultation.id), languages_off(session)),
    )


@bp.route("/extend", methods=_BOTH)
def extend(consultation_id: int) -> ResponseReturnValue:
    """Give more time, or open again what has closed."""
    consultation = _found(consultation_id, Act.OPEN_AND_CLOSE, Move.EXTEND)
    form = ExtendForm()

    def move(session: Session, person_id: int, now: datetime) -> None:
        assert form.closes_on.data is not None  # noqa: S101  (the form has asked for it)
        operations.extend_consultation(
            session,
            consultation,
            form.closes_on.data,
            promise_on=form.promise_on.data,
            reason=form.reason.data or "",
            person_id=person_id,
            now=now,
        )

    if _moved(form, move):
        assert consultation.closes_on is not None  # noqa: S101  (just set)
        until = day_in_words(consultation.closes_on)
        return _done(consultation, f"“{consultation.title}” is open for answers until {until}.")
    return render_template("opening/extend.html", consultation=consultation, form=form)


@bp.route("/close", methods=_BOTH)
def close(consultation_id: int) -> ResponseReturnValue:
    """Stop asking now, after asking whether that is meant."""
    consultation = _found(consultation_id, Act.OPEN_AND_CLOSE, Move.CLOSE)
    form = FormWithProblems()

    def move(session: Session, person_id: int, now: datetime) -> None:
        operations.close_consultation(session, consultation, person_id=person_id, now=now)

    if _moved(form, move):
        return _done(consultation, f"“{consultation.title}” is closed. Now hear what they said.")
    return render_template("opening/close.html", consultation=consultation, form=form)


@bp.route("/withdraw", methods=_BOTH)
def withdraw(consultation_id: int) -> ResponseReturnValue:
    """Take it back for good, with a reason that young people read."""
    consultation = _found(consultation_id, Act.WITHDRAW, Move.WITHDRAW)
    form = WithdrawForm()

    def move(session: Session, person_id: int, now: datetime) -> None:
        operations.withdraw_consultation(
            session, consultation, form.reason.data or "", person_id=person_id, now=now
        )

    if _moved(form, move):
        return _done(consultation, f"“{consultation.title}” is withdrawn. The board says why.")
    return render_template("opening/withdraw.html", consultation=consultation, form=form)


@bp.route("/move-promise", methods=_BOTH)
def move_promise(consultation_id: int) -> ResponseReturnValue:
    """Promise a later day, once."""
    consultation = _found(consultation_id, Act.OPEN_AND_CLOSE, Move.MOVE_PROMISE)
    form = MovePromiseForm()

    def move(session: Session, person_id: int, now: datetime) -> None:
        assert form.promise_on.data is not None  # noqa: S101  (the form has asked for it)
        operations.move_promise(
            session,
            consultation,
            form.promise_on.data,
            form.reason.data or "",
            person_id=person_id,
            now=now,
        )

    if consultation.first_promise_on is None and _moved(form, move):
        return _done(consultation, "The promise has moved. The board shows both dates and why.")
    return render_template("opening/move_promise.html", consultation=consultation, form=form)


@bp.post("/copy")
def copy(consultation_id: int) -> ResponseReturnValue:
    """A new draft with the same words and surveys."""
    consultation = _found(consultation_id, Act.EDIT_CONSULTATION)
    session = current_session()
    copied = operations.copy_consultation(
        session, consultation, person_id=current_person().id, now=utc_now()
    )
    session.commit()
    flash("This is the copy. Give it its own title and dates.")
    return redirect(url_for("consultations.edit", consultation_id=copied.id))


@bp.errorhandler(MoveNotPossible)
def explain(refusal: MoveNotPossible) -> ResponseReturnValue:
    """Somebody was quicker, or the button was pressed twice: show how it stands now, and say so."""
    current_session().rollback()
    flash(refusal.message, "error")
    return redirect(url_for("opening.gate", **request.view_args or {}))


def _found(consultation_id: int, act: Act, move: Move | None = None) -> Consultation:
    """The consultation, if the person may do `act` for it and `move` is possible now."""
    consultation = consultation_or_404(current_session(), consultation_id)
    require(act, consultation.service_id)
    if move is not None:
        operations.insist_possible(move, consultation.state)
    return consultation


def _moved(form: FormWithProblems, move: Callable[[Session, int, datetime], None]) -> bool:
    """Make the move and commit; False leaves what is wrong beside the fields."""
    if not form.validate_on_submit():
        return False
    session = current_session()
    try:
        move(session, current_person().id, utc_now())
    except BadDetails as bad:
        session.rollback()
        form.show_problems(bad.problems)
        return False
    session.commit()
    return True


def _done(consultation: Consultation, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("desk.consultation", consultation_id=consultation.id))


def _facts(session: Session, consultation: Consultation, now: datetime) -> GateFacts:
    today = local_date(now, organisation(session).time_zone)
    return gate_facts(session, consultation, today=today, now=now)


def _checklist(consultation: Consultation, refused: list[Missing] | None = None) -> str:
    session = current_session()
    facts = _facts(session, consultation, utc_now())
    surveys = surveys_of(session, consultation.id)
    return render_template(
        "opening/gate.html",
        consultation=consultation,
        lines=checklist_of(facts, consultation),
        cautions=warnings(facts),
        refused=refused,
        surveys=surveys,
        unfinished=incomplete(surveys, languages_off(session)),
    )
