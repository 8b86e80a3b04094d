"""Writes to what an action answers: its themes, and themes that are merged."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.actions.models import Action
from tracker.actions.operations.keeping import lock, note
from tracker.actions.operations.refusals import ThemeLeftUnanswered
from tracker.actions.queries import actions_answering, themes_only_answered_by
from tracker.consultations.models import Consultation
from tracker.consultations.operations import note_event
from tracker.themes.models import Theme
from tracker.themes.operations import ThemeElsewhere, move_codings


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
    lock(session, action)
    check_themes(action.consultation, themes)
    dropped = [theme for theme in action.themes if theme not in themes]
    if dropped and not is_warned:
        _check_not_left(session, action, dropped)
    if set(themes) == set(action.themes):
        return
    action.themes = sorted(themes, key=lambda theme: (theme.position, theme.id))
    session.flush()
    detail = f"answers {len(action.themes)} themes"
    note(session, action, "action_recorded", person_id, now, detail)


def merge_themes(
    session: Session, theme: Theme, into: Theme, *, person_id: int, now: datetime
) -> None:
    """Put everything of `theme` with `into`: its responses, and the actions that answer it."""
    actions = actions_answering(session, theme.id)
    for action in actions:
        lock(session, action)
    move_codings(session, theme, into)
    for action in actions:
        action.themes = [each for each in action.themes if each is not theme]
        if into not in action.themes:
            action.themes.append(into)
    consultation = theme.consultation
    session.delete(theme)
    session.flush()
    note_event(
        session,
        consultation,
        "theme_changed",
        person_id=person_id,
        now=now,
        detail="merged with another",
    )


def check_themes(consultation: Consultation, themes: Iterable[Theme]) -> None:
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
