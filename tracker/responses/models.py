"""Responses and their answers: what a respondent said, and nothing about who they are.

Kept beside a response: the day, the source, the language. Never an address, an agent or a time.
Ids are random and SQLite's hidden row numbers are switched off, so that neither tells the order in
which people answered.
"""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.consultations.models import Consultation
from tracker.db import Base
from tracker.surveys.models import Question, Survey


class Source(StrEnum):
    """How a response arrived."""

    PHONE = "phone"
    KIOSK = "kiosk"
    PAPER = "paper"
    MEETING = "meeting"
    IMPORT = "import"


class SetAsideReason(StrEnum):
    """Why a response is not coded to a theme.

    `HELD` is no verdict: its wording raised a flag and the safeguarding lead hasn't decided yet. It
    is still to be heard, but nobody else reads it meanwhile.
    """

    BLANK = "blank"
    SPAM = "spam"
    TEST = "test"
    DUPLICATE = "duplicate"
    SAFEGUARDING = "safeguarding"
    WITHDRAWN = "withdrawn"  # by the respondent; its words are erased
    HELD = "held"

    @property
    def is_with_lead(self) -> bool:
        """Whether the words are for the safeguarding lead alone."""
        return self in WITH_LEAD


WITH_LEAD = frozenset({SetAsideReason.SAFEGUARDING, SetAsideReason.HELD})


class SurveyResponse(Base):
    """One submission. The same `submission_id` can never make two of them."""

    __tablename__ = "responses"
    __table_args__ = (
        Index("ix_responses_consultation_id_set_aside", "consultation_id", "set_aside"),
        CheckConstraint("(set_aside IS NULL) = (set_aside_on IS NULL)", name="set_aside_has_day"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    submission_id: Mapped[UUID] = mapped_column(unique=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), index=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), index=True)
    source: Mapped[Source]
    language: Mapped[str] = mapped_column(String(12), default="en")
    received_on: Mapped[date]
    # A keyed hash of the four words; None where nobody was given any (paper, meeting).
    receipt_hash: Mapped[str | None] = mapped_column(String(64), unique=True)

    set_aside: Mapped[SetAsideReason | None]
    set_aside_on: Mapped[date | None]
    set_aside_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # Days on which the respondent took it back, or put other answers in the place of these.
    withdrawn_on: Mapped[date | None]
    corrected_on: Mapped[date | None]

    survey: Mapped[Survey] = relationship()
    consultation: Mapped[Consultation] = relationship()
    answers: Mapped[list["Answer"]] = relationship(
        back_populates="response", cascade="all, delete-orphan", lazy="selectin"
    )


class Answer(Base):
    """What a response says to one question; `value` is shaped by the question's type."""

    __tablename__ = "answers"
    __table_args__ = ({"sqlite_with_rowid": False},)

    response_id: Mapped[UUID] = mapped_column(
        ForeignKey("responses.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(
        ForeignKey("questions.id"), primary_key=True, index=True
    )
    value: Mapped[Any] = mapped_column(JSON)

    response: Mapped[SurveyResponse] = relationship(back_populates="answers")
    question: Mapped[Question] = relationship()
