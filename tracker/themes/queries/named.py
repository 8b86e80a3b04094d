"""Reads about the themes themselves: their order and what each carries."""

from collections.abc import Collection
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


@dataclass(frozen=True)
class Carried:
    """What a theme carries: responses in all, and those that are coded to nothing else."""

    carried: int
    only_here: int


def theme_or_404(session: Session, theme_id: int) -> Theme:
    """The theme with this id, or `NotFound`."""
    found = session.get(Theme, theme_id)
    if found is None:
        raise NotFound("There is no such theme. It may have been merged with another or deleted.")
    return found


def themes_in_order(session: Session, consultation_id: int) -> list[Theme]:
    """The consultation's themes in the order staff gave them."""
    query = (
        select(Theme)
        .where(Theme.consultation_id == consultation_id)
        .order_by(Theme.position, Theme.id)
    )
    return list(session.scalars(query))


def themes_named(session: Session, consultation_id: int, theme_ids: Collection[int]) -> list[Theme]:
    """Those of the consultation's themes that have these ids, in order."""
    return [t for t in themes_in_order(session, consultation_id) if t.id in theme_ids]


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


def responses_of_theme(session: Session, theme_id: int) -> Carried:
    """How many responses a theme carries, and how many would be unheard without it."""
    here = (
        select(SurveyResponse.id)
        .join(Coding, Coding.response_id == SurveyResponse.id)
        .where(Coding.theme_id == theme_id, SurveyResponse.set_aside.is_(None))
    )
    elsewhere = select(Coding.response_id).where(Coding.theme_id != theme_id)
    carried = session.scalar(select(func.count()).select_from(here.subquery()))
    alone = here.where(SurveyResponse.id.not_in(elsewhere))
    only_here = session.scalar(select(func.count()).select_from(alone.subquery()))
    return Carried(carried or 0, only_here or 0)
