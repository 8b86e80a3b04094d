"""Themes ("You said") and the coding of responses to them."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.consultations.models import Consultation
from tracker.db import Base
from tracker.responses.models import SurveyResponse


class Theme(Base):
    """One "You said": a short statement, in young people's words, that groups responses."""

    __tablename__ = "themes"

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultations.id", ondelete="CASCADE"), index=True
    )
    statement: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(default=0)

    consultation: Mapped[Consultation] = relationship()
    codings: Mapped[list["Coding"]] = relationship(
        back_populates="theme", cascade="all, delete-orphan"
    )


class Coding(Base):
    """The linking of one response to one theme."""

    __tablename__ = "codings"
    __table_args__ = ({"sqlite_with_rowid": False},)

    response_id: Mapped[UUID] = mapped_column(
        ForeignKey("responses.id", ondelete="CASCADE"), primary_key=True
    )
    theme_id: Mapped[int] = mapped_column(
        ForeignKey("themes.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    coded_on: Mapped[date]
    coded_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    response: Mapped[SurveyResponse] = relationship()
    theme: Mapped[Theme] = relationship(back_populates="codings")
