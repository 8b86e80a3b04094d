"""Writes to actions: record, revise, publish, stop, discard.

Each takes the action's row lock first (on SQLite the write lock of the whole transaction), so two
people at work on one action follow each other. A version that was ever public is never rewritten,
and nothing here decides what the public is shown: that follows from `published_at`.
"""

from collections.abc import Collection, Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.actions.models import Action, ActionVersion, Via
from tracker.actions.policy import (
    MAIL_HOLD,
    OUTCOME_LABELS,
    ActionDraft,
    Outcome,
    may_move,
    problems,
    tidy,
)
from tracker.actions.queries import themes_only_answered_by
from tracker.clock import local_date
from tracker.consultations.models import Consultation
from tracker.consultations.operations import note_event
from tracker.errors import Conflict, LoopkeeperError
from tracker.services.queries import organisation
from tracker.themes.models import Theme


class DraftIncomplete(LoopkeeperError):
    """The draft lacks what its outcome requires; `problems` has a message for each field."""

    def __init__(self, found: dict[str, str]) -> None:
        super().__init__("This can't be kept yet. " + ". ".join(found.values()) + ".")
        self.problems = found


class MoveNotAllowed(Conflict):
    """The public outcome can't become the one asked for."""


class ThemeElsewhere(Conflict):
    """A theme of another consultation was named."""


class ThemeLeftUnanswered(Conflict):
    """Taking the theme away would leave it without a published answer."""


class ChangedMeanwhile(Conflict):
    """Somebody else changed the action since the page was opened."""


class AlreadyPublic(Conflict):
    """The version is public, so it can't be stopped or deleted, only followed by another."""


class VersionStopped(Conflict):
    """The version was stopped or replaced, so it can't be published."""


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
    _check_themes(consultation, themes)
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
    _lock(session, action)
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
    _lock(session, version.action)
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
    _lock(session, version.action)
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
        .with_for_update(of=[Action, ActionVersion], skip_locked=True)
        .execution_options(populate_existing=True)
    )
    due = list(session.scalars(query))
    for version in due:
        _make_public(session, version, None, now)
    return len(due)


def answer_themes(
    session: Session,
    action: Action,
    themes: Collection[Theme],
    *,
    person_id: int,
    now: datetime,
    is_warned: bool = False,
) -> None:
    """Make the action answer exactly these themes; counts at once, for what is public too.

    Raises `ThemeLeftUnanswered` if a theme would lose its only published answer, unless the
    person `is_warned` of it.
    """
    _lock(session, action)
    _check_themes(action.consultation, themes)
    dropped = [theme for theme in action.themes if theme not in themes]
    if dropped and not is_warned:
        _check_not_left(session, action, dropped)
    if set(themes) == set(action.themes):
        return
    action.themes = sorted(themes, key=lambda theme: (theme.position, theme.id))
    session.flush()
    detail = f"answers {len(action.themes)} themes"
    _note(session, action, "action_recorded", person_id, now, detail)


def discard(session: Session, action: Action, *, person_id: int, now: datetime) -> None:
    """Delete an action of which nothing was ever public."""
    _lock(session, action)
    if action.published is not None:
        raise AlreadyPublic(
            "This action has been public, so it stays in the history. Revise it to correct it."
        )
    _note(session, action, "action_stopped", person_id, now, "draft deleted")
    session.delete(action)
    session.flush()


def _lock(session: Session, action: Action) -> None:
    """Hold the action for the rest of the transaction, and see its versions as they are now."""
    query = select(Action).where(Action.id == action.id).with_for_update()
    session.scalars(query.execution_options(populate_existing=True)).one()


def _checked(session: Session, draft: ActionDraft, now: datetime) -> ActionDraft:
    found = problems(draft, local_date(now, organisation(session).time_zone))
    if found:
        raise DraftIncomplete(found)
    return tidy(draft)


def _check_move(action: Action, to: Outcome) -> None:
    public = action.published
    if public is not None and not may_move(public.outcome, to):
        raise MoveNotAllowed(
            f"The public has been told “{OUTCOME_LABELS[public.outcome]}”, and that can't become "
            f"“{OUTCOME_LABELS[to]}”. If it is no longer so, choose “We can't, because…” and say why."
        )


def _check_themes(consultation: Consultation, themes: Iterable[Theme]) -> None:
    if any(theme.consultation_id != consultation.id for theme in themes):
        raise ThemeElsewhere(
            "One of these themes belongs to another consultation. Choose from this one's themes."
        )


def _check_not_left(session: Session, action: Action, dropped: list[Theme]) -> None:
    left = themes_only_answered_by(session, action, dropped)
    if left:
        named = ", ".join(f"“{theme.statement}”" for theme in left)
        raise ThemeLeftUnanswered(
            f"Nothing else that is public answers {named}. Taken away here, it is owed an answer "
            "again. Tick the box to say that this is right, or keep the theme."
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
    _note(session, version.action, "action_recorded", person_id, now, _label(version))
    return version


def _rewrite(
    session: Session, version: ActionVersion, draft: ActionDraft, *, person_id: int, now: datetime
) -> ActionVersion:
    for name, value in _content(draft).items():
        setattr(version, name, value)
    version.recorded_at, version.recorded_by = now, person_id
    session.flush()
    _note(
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
    _note(session, version.action, "action_published", person_id, now, _label(version))


def _mark_stopped(
    session: Session, version: ActionVersion, person_id: int, now: datetime, detail: str
) -> None:
    version.stopped_at, version.stopped_by = now, person_id
    session.flush()
    _note(session, version.action, "action_stopped", person_id, now, detail)


def _label(version: ActionVersion) -> str:
    by_mail = " (by mail)" if version.via is Via.MAIL else ""
    return OUTCOME_LABELS[version.outcome] + by_mail


def _note(
    session: Session,
    action: Action,
    kind: str,
    person_id: int | None,
    now: datetime,
    detail: str,
) -> None:
    note_event(session, action.consultation, kind, person_id=person_id, now=now, detail=detail)
