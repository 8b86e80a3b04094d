"""Writes to actions: record, revise, publish, stop, discard.

Each takes the action's row lock first (on SQLite the write lock of the whole transaction), so two
people at work on one action follow each other. A version that was ever public is never rewritten,
and nothing here decides what the public is shown: that follows from `published_at`.
"""

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.actions.models import Action, ActionVersion, Via
from tracker.actions.operations.answering import check_themes
from tracker.actions.operations.keeping import lock, note
from tracker.actions.operations.refusals import (
    AlreadyPublic,
    ChangedMeanwhile,
    DraftIncomplete,
    MoveNotAllowed,
    VersionStopped,
)
from tracker.actions.policy import (
    MAIL_HOLD,
    OUTCOME_LABELS,
    ActionDraft,
    Outcome,
    may_move,
    problems,
    tidy,
)
from tracker.clock import local_date
from tracker.consultations.models import Consultation
from tracker.db import locked
from tracker.services.queries import organisation
from tracker.themes.models import Theme


def record_action(
    session: Session,
    consultation: Consultation,
    themes: Collection[Theme],
    draft: ActionDraft,
    *,
    person_id: int,
    via: Via = Via.SIGN_IN,
    now: datetime,
) -> ActionVersion:
    """A new action with one version that isn't public yet.

    By `Via.MAIL` it becomes public by itself after `MAIL_HOLD`; by sign-in when `publish` is
    called. No theme at all is allowed: a change that nobody asked for.
    """
    check_themes(consultation, themes)
    draft = _checked(session, draft, now)
    action = Action(consultation=consultation, themes=list(themes))
    session.add(action)
    return _append(session, action, draft, person_id=person_id, via=via, now=now)


def revise_action(
    session: Session,
    action: Action,
    draft: ActionDraft,
    *,
    person_id: int,
    via: Via = Via.SIGN_IN,
    now: datetime,
    seen: str | None = None,
) -> ActionVersion:
    """What the action should say from now on, as a version that isn't public yet.

    A draft written by sign-in is edited in place. A version waiting after a mail is replaced: it
    is stopped, and a new one is added. `seen` is the `edition` that the person had before them;
    when it's no longer the newest, `ChangedMeanwhile` is raised and nothing is written.
    """
    lock(session, action)
    if seen is not None and seen != action.edition:
        raise ChangedMeanwhile(
            "Somebody else changed this action while you were writing. "
            "Your words are kept below: compare them with what it says now, then save again."
        )
    draft = _checked(session, draft, now)
    _check_move(action, draft.outcome)
    pending = action.pending
    if pending is not None:
        if via is Via.SIGN_IN and pending.via is Via.SIGN_IN:
            return _rewrite(session, pending, draft, person_id=person_id, now=now)
        _mark_stopped(session, pending, person_id, now, "replaced by a newer version")
    return _append(session, action, draft, person_id=person_id, via=via, now=now)


def publish(
    session: Session, version: ActionVersion, *, person_id: int, now: datetime
) -> ActionVersion:
    """Make the version public at once. Doing it twice changes nothing."""
    lock(session, version.action)
    if version.published_at is not None:
        return version
    if version.stopped_at is not None:
        raise VersionStopped(
            "This version was stopped or replaced, so it can't be published. "
            "Revise the action and publish that."
        )
    _checked(session, version.draft, now)
    _make_public(session, version, person_id, now)
    return version


def stop(
    session: Session, version: ActionVersion, *, person_id: int, now: datetime
) -> ActionVersion:
    """Keep a version from becoming public. Doing it twice changes nothing."""
    lock(session, version.action)
    if version.published_at is not None:
        raise AlreadyPublic(
            "This is public already, so it can't be stopped. Revise the action to correct it: "
            "the newer words take its place."
        )
    if version.stopped_at is None:
        _mark_stopped(session, version, person_id, now, _label(version))
    return version


def publish_due(session: Session, *, now: datetime) -> int:
    """Publish what was recorded by mail and whose time has come; how many.

    Any number of workers may call it: a version that another holds is left to the next call.
    """
    query = (
        select(ActionVersion)
        .join(Action, Action.id == ActionVersion.action_id)
        .where(
            ActionVersion.publishes_at <= now,
            ActionVersion.published_at.is_(None),
            ActionVersion.stopped_at.is_(None),
        )
        .order_by(ActionVersion.id)
        .execution_options(populate_existing=True)
    )
    due = list(session.scalars(locked(query, of=[Action, ActionVersion], skip_locked=True)))
    for version in due:
        _make_public(session, version, None, now)
    return len(due)


def discard(session: Session, action: Action, *, person_id: int, now: datetime) -> None:
    """Delete an action of which nothing was ever public."""
    lock(session, action)
    if action.published is not None:
        raise AlreadyPublic(
            "This action has been public, so it stays in the history. Revise it to correct it."
        )
    note(session, action, "action_stopped", person_id, now, "draft deleted")
    session.delete(action)
    session.flush()


def _checked(session: Session, draft: ActionDraft, now: datetime) -> ActionDraft:
    found = problems(draft, local_date(now, organisation(session).time_zone))
    if found:
        raise DraftIncomplete(found)
    return tidy(draft)


def _check_move(action: Action, to: Outcome) -> None:
    public = action.published
    is_reopened = action.asked_again is not None
    if public is not None and not may_move(public.outcome, to, is_reopened=is_reopened):
        raise MoveNotAllowed(
            f"The public has been told “{OUTCOME_LABELS[public.outcome]}”, and that can't become "
            f"“{OUTCOME_LABELS[to]}”. If it is no longer so, choose “We can't, because…” and say why."
        )


def _append(
    session: Session,
    action: Action,
    draft: ActionDraft,
    *,
    person_id: int,
    via: Via,
    now: datetime,
) -> ActionVersion:
    version = ActionVersion(
        number=max((version.number for version in action.versions), default=0) + 1,
        recorded_at=now,
        recorded_by=person_id,
        via=via,
        publishes_at=now + MAIL_HOLD if via is Via.MAIL else None,
        **_content(draft),
    )
    action.versions.append(version)
    session.flush()
    note(session, version.action, "action_recorded", person_id, now, _label(version))
    return version


def _rewrite(
    session: Session, version: ActionVersion, draft: ActionDraft, *, person_id: int, now: datetime
) -> ActionVersion:
    for name, value in _content(draft).items():
        setattr(version, name, value)
    version.recorded_at, version.recorded_by = now, person_id
    session.flush()
    note(
        session,
        version.action,
        "action_recorded",
        person_id,
        now,
        f"{_label(version)} (draft changed)",
    )
    return version


def _content(draft: ActionDraft) -> dict[str, Any]:
    return {field.name: getattr(draft, field.name) for field in fields(draft)}


def _make_public(
    session: Session, version: ActionVersion, person_id: int | None, now: datetime
) -> None:
    version.published_at = now
    session.flush()
    note(session, version.action, "action_published", person_id, now, _label(version))


def _mark_stopped(
    session: Session, version: ActionVersion, person_id: int, now: datetime, detail: str
) -> None:
    version.stopped_at, version.stopped_by = now, person_id
    session.flush()
    note(session, version.action, "action_stopped", person_id, now, detail)


def _label(version: ActionVersion) -> str:
    by_mail = " (by mail)" if version.via is Via.MAIL else ""
    return OUTCOME_LABELS[version.outcome] + by_mail
