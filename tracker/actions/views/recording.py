"""Saying what happened: a new action, or what one says from now on."""

from dataclasses import asdict
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.accounts.guard import current_person, require
from tracker.accounts.policy import Act
from tracker.actions import operations
from tracker.actions.forms import ActionForm
from tracker.actions.models import Action, ActionVersion
from tracker.actions.policy import (
    EXAMPLES,
    FIELDS,
    OUTCOME_MEANINGS,
    ActionDraft,
    headline,
    tidy,
    vague_hint,
)
from tracker.actions.views.blueprint import action_for, bp
from tracker.clock import day_in_words, local_date, utc_now
from tracker.consultations.models import Consultation
from tracker.consultations.queries import consultation_or_404
from tracker.db import current_session
from tracker.errors import Conflict
from tracker.services.queries import organisation
from tracker.themes.forms import numbers
from tracker.themes.queries import themes_in_order, themes_named, themes_of


@bp.route("/consultations/<int:consultation_id>/actions/new", methods=["GET", "POST"])
def record(consultation_id: int) -> ResponseReturnValue:
    """A new action; `?theme=` ticks the themes it answers."""
    session = current_session()
    consultation = consultation_or_404(session, consultation_id)
    require(Act.RECORD_ACTION, consultation.service_id)
    form = ActionForm(data={"theme": numbers(request.args.getlist("theme"))})
    form.offer(themes_in_order(session, consultation_id))
    draft = _sent(session, form)
    if draft is not None and not _asks_preview():
        themes = themes_named(session, consultation_id, form.theme.data or [])
        version = operations.record_action(
            session, consultation, themes, draft, person_id=current_person().id, now=utc_now()
        )
        return _finish(session, version)
    return _page("actions/record.html", consultation, form, draft)


@bp.route("/actions/<int:action_id>/revise", methods=["GET", "POST"])
def revise(action_id: int) -> ResponseReturnValue:
    """What the action should say from now on, and which themes it answers."""
    session = current_session()
    action = action_for(action_id, Act.RECORD_ACTION)
    consultation = action.consultation
    form = ActionForm(data=_typed(action))
    public = action.published
    form.offer(
        themes_in_order(session, consultation.id),
        public.outcome if public else None,
        is_reopened=action.asked_again is not None,
    )
    draft = _sent(session, form)
    if draft is not None and not _asks_preview():
        try:
            return _finish(session, _revised(session, action, form, draft))
        except operations.ThemeLeftUnanswered as warning:
            session.rollback()
            form.theme.errors = [warning.message]
        except Conflict as refusal:
            session.rollback()
            form.form_errors = [refusal.message]
            # Saving again means: I have seen what it says now, and mine shall replace it.
            form.seen.data = action.edition
    return _page("actions/revise.html", consultation, form, draft, action=action)


def _sent(session: Session, form: ActionForm) -> ActionDraft | None:
    if request.method != "POST":
        return None
    draft = form.read(local_date(utc_now(), organisation(session).time_zone))
    return tidy(draft) if draft else None


def _asks_preview() -> bool:
    return request.form.get("do") == "preview"


def _typed(action: Action) -> dict[str, Any]:
    """What the form shows at first: the newest words, and the themes."""
    newest = asdict(action.versions[-1].draft)
    themes = [theme.id for theme in action.themes]
    return newest | {"theme": themes, "seen": action.edition}


def _revised(
    session: Session, action: Action, form: ActionForm, draft: ActionDraft
) -> ActionVersion:
    by: dict[str, Any] = {"person_id": current_person().id, "now": utc_now()}
    latest = action.latest
    if latest is None or latest.draft != draft or form.seen.data != action.edition:
        latest = operations.revise_action(session, action, draft, seen=form.seen.data, **by)
    themes = themes_named(session, action.consultation_id, form.theme.data or [])
    is_warned = bool(form.is_warned.data)
    operations.answer_themes(session, action, themes, is_warned=is_warned, **by)
    return latest


def _finish(session: Session, version: ActionVersion) -> ResponseReturnValue:
    """Publish if that was asked for, commit, and say what stands where now."""
    if request.form.get("do") == "publish":
        require(Act.PUBLISH_ACTION, version.action.consultation.service_id)
        operations.publish(session, version, person_id=current_person().id, now=utc_now())
    is_public = version.published_at is not None
    action_id = version.action_id
    session.commit()
    flash("It is on the board now." if is_public else "The draft is saved. Nobody outside sees it.")
    return redirect(url_for("actions.history", action_id=action_id))


def _page(
    template: str,
    consultation: Consultation,
    form: ActionForm,
    draft: ActionDraft | None,
    **more: Any,
) -> ResponseReturnValue:
    return render_template(
        template,
        consultation=consultation,
        form=form,
        preview=draft if draft and _asks_preview() else None,
        hint=vague_hint(draft) if draft else None,
        headline=headline,
        day=day_in_words,
        rows=themes_of(current_session(), consultation.id),
        meanings=OUTCOME_MEANINGS,
        examples=EXAMPLES,
        fields=FIELDS,
        **more,
    )
