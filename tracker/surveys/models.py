"""Surveys and their questions. What each kind of question means is in `question_types`."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.consultations.models import Consultation
from tracker.consultations.policy import AgeBand
from tracker.db import Base
from tracker.surveys.variants import Variant


class Survey(Base):
    """A questionnaire inside a consultation."""

    __tablename__ = "surveys"

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultations.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(String(160))
    # The short address: /s/<code>. Random, from letters and digits that can't be mixed up.
    code: Mapped[str] = mapped_column(String(12), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    # Whom this version of the questions is for; None for everybody.
    age_band: Mapped[AgeBand | None]
    is_easy_read: Mapped[bool] = mapped_column(default=False)
    # Only with a link that was handed out, each good for one answer.
    by_invitation: Mapped[bool] = mapped_column(default=False)
    # Until then a sum is asked of every phone before its answer is taken.
    proof_until: Mapped[datetime | None]
    # The languages it is translated into, beside the one it is written in (`Consultation.language`).
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    # As in `surveys.translations`: language → piece → {"of": what was translated, "is": how}.
    translations: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    consultation: Mapped[Consultation] = relationship(lazy="joined", innerjoin=True)
    questions: Mapped[list["Question"]] = relationship(
        back_populates="survey",
        order_by="Question.position",
        cascade="all, delete-orphan",
        lazy="selectin",
    )

    @property
    def variant(self) -> Variant:
        return Variant(self.age_band, self.is_easy_read)

    @property
    def language(self) -> str:
        """The language it is written in."""
        return self.consultation.language


class Question(Base):
    """One question, or a page of information. `settings` is shaped by its question type."""

    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("survey_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(12))  # its name in the form: "q1"; never reused
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(String(30))
    text: Mapped[str] = mapped_column(Text)
    hint: Mapped[str] = mapped_column(Text, default="")
    is_required: Mapped[bool] = mapped_column(default=False)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # "Show this question if…": {"question": key of an earlier one, "any_of": [choice keys]}
    show_if: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # Pictures and short sentences, shaped as in `surveys.easy_read`.
    easy_read: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # Marks of the findings of wording help that the author has set aside.
    set_aside: Mapped[list[str]] = mapped_column(JSON, default=list)
    translations: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    survey: Mapped[Survey] = relationship(back_populates="questions")

    @property
    def language(self) -> str:
        """The language its words are written in."""
        return self.survey.consultation.language
