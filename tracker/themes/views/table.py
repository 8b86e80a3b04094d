"""Hearing many answers at once, in a table."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.accounts.guard import current_person
from tracker.clock import utc_now
from tracker.consultations.models import Consultation
from tracker.db import current_session
from tracker.responses.models import SetAsideReason, SurveyResponse
from tracker.responses.queries import responses_among
from tracker.themes import operations
from tracker.themes.forms import TableForm, read_sought
from tracker.themes.models import Theme
from tracker.themes.queries import Sought, coverage_of, table_of, themes_named, themes_of
from tracker.themes.views.blueprint import bp, consultation_to_hear
from tracker.themes.views.choosing import themes_chosen

_NONE_TICKED = "Tick the answers first"
_NO_THEME = "Choose at least one theme, or write a new one"


@bp.route("/consultations/<int:consultation_id>/answers", methods=["GET", "POST"])
def table(consultation_id: int) -> ResponseReturnValue:
    """Every answer that isn't set aside; whatever is chosen is done to all that are ticked."""
    session = current_session()
    consultation = consultation_to_hear(consultation_id)
    sought = read_sought(request.args)
    rows = themes_of(session, consultation_id)
    form = TableForm()
    form.offer(row.theme for row in rows)
    if request.method == "POST" and (said := _do(session, consultation, form)):
        session.commit()
        flash(said)
        return redirect(_address(consultation, sought))
    return render_template(
        "themes/table.html",
        consultation=consultation,
        coverage=coverage_of(session, consultation_id),
        answers=table_of(session, consultation_id, sought),
        sought=sought,
        rows=rows,
        statements={row.theme.id: row.theme.statement for row in rows},
        form=form,
        address=lambda **changes: _address(consultation, sought, **changes),
    )


def _address(consultation: Consultation, sought: Sought, **changes: Any) -> str:
    """The table's address for what is sought, with some of it changed."""
    show = "unheard" if sought.is_unheard else sought.theme_id
    args = {"show": show, "q": sought.text or None, "page": sought.page} | changes
    if args["page"] == 1:
        args["page"] = None
    return url_for("themes.table", consultation_id=consultation.id, **args)


def _do(session: Session, consultation: Consultation, form: TableForm) -> str | None:
    """Do what was chosen to all that are ticked and say so; None puts what is wrong in the form."""
    do = request.form.get("do", "code")
    why = form.why() if do == "aside" else None
    adds = do != "uncode"
    is_sound = why is not None if do == "aside" else form.check(_NO_THEME, takes_new=adds)
    ticked = responses_among(session, consultation.id, form.ticked)
    if not ticked:
        form.response.errors = [_NONE_TICKED]
    if not ticked or not is_sound:
        return None
    if why is not None:
        return _set_aside(session, consultation, ticked, why)
    return _code(session, consultation, ticked, form, is_taken_out=not adds)


def _set_aside(
    session: Session,
    consultation: Consultation,
    ticked: list[SurveyResponse],
    reason: SetAsideReason,
) -> str:
    number = operations.set_aside(
        session, consultation, ticked, reason, person_id=current_person().id, now=utc_now()
    )
    if reason is SetAsideReason.SAFEGUARDING:
        return f"{_answers(number)} set aside. Only the safeguarding lead reads them from now on."
    return f"{_answers(number)} set aside. You can take them back on the page of all answers."


def _code(
    session: Session,
    consultation: Consultation,
    ticked: list[SurveyResponse],
    form: TableForm,
    *,
    is_taken_out: bool,
) -> str:
    by: dict[str, Any] = {"person_id": current_person().id, "now": utc_now()}
    if is_taken_out:
        themes = themes_named(session, consultation.id, form.theme.data or [])
        operations.uncode(session, ticked, themes, **by)
        return f"{_answers(len(ticked))} taken out of {_named(themes)}."
    themes = themes_chosen(session, consultation, form, **by)
    operations.code_responses(session, ticked, themes, **by)
    return f"{_answers(len(ticked))} put with {_named(themes)}."


def _answers(number: int) -> str:
    return "1 answer" if number == 1 else f"{number} answers"


def _named(themes: list[Theme]) -> str:
    return " and ".join(f"“{theme.statement}”" for theme in themes)
