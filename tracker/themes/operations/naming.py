"""Writes to the themes themselves: add, rename, move, remove, and merge their codings.

What happens to the actions that answer a theme when it is merged is in `actions`, which stands
above. Nothing here touches a response.
"""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tracker.consultations.models import Consultation
from tracker.consultations.operations import note_event
from tracker.db import locked
from tracker.themes.models import Coding, Theme
from tracker.themes.operations.refusals import (
    StatementUnfit,
    ThemeCarriesResponses,
    ThemeElsewhere,
    ThemeExists,
)
from tracker.themes.policy import cleaned, is_same, moved, statement_problem
from tracker.themes.queries import responses_of_theme, themes_in_order


def add_theme(
    session: Session, consultation: Consultation, statement: str, *, person_id: int, now: datetime
) -> Theme:
    """A new theme at the end; the one that is there if it says the same (posting twice is safe)."""
    text = _fit(statement)
    _lock(session, consultation)
    if existing := _same_theme(session, consultation.id, text):
        return existing
    last = session.scalar(
        select(func.max(Theme.position)).where(Theme.consultation_id == consultation.id)
    )
    position = 0 if last is None else last + 1
    theme = Theme(consultation=consultation, statement=text, position=position)
    session.add(theme)
    session.flush()
    note_event(session, consultation, "theme_added", person_id=person_id, now=now)
    return theme


def rename_theme(
    session: Session, theme: Theme, statement: str, *, person_id: int, now: datetime
) -> None:
    """Say the theme in other words; its codings and actions stay."""
    text = _fit(statement)
    _lock(session, theme.consultation)
    existing = _same_theme(session, theme.consultation_id, text)
    if existing is not None and existing is not theme:
        raise ThemeExists(
            f"There is a theme “{existing.statement}” already. Merge the two, or choose other words."
        )
    if text != theme.statement:
        theme.statement = text
        _note_change(session, theme, person_id, now, "in other words")


def move_theme(session: Session, theme: Theme, step: int, *, person_id: int, now: datetime) -> None:
    """Move the theme up (-1) or down (1) in the list; at an end nothing happens."""
    _lock(session, theme.consultation)
    themes = themes_in_order(session, theme.consultation_id)
    before = [each.id for each in themes]
    after = moved(before, theme.id, step)
    for each in themes:
        each.position = after.index(each.id)
    if after != before:
        _note_change(session, theme, person_id, now, "order")


def remove_theme(
    session: Session, theme: Theme, *, person_id: int, now: datetime, is_warned: bool = False
) -> None:
    """Delete the theme and its codings.

    Raises `ThemeCarriesResponses` if responses are coded to it, unless the person `is_warned`
    that those coded to nothing else will be unheard again.
    """
    if not is_warned and responses_of_theme(session, theme.id).carried:
        raise ThemeCarriesResponses(
            "Answers are coded to this theme. Merge it with another theme, "
            "or say that you want these answers to be unheard again."
        )
    _note_change(session, theme, person_id, now, "deleted")
    session.delete(theme)
    session.flush()


def move_codings(session: Session, theme: Theme, into: Theme) -> None:
    """Code everything that is coded to `theme` to `into` instead."""
    if into is theme or into.consultation_id != theme.consultation_id:
        raise ThemeElsewhere(
            "Choose another theme of the same consultation to merge this one with."
        )
    there = select(Coding.response_id).where(Coding.theme_id == into.id)
    both = delete(Coding).where(Coding.theme_id == theme.id, Coding.response_id.in_(there))
    session.execute(both)
    moved_over = update(Coding).where(Coding.theme_id == theme.id).values(theme_id=into.id)
    session.execute(moved_over, execution_options={"synchronize_session": False})
    session.expire_all()


def _fit(statement: str) -> str:
    if problem := statement_problem(statement):
        raise StatementUnfit(f"{problem}.")
    return cleaned(statement)


def _lock(session: Session, consultation: Consultation) -> None:
    """Two people naming themes at once follow each other, so none is made twice."""
    session.execute(locked(select(Consultation.id).where(Consultation.id == consultation.id)))


def _same_theme(session: Session, consultation_id: int, text: str) -> Theme | None:
    themes = themes_in_order(session, consultation_id)
    return next((theme for theme in themes if is_same(theme.statement, text)), None)


def _note_change(
    session: Session, theme: Theme, person_id: int, now: datetime, detail: str
) -> None:
    note_event(
        session,
        theme.consultation,
        "theme_changed",
        person_id=person_id,
        now=now,
        detail=detail,
    )
