"""Writes that say what was heard: code responses to themes, take them out again, set them aside.

Rows of responses are held until the transaction ends, so two people who hear the same answer at
once can't collide. A response that is set aside here carries no coding: taken back, it is unheard.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.clock import local_date
from tracker.consultations.models import Consultation
from tracker.consultations.operations import note_event
from tracker.responses.models import SetAsideReason, SurveyResponse
from tracker.responses.operations import set_aside_all
from tracker.services.queries import organisation
from tracker.themes.models import Coding, Theme
from tracker.themes.operations.refusals import (
    ResponseElsewhere,
    ResponseSetAside,
    ThemeElsewhere,
)
from tracker.themes.queries import themes_in_order


def code_responses(
    session: Session,
    responses: Collection[SurveyResponse],
    themes: Collection[Theme],
    *,
    person_id: int,
    now: datetime,
) -> int:
    """Code each response to each theme, keeping the codings it has; how many codings are new."""
    if not responses or not themes:
        return 0
    hold(session, responses)
    _check_codable(responses, themes)
    day = local_date(now, organisation(session).time_zone)
    present = _pairs(session, responses)
    wanted = [(r.id, t.id) for r in responses for t in themes]
    new = [pair for pair in wanted if pair not in present]
    session.add_all(
        Coding(response_id=r, theme_id=t, coded_on=day, coded_by=person_id) for r, t in new
    )
    session.flush()
    if new:
        heard = {response for response, _theme in new}
        _note(session, next(iter(responses)), person_id, now, _count(len(heard), "answer"))
    return len(new)


def uncode(
    session: Session,
    responses: Collection[SurveyResponse],
    themes: Collection[Theme],
    *,
    person_id: int,
    now: datetime,
) -> int:
    """Take the responses out of the themes; how many codings are gone."""
    hold(session, responses)
    theme_ids = {theme.id for theme in themes}
    gone = [pair for pair in _pairs(session, responses) if pair[1] in theme_ids]
    session.execute(
        delete(Coding).where(
            Coding.response_id.in_([response.id for response in responses]),
            Coding.theme_id.in_(theme_ids),
        )
    )
    if gone:
        heard = {response for response, _theme in gone}
        detail = f"{_count(len(heard), 'answer')} taken out of a theme"
        _note(session, next(iter(responses)), person_id, now, detail)
    return len(gone)


def recode(
    session: Session,
    response: SurveyResponse,
    themes: Collection[Theme],
    *,
    person_id: int,
    now: datetime,
) -> None:
    """Make the response coded to exactly these themes."""
    hold(session, [response])
    _check_codable([response], themes)
    every = themes_in_order(session, response.consultation_id)
    dropped = [theme for theme in every if theme not in themes]
    uncode(session, [response], dropped, person_id=person_id, now=now)
    code_responses(session, [response], themes, person_id=person_id, now=now)


def set_aside(
    session: Session,
    consultation: Consultation,
    responses: Collection[SurveyResponse],
    reason: SetAsideReason,
    *,
    person_id: int,
    now: datetime,
) -> int:
    """Set responses aside and take their codings away; how many weren't aside already."""
    hold(session, responses)
    ids = [response.id for response in responses if response.set_aside is None]
    session.execute(delete(Coding).where(Coding.response_id.in_(ids)))
    return set_aside_all(session, consultation, responses, reason, person_id=person_id, now=now)


def hold(session: Session, responses: Collection[SurveyResponse]) -> None:
    """Lock the responses, always in the same order, and see them as they are now."""
    query = (
        select(SurveyResponse)
        .where(SurveyResponse.id.in_([response.id for response in responses]))
        .order_by(SurveyResponse.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    session.scalars(query).all()


def _check_codable(responses: Collection[SurveyResponse], themes: Collection[Theme]) -> None:
    consultations = {response.consultation_id for response in responses}
    if len(consultations) > 1:
        raise ResponseElsewhere(
            "These answers belong to more than one consultation. Code those of one at a time."
        )
    if any(theme.consultation_id not in consultations for theme in themes):
        raise ThemeElsewhere(
            "One of these themes belongs to another consultation. Choose from this one's themes."
        )
    if any(response.set_aside is not None for response in responses):
        raise ResponseSetAside(
            "One of these answers has been set aside, so it can't be put with a theme. "
            "Take it back first."
        )


def _pairs(session: Session, responses: Collection[SurveyResponse]) -> set[tuple[UUID, int]]:
    ids = [response.id for response in responses]
    query = select(Coding.response_id, Coding.theme_id).where(Coding.response_id.in_(ids))
    return {(response_id, theme_id) for response_id, theme_id in session.execute(query)}


def _note(
    session: Session, response: SurveyResponse, person_id: int, now: datetime, detail: str
) -> None:
    note_event(session, response.consultation, "coded", person_id=person_id, now=now, detail=detail)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
