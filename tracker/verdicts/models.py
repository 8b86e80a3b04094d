"""Verdicts: whether those who answered think a done action really changed something."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base
from tracker.verdicts.policy import VerdictValue


class Verdict(Base):
    """One respondent's judgement of one action; giving it again replaces it."""

    __tablename__ = "verdicts"
    __table_args__ = ({"sqlite_with_rowid": False},)

    response_id: Mapped[UUID] = mapped_column(
        ForeignKey("responses.id", ondelete="CASCADE"), primary_key=True
    )
    action_id: Mapped[int] = mapped_column(
        ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    value: Mapped[VerdictValue]
    given_on: Mapped[date]
