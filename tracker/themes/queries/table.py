"""Reads for the table: every response that isn't set aside, sought by theme or words."""

import json
from dataclasses import dataclass
from math import ceil
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, func, or_, select
from sqlalchemy.orm import Session

from tracker.responses.models import Answer, Source, SurveyResponse
from tracker.responses.queries import Said, said_by
from tracker.surveys.models import Question
from tracker.surveys.question_types import QUESTION_TYPES
from tracker.surveys.question_types.written import Written
from tracker.themes.models import Coding
from tracker.themes.queries.hearing import is_coded

PAGE_SIZE = 50


@dataclass(frozen=True)
class Sought:
    """Which responses the table shows."""

    theme_id: int | None = None
    is_unheard: bool = False
    text: str = ""
    page: int = 1

    @property
    def is_everything(self) -> bool:
        return self.theme_id is None and not self.is_unheard and not self.text


@dataclass(frozen=True)
class TableRow:
    """One response in words, with the themes it is coded to."""

    id: UUID
    source: Source
    said: tuple[Said, ...]
    theme_ids: frozenset[int]


@dataclass(frozen=True)
class TablePage:
    """One page of the table; pages count from 1."""

    rows: list[TableRow]
    total: int
    page: int
    pages: int


def table_of(session: Session, consultation_id: int, sought: Sought) -> TablePage:
    """One page of the responses sought, in the order of their random ids. Five queries at most."""
    which = _which(consultation_id, sought)
    total = session.scalar(select(func.count(SurveyResponse.id)).where(*which)) or 0
    pages = max(1, ceil(total / PAGE_SIZE))
    page = min(max(sought.page, 1), pages)
    query = (
        select(SurveyResponse.id, SurveyResponse.source)
        .where(*which)
        .order_by(SurveyResponse.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    sources = {row[0]: row[1] for row in session.execute(query)}
    ids = list(sources)
    said, coded = said_by(session, ids), _theme_ids(session, ids)
    rows = [
        TableRow(each, sources[each], said.get(each, ()), coded.get(each, frozenset()))
        for each in ids
    ]
    return TablePage(rows, total, page, pages)


def _which(consultation_id: int, sought: Sought) -> list[ColumnElement[bool]]:
    which = [
        SurveyResponse.consultation_id == consultation_id,
        SurveyResponse.set_aside.is_(None),
    ]
    if sought.is_unheard:
        which.append(~is_coded())
    if sought.theme_id is not None:
        coded = select(Coding.response_id).where(Coding.theme_id == sought.theme_id)
        which.append(SurveyResponse.id.in_(coded))
    if sought.text:
        which.append(SurveyResponse.id.in_(_saying(sought.text)))
    return which


def _saying(text: str) -> ColumnElement[UUID]:
    """Responses whose written answers hold `text`, capitals aside.

    Answers are kept as JSON, where a letter beyond ASCII is an escape that no database folds; so
    the words are sought as typed and in the three usual ways to write them.
    """
    kinds = [kind for kind, found in QUESTION_TYPES.items() if isinstance(found, Written)]
    ways = {text, text.lower(), text.upper(), text.capitalize()}
    kept = func.lower(cast(Answer.value, Text))
    said = [kept.contains(json.dumps(way)[1:-1].lower(), autoescape=True) for way in ways]
    return (
        select(Answer.response_id)
        .join(Question, Question.id == Answer.question_id)
        .where(Question.kind.in_(kinds), or_(*said))
        .scalar_subquery()
    )


def _theme_ids(session: Session, ids: list[UUID]) -> dict[UUID, frozenset[int]]:
    found: dict[UUID, frozenset[int]] = {}
    query = select(Coding.response_id, Coding.theme_id).where(Coding.response_id.in_(ids))
    for response_id, theme_id in session.execute(query):
        found[response_id] = found.get(response_id, frozenset()) | {theme_id}
    return found
