"""The inbox: what young people said, and setting aside what can't be heard as an answer."""

from collections.abc import Iterable
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from tracker.accounts.guard import actor_may, current_person, require
from tracker.accounts.policy import Act, RoleName
from tracker.accounts.queries import people_with_role
from tracker.clock import utc_now
from tracker.consultations.models import Consultation
from tracker.consultations.queries import consultation_or_404
from tracker.db import current_session
from tracker.responses import queries
from tracker.responses.forms import REASON_LABELS, SOURCE_LABELS, SetAsideForm
from tracker.responses.models import SetAsideReason
from tracker.responses.operations import set_aside_all
from tracker.responses.operations import take_back as take_back_response
from tracker.responses.policy import may_type_in
from tracker.responses.queries import Show
from tracker.responses.views.blueprint import bp
from tracker.surveys.queries import surveys_of

# More than a page can show at once is nobody's honest choice.
_MOST_AT_ONCE = queries.PAGE_SIZE


@bp.get("/staff/consultations/<int:consultation_id>/responses")
def inbox(consultation_id: int) -> ResponseReturnValue:
    session = current_session()
    consultation = consultation_or_404(session, consultation_id)
    require(Act.READ_RESPONSES, consultation.service_id)
    return _inbox_page(session, consultation, SetAsideForm(formdata=None))


def _inbox_page(
    session: Session,
    consultation: Consultation,
    form: SetAsideForm,
    chosen: Iterable[UUID] = (),
    message: str = "",
) -> str:
    show = Show.SET_ASIDE if request.args.get("show") == Show.SET_ASIDE else Show.KEPT
    return render_template(
        "responses/inbox.html",
        consultation=consultation,
        inbox=queries.inbox(session, consultation.id, show=show, page=_page_number()),
        surveys=surveys_of(session, consultation.id),
        form=form,
        chosen=set(chosen),
        message=message,
        reasons=REASON_LABELS,
        sources=SOURCE_LABELS,
        may_set_aside=actor_may(Act.CODE_RESPONSES, consultation.service_id),
        may_type_in=may_type_in(consultation.state),
        safeguarding_leads=people_with_role(session, RoleName.SAFEGUARDING_LEAD),
    )


def _page_number() -> int:
    typed = request.args.get("page", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 1


@bp.post("/staff/consultations/<int:consultation_id>/responses/set-aside")
def set_aside(consultation_id: int) -> ResponseReturnValue:
    session = current_session()
    consultation = consultation_or_404(session, consultation_id)
    require(Act.CODE_RESPONSES, consultation.service_id)
    form = SetAsideForm()
    ids = chosen_ids(request.form)
    message = "" if ids else "Tick the answers that you want to set aside."
    if not form.validate_on_submit() or not ids:
        return _inbox_page(session, consultation, form, ids, message), 400
    count = set_aside_all(
        session,
        consultation,
        queries.responses_among(session, consultation.id, ids),
        form.chosen,
        person_id=current_person().id,
        now=utc_now(),
    )
    session.commit()
    flash(_set_aside_words(count, form.chosen), "success")
    return redirect(url_for("responses.inbox", consultation_id=consultation_id))


def _set_aside_words(count: int, reason: SetAsideReason) -> str:
    if count == 0:
        return "Nothing to do: these had been set aside already."
    answers = "1 answer" if count == 1 else f"{count} answers"
    if reason is SetAsideReason.SAFEGUARDING:
        return (
            f"{answers} set aside. From now on only the safeguarding lead reads the words. "
            "Speak to them today: don't wait for them to look."
        )
    return f"{answers} set aside. You can take back what was set aside by mistake."


@bp.post("/staff/consultations/<int:consultation_id>/responses/take-back")
def take_back(consultation_id: int) -> ResponseReturnValue:
    session = current_session()
    consultation = consultation_or_404(session, consultation_id)
    require(Act.CODE_RESPONSES, consultation.service_id)
    responses = queries.responses_among(session, consultation.id, chosen_ids(request.form))
    taken = [
        take_back_response(session, response, person_id=current_person().id, now=utc_now())
        for response in responses
    ]
    session.commit()
    flash(
        f"Taken back: {sum(taken)}. Somebody has to hear {'it' if sum(taken) == 1 else 'them'} now."
        if any(taken)
        else "Nothing was taken back: nothing that is set aside was chosen.",
        "success",
    )
    return redirect(url_for("responses.inbox", consultation_id=consultation_id))


def chosen_ids(form: MultiDict[str, str]) -> list[UUID]:
    """The responses ticked in a form; what is no id at all is left out."""
    ids: list[UUID] = []
    for typed in form.getlist("response")[:_MOST_AT_ONCE]:
        try:
            ids.append(UUID(typed))
        except ValueError:
            continue
    return ids
