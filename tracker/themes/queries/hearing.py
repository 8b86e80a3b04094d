"""Reads for hearing one answer after another: the next unheard, its neighbours, how far it is.

Only responses that are not set aside are ever here, so no safeguarding worry is.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from tracker.errors import NotFound
from tracker.responses.models import Source, SurveyResponse
from tracker.responses.queries import Said, is_held, said_by
from tracker.themes.models import Coding


@dataclass(frozen=True)
class Coverage:
    """How many answers are heard, of how many that are to be heard."""

    heard: int
    to_hear: int
    set_aside: int
    held: int = 0  # of those to be heard, with the safeguarding lead meanwhile

    @property
    def left(self) -> int:
        return self.to_hear - self.heard - self.held


@dataclass(frozen=True)
class Heard:
    """One response in words, the themes it is coded to, and the ones before and after it."""

    id: UUID
    source: Source
    said: tuple[Said, ...]
    theme_ids: frozenset[int]
    previous_id: UUID | None
    next_id: UUID | None
    corrected_on: date | None = None  # the respondent changed it since


def coverage_of(session: Session, consultation_id: int) -> Coverage:
    """How far hearing has come. One query."""
    is_kept = SurveyResponse.set_aside.is_(None)
    kept = func.count(case((is_kept, 1)))
    heard = func.count(case((is_kept & is_coded(), 1)))
    held = func.count(case((is_held(), 1)))
    query = select(kept, heard, held, func.count()).where(
        SurveyResponse.consultation_id == consultation_id
    )
    readable, done, with_lead, total = session.execute(query).one()
    to_hear = readable + with_lead
    return Coverage(heard=done, to_hear=to_hear, set_aside=total - to_hear, held=with_lead)


def next_unheard(session: Session, consultation_id: int, after: UUID | None = None) -> UUID | None:
    """An unheard response; the first beyond `after` in the order of the random ids, then from the start."""
    query = _kept(consultation_id).where(~is_coded())
    if after is not None:
        query = query.order_by(case((SurveyResponse.id > after, 0), else_=1))
    return session.scalar(query.order_by(SurveyResponse.id).limit(1))


def heard_or_404(session: Session, consultation_id: int, response_id: UUID) -> Heard:
    """What there is to hear of one response, or `NotFound`. Six queries."""
    found = session.get(SurveyResponse, response_id)
    if found is None or found.consultation_id != consultation_id or found.set_aside:
        raise NotFound("This answer isn't here to be heard. It was set aside, or deleted.")
    codings = session.scalars(select(Coding.theme_id).where(Coding.response_id == response_id))
    before = _kept(consultation_id).where(SurveyResponse.id < response_id)
    beyond = _kept(consultation_id).where(SurveyResponse.id > response_id)
    return Heard(
        id=found.id,
        source=found.source,
        said=said_by(session, [response_id]).get(response_id, ()),
        theme_ids=frozenset(codings),
        previous_id=session.scalar(before.order_by(SurveyResponse.id.desc()).limit(1)),
        next_id=session.scalar(beyond.order_by(SurveyResponse.id).limit(1)),
        corrected_on=found.corrected_on,
    )


def is_coded() -> ColumnElement[bool]:
    """Whether a response is coded to any theme."""
    return select(Coding.theme_id).where(Coding.response_id == SurveyResponse.id).exists()


def _kept(consultation_id: int) -> Select[UUID]:
    return select(SurveyResponse.id).where(
        SurveyResponse.consultation_id == consultation_id, SurveyResponse.set_aside.is_(None)
    )
