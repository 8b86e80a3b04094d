"""A consultation: one piece of asking, its promise, and the history of what was done with it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Person
from tracker.consultations.policy import (
    Anonymity,
    ConsultationState,
    LawfulBasis,
    days_waiting,
    state_of,
)
from tracker.db import Base
from tracker.services.models import Service

_IS_OPEN = "opened_at IS NOT NULL AND closed_at IS NULL AND withdrawn_at IS NULL"


class Consultation(Base):
    """One piece of asking. Its state follows from `opened_at`, `closed_at` and `withdrawn_at`."""

    __tablename__ = "consultations"
    __table_args__ = (
        CheckConstraint("closed_at IS NULL OR opened_at IS NOT NULL", name="closed_after_open"),
        CheckConstraint(
            "withdrawn_at IS NULL OR withdrawn_reason <> ''", name="withdrawn_with_reason"
        ),
        # Those that are open, by their last day: what the clock closes.
        Index(
            "ix_consultations_to_close",
            "closes_on",
            sqlite_where=text(_IS_OPEN),
            postgresql_where=text(_IS_OPEN),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)  # its public address on the board
    title: Mapped[str] = mapped_column(String(160))
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"), index=True)
    # The service's owner unless someone else was given this consultation.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)

    # Before you ask (domain §3). Empty or None means: still missing.
    purpose: Mapped[str] = mapped_column(Text, default="")  # why we ask, in a child's words
    decision: Mapped[str] = mapped_column(Text, default="")  # the decision the answers inform
    decided_by: Mapped[str] = mapped_column(String(160), default="")
    not_up_for_change: Mapped[str] = mapped_column(Text, default="")
    readers: Mapped[str] = mapped_column(Text, default="")  # who reads the answers
    closes_on: Mapped[date | None]
    promise_on: Mapped[date | None]
    # The promise as first made, once it has been moved (it moves once at most).
    first_promise_on: Mapped[date | None]
    promise_reason: Mapped[str] = mapped_column(Text, default="")
    ladder: Mapped[str] = mapped_column(String(20), default="")
    level: Mapped[str] = mapped_column(String(40), default="")
    anonymity: Mapped[Anonymity | None]
    lawful_basis: Mapped[LawfulBasis | None]
    retention_on: Mapped[date | None]
    help_page: Mapped[str] = mapped_column(String(20), default="")  # a nation's help page
    age_bands: Mapped[list[str]] = mapped_column(JSON, default=list)
    # The language in which its words and its surveys are written, and these words in others.
    language: Mapped[str] = mapped_column(String(12), default="en")
    translations: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # Made-up answers of the demo; said on every page that shows them.
    is_synthetic: Mapped[bool] = mapped_column(default=False)

    opened_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")

    service: Mapped[Service] = relationship(lazy="joined", innerjoin=True)
    owner: Mapped[Person | None] = relationship(lazy="joined")

    @property
    def state(self) -> ConsultationState:
        return state_of(self.opened_at, self.closed_at, self.withdrawn_at)

    def days_waiting(self, today: date, time_zone: str) -> int:
        """Whole days since the last day for answers, as the reminders count them; 0 while it is open."""
        return days_waiting(self.closed_at, self.closes_on, today, time_zone)


class ConsultationEvent(Base):
    """One line of a consultation's history: what was done, when, and by whom.

    Never holds a respondent's words. `person_id` is None for what the clock did by itself.
    """

    __tablename__ = "consultation_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultations.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))  # an EventKind of any feature: "opened", …
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    detail: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person | None] = relationship(lazy="joined")
