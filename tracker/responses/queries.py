"""Reads about responses. What is with the safeguarding lead is read by `said_to_lead` alone."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, lazyload

from tracker.accounts.models import Person
from tracker.errors import NotFound
from tracker.languages import ENGLISH
from tracker.responses.models import (
    WITH_LEAD,
    Answer,
    SetAsideReason,
    Source,
    SurveyResponse,
)
from tracker.responses.policy import read_receipt, receipt_hash
from tracker.surveys.models import Question
from tracker.surveys.question_types import type_of
from tracker.surveys.question_types.written import Written

PAGE_SIZE = 50


@dataclass(frozen=True)
class Said:
    """One answer as a person would say it, with the question it answers."""

    question: str
    answer: str
    is_written: bool = False  # in the respondent's own words, and so in their language


class Show(StrEnum):
    """Which responses the inbox shows."""

    KEPT = "kept"  # those to be coded: everything but what is set aside
    SET_ASIDE = "set-aside"


@dataclass(frozen=True)
class InboxRow:
    """A response as the team sees it. A worry has no words here, only that it exists."""

    id: UUID
    received_on: date
    source: Source
    said: tuple[Said, ...]
    set_aside: SetAsideReason | None
    set_aside_on: date | None
    set_aside_by: str | None
    corrected_on: date | None = None
    language: str = ENGLISH

    @property
    def is_withdrawn(self) -> bool:
        return self.set_aside is SetAsideReason.WITHDRAWN

    @property
    def is_worry(self) -> bool:
        return self.set_aside is not None and self.set_aside.is_with_lead


@dataclass(frozen=True)
class InboxCounts:
    """How many responses a consultation has."""

    kept: int
    set_aside: int
    by_source: dict[Source, int]
    held: int = 0  # still with the safeguarding lead, who hasn't decided yet

    @property
    def total(self) -> int:
        return self.kept + self.set_aside + self.held


@dataclass(frozen=True)
class InboxPage:
    """One page of the inbox; pages count from 1."""

    rows: list[InboxRow]
    counts: InboxCounts
    show: Show
    page: int
    pages: int


def response_by_submission(session: Session, submission_id: UUID) -> SurveyResponse | None:
    """The response that was sent with this submission id, if any was."""
    return session.scalar(
        select(SurveyResponse).where(SurveyResponse.submission_id == submission_id)
    )


def response_by_receipt(session: Session, words: str, *keys: str) -> SurveyResponse | None:
    """The response whose receipt a person means by what they typed, if there is one.

    `keys` are the receipts keys, the present one first; capitals and small slips are forgiven.
    """
    receipt = read_receipt(words)
    if receipt is None:
        return None
    hashes = [receipt_hash(receipt, key) for key in keys]
    return session.scalar(select(SurveyResponse).where(SurveyResponse.receipt_hash.in_(hashes)))


def response_or_404(session: Session, response_id: UUID) -> SurveyResponse:
    """The response with this id, or `NotFound`."""
    found = session.get(SurveyResponse, response_id)
    if found is None:
        raise NotFound("There is no such answer. It may have been deleted.")
    return found


def responses_among(
    session: Session, consultation_id: int, ids: Collection[UUID]
) -> list[SurveyResponse]:
    """Those of the responses with these ids that belong to the consultation."""
    query = select(SurveyResponse).where(
        SurveyResponse.consultation_id == consultation_id, SurveyResponse.id.in_(ids)
    )
    return list(session.scalars(query))


def inbox(
    session: Session, consultation_id: int, *, show: Show = Show.KEPT, page: int = 1
) -> InboxPage:
    """One page of a consultation's responses, the newest day first.

    Within a day they stand in the order of their random ids, so that the list doesn't tell who
    came first. Five queries, however many rows.
    """
    counts = inbox_counts(session, consultation_id)
    shown = counts.kept if show is Show.KEPT else counts.set_aside
    pages = max(1, ceil(shown / PAGE_SIZE))
    page = min(max(page, 1), pages)
    is_kept = SurveyResponse.set_aside.is_(None)
    query = (
        select(SurveyResponse, Person.name)
        .outerjoin(Person, Person.id == SurveyResponse.set_aside_by)
        .options(lazyload(SurveyResponse.answers))
        .where(
            SurveyResponse.consultation_id == consultation_id,
            is_kept if show is Show.KEPT else is_set_aside(),
        )
        .order_by(SurveyResponse.received_on.desc(), SurveyResponse.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    found = session.execute(query).all()
    said = said_by(session, [response.id for response, _ in found])
    rows = [_inbox_row(response, name, said.get(response.id, ())) for response, name in found]
    return InboxPage(rows, counts, show, page, pages)


def _inbox_row(response: SurveyResponse, name: str | None, said: tuple[Said, ...]) -> InboxRow:
    return InboxRow(
        id=response.id,
        received_on=response.received_on,
        source=response.source,
        said=said,
        set_aside=response.set_aside,
        set_aside_on=response.set_aside_on,
        set_aside_by=name,
        corrected_on=response.corrected_on,
        language=response.language,
    )


def inbox_counts(session: Session, consultation_id: int) -> InboxCounts:
    """How many responses a consultation has, kept and set aside and by source. One query."""
    query = (
        select(
            SurveyResponse.source,
            func.count(),
            func.count(case((is_set_aside(), 1))),
            func.count(case((is_held(), 1))),
        )
        .where(SurveyResponse.consultation_id == consultation_id)
        .group_by(SurveyResponse.source)
    )
    found = session.execute(query).all()
    total = sum(row[1] for row in found)
    aside = sum(row[2] for row in found)
    held = sum(row[3] for row in found)
    return InboxCounts(total - aside - held, aside, {row[0]: row[1] for row in found}, held)


def is_held() -> ColumnElement[bool]:
    """Whether a response waits for the safeguarding lead to decide. It is still to be heard."""
    return SurveyResponse.set_aside == SetAsideReason.HELD


def is_set_aside() -> ColumnElement[bool]:
    """Whether a response was set aside for good, so that nobody has to hear it."""
    return and_(SurveyResponse.set_aside.is_not(None), ~is_held())


def said_by(session: Session, ids: Iterable[UUID]) -> dict[UUID, tuple[Said, ...]]:
    """What these responses say, in words and in the survey's order. Two queries at most.

    Leaves out every response that is with the safeguarding lead: this is what a team may read.
    """
    return _said_by(session, and_(SurveyResponse.id.in_(list(ids)), may_be_read()))


def may_be_read() -> ColumnElement[bool]:
    """Whether a response may be shown to its service. Whatever shows answers asks for this."""
    return or_(SurveyResponse.set_aside.is_(None), SurveyResponse.set_aside.not_in(list(WITH_LEAD)))


def _said_by(session: Session, which: ColumnElement[bool]) -> dict[UUID, tuple[Said, ...]]:
    query = (
        select(Answer.response_id, Answer.value, Question)
        .join(SurveyResponse, SurveyResponse.id == Answer.response_id)
        .join(Question, Question.id == Answer.question_id)
        .where(which)
        .order_by(Question.position, Question.id)
    )
    said: dict[UUID, tuple[Said, ...]] = {}
    for response_id, value, question in session.execute(query):
        kind = type_of(question)
        words = Said(question.text, kind.in_words(question, value), isinstance(kind, Written))
        said[response_id] = (*said.get(response_id, ()), words)
    return said


def said_to_lead(session: Session, response_id: UUID) -> tuple[Said, ...]:
    """What a response says, whatever it was set aside for: for the safeguarding lead alone."""
    return _said_by(session, SurveyResponse.id == response_id).get(response_id, ())
