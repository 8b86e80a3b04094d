"""Reads about themes, and about what is still to be heard."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.errors import NotFound
from tracker.responses.models import SurveyResponse
from tracker.themes.models import Coding, Theme


@dataclass(frozen=True)
class ThemeRow:
    """A theme with the number of responses coded to it (those set aside left out)."""

    theme: Theme
    responses: int


def theme_or_404(session: Session, theme_id: int) -> Theme:
    """The theme with this id, or `NotFound`."""
    found = session.get(Theme, theme_id)
    if found is None:
        raise NotFound("There is no such theme. It may have been merged with another or deleted.")
    return found


def themes_of(session: Session, consultation_id: int) -> list[ThemeRow]:
    """The consultation's themes in their order, each with its count of responses. One query."""
    query = (
        select(Theme, func.count(SurveyResponse.id))
        .outerjoin(Coding, Coding.theme_id == Theme.id)
        .outerjoin(
            SurveyResponse,
            (SurveyResponse.id == Coding.response_id) & SurveyResponse.set_aside.is_(None),
        )
        .where(Theme.consultation_id == consultation_id)
        .group_by(Theme.id)
        .order_by(Theme.position, Theme.id)
    )
    return [ThemeRow(theme, responses) for theme, responses in session.execute(query)]
