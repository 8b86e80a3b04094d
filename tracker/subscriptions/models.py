"""Who asked to be told by e-mail when something changes, and what they were told.

Kept apart from answers: a subscription belongs to a consultation and no column leads to a response.
The address is encrypted; a keyed hash of it keeps it from being there twice. Days only, no times.
"""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.consultations.models import Consultation
from tracker.db import Base

_IS_UNWRITTEN = "confirmed_on IS NULL AND written_times < asked_times"


class Subscription(Base):
    """One address that asked to be told about one consultation; told only once it has confirmed."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        UniqueConstraint("consultation_id", "address_hash"),
        Index("ix_subscriptions_address_hash", "address_hash"),
        # Those who are still to be asked to confirm.
        Index(
            "ix_subscriptions_unwritten",
            "id",
            sqlite_where=text(_IS_UNWRITTEN),
            postgresql_where=text(_IS_UNWRITTEN),
        ),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"))
    address_hash: Mapped[str] = mapped_column(String(64))
    address_sealed: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(12), default="en")
    asked_on: Mapped[date]
    # Which request to confirm is out: counts up, so that asking again another day writes again.
    asked_times: Mapped[int] = mapped_column(default=1)
    written_times: Mapped[int] = mapped_column(default=0)
    confirmed_on: Mapped[date | None] = mapped_column(index=True)
    # All that was published until then has been told, or was there before they confirmed.
    told_until: Mapped[datetime | None]
    mailed_on: Mapped[date | None]
    # Since when the loop has been closed; some time after that the subscription is deleted.
    loop_closed_on: Mapped[date | None]

    consultation: Mapped[Consultation] = relationship()


class Told(Base):
    """One piece of news that went to one subscription. Its key exists once, so it is told once."""

    __tablename__ = "subscription_news"
    __table_args__ = ({"sqlite_with_rowid": False},)

    subscription_id: Mapped[UUID] = mapped_column(
        ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True
    )
    event_key: Mapped[str] = mapped_column(String(80), primary_key=True)
