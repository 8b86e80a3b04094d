"""Reads about actions: what answers which theme, and what is still owed an answer."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from tracker.actions.models import Action, ActionVersion, action_themes
from tracker.errors import NotFound
from tracker.languages import gettext as _
from tracker.themes.models import Theme
from tracker.themes.queries import ThemeRow, themes_of


@dataclass(frozen=True)
class Answered:
    """One theme, how many responses it carries, and the actions that answer it."""

    row: ThemeRow
    actions: tuple[Action, ...]

    @property
    def is_owed(self) -> bool:
        """Whether young people said this and nothing public answers it yet."""
        return self.row.responses > 0 and not any(a.published for a in self.actions)


@dataclass(frozen=True)
class Overview:
    """Every theme of a consultation with its actions, and the actions that answer none."""

    owed: tuple[Answered, ...]
    answered: tuple[Answered, ...]
    unasked: tuple[Action, ...]


def action_or_404(session: Session, action_id: int) -> Action:
    """The action with this id, or `NotFound`."""
    found = session.get(Action, action_id)
    if found is None:
        raise NotFound(_("There is no such action. A draft may have been deleted."))
    return found


def version_or_404(session: Session, version_id: int) -> ActionVersion:
    """The version with this id, or `NotFound`."""
    found = session.get(ActionVersion, version_id)
    if found is None:
        raise NotFound("There is no such version. A draft may have been deleted.")
    return found


def actions_of(session: Session, consultation_id: int) -> list[Action]:
    """The consultation's actions with their themes and versions, oldest first."""
    query = (
        select(Action)
        .where(Action.consultation_id == consultation_id)
        .options(
            selectinload(Action.versions).joinedload(ActionVersion.recorder),
            selectinload(Action.themes),
        )
        .order_by(Action.id)
    )
    return list(session.scalars(query))


def overview_of(session: Session, consultation_id: int) -> Overview:
    """What was said, and what was done about it; what is still owed an answer stands apart."""
    actions = actions_of(session, consultation_id)
    rows = [
        Answered(row, tuple(a for a in actions if row.theme in a.themes))
        for row in themes_of(session, consultation_id)
    ]
    return Overview(
        owed=tuple(row for row in rows if row.is_owed),
        answered=tuple(row for row in rows if not row.is_owed),
        unasked=tuple(action for action in actions if not action.themes),
    )


def actions_answering(session: Session, theme_id: int) -> list[Action]:
    """The actions that answer this theme, public or not."""
    query = (
        select(Action)
        .join(action_themes, action_themes.c.action_id == Action.id)
        .where(action_themes.c.theme_id == theme_id)
        .order_by(Action.id)
    )
    return list(session.scalars(query))


def history_of(session: Session, action: Action) -> list[ActionVersion]:
    """Every version of the action with who recorded and who stopped it, newest first."""
    query = (
        select(ActionVersion)
        .where(ActionVersion.action_id == action.id)
        .options(joinedload(ActionVersion.recorder), joinedload(ActionVersion.stopper))
        .order_by(ActionVersion.number.desc())
    )
    return list(session.scalars(query))


def themes_only_answered_by(
    session: Session, action: Action, themes: Collection[Theme]
) -> list[Theme]:
    """Those of `themes` whose one and only published answer is `action`."""
    if action.published is None:
        return []
    elsewhere = (
        select(action_themes.c.theme_id)
        .join(ActionVersion, ActionVersion.action_id == action_themes.c.action_id)
        .where(
            action_themes.c.theme_id.in_([theme.id for theme in themes]),
            action_themes.c.action_id != action.id,
            ActionVersion.published_at.is_not(None),
        )
    )
    covered = set(session.scalars(elsewhere))
    return [theme for theme in themes if theme.id not in covered]
