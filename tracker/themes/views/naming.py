"""The list of themes: add, say in other words, put in order, delete. Merging is in `actions`."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import current_person
from tracker.clock import utc_now
from tracker.consultations.models import Consultation
from tracker.db import current_session
from tracker.themes import operations
from tracker.themes.forms import ConfirmForm, ThemeForm
from tracker.themes.models import Theme
from tracker.themes.queries import coverage_of, responses_of_theme, theme_or_404, themes_of
from tracker.themes.views.blueprint import bp, check_may_hear, consultation_to_hear


@bp.route("/consultations/<int:consultation_id>/themes", methods=["GET", "POST"])
def index(consultation_id: int) -> ResponseReturnValue:
    """The themes in their order with what each carries, and a box for a new one."""
    session = current_session()
    consultation = consultation_to_hear(consultation_id)
    form = ThemeForm()
    if form.validate_on_submit():
        operations.add_theme(
            session,
            consultation,
            form.statement.data or "",
            person_id=current_person().id,
            now=utc_now(),
        )
        session.commit()
        flash("The theme is in the list.")
        return _back_to_list(consultation)
    return render_template(
        "themes/index.html",
        consultation=consultation,
        coverage=coverage_of(session, consultation_id),
        rows=themes_of(session, consultation_id),
        form=form,
    )


@bp.route("/themes/<int:theme_id>/edit", methods=["GET", "POST"])
def edit(theme_id: int) -> ResponseReturnValue:
    """Say the theme in other words."""
    session = current_session()
    theme = _theme_to_change(theme_id)
    form = ThemeForm(data={"statement": theme.statement})
    if form.validate_on_submit():
        try:
            operations.rename_theme(
                session,
                theme,
                form.statement.data or "",
                person_id=current_person().id,
                now=utc_now(),
            )
        except operations.ThemeExists as there:
            form.statement.errors = [there.message]
        else:
            session.commit()
            flash("The theme has new words everywhere.")
            return _back_to_list(theme.consultation)
    return render_template(
        "themes/edit.html",
        theme=theme,
        consultation=theme.consultation,
        form=form,
        carried=responses_of_theme(session, theme.id),
    )


@bp.post("/themes/<int:theme_id>/move")
def move(theme_id: int) -> ResponseReturnValue:
    """One place up or down."""
    session = current_session()
    theme = _theme_to_change(theme_id)
    step = 1 if request.form.get("step") == "down" else -1
    operations.move_theme(session, theme, step, person_id=current_person().id, now=utc_now())
    session.commit()
    return _back_to_list(theme.consultation)


@bp.route("/themes/<int:theme_id>/delete", methods=["GET", "POST"])
def remove(theme_id: int) -> ResponseReturnValue:
    """Say what deleting the theme would undo, and ask."""
    session = current_session()
    theme = _theme_to_change(theme_id)
    consultation = theme.consultation
    form = ConfirmForm()
    if form.validate_on_submit():
        operations.remove_theme(
            session,
            theme,
            person_id=current_person().id,
            now=utc_now(),
            is_warned=request.form.get("warned") == "y",
        )
        session.commit()
        flash("The theme is deleted.")
        return _back_to_list(consultation)
    return render_template(
        "themes/remove.html",
        theme=theme,
        consultation=consultation,
        form=form,
        carried=responses_of_theme(session, theme.id),
    )


def _theme_to_change(theme_id: int) -> Theme:
    theme = theme_or_404(current_session(), theme_id)
    check_may_hear(theme.consultation)
    return theme


def _back_to_list(consultation: Consultation) -> ResponseReturnValue:
    return redirect(url_for("themes.index", consultation_id=consultation.id))
