"""Kiosks: which tablet asks what, and whether staff have ended it.

A kiosk is a thing of the service's, not a person. Of its tablet only the day it was last seen is kept.
"""

from datetime import date

from sqlalchemy import Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.services.models import Service
from tracker.surveys.models import Survey

kiosk_surveys = Table(
    "kiosk_surveys",
    Base.metadata,
    Column("kiosk_id", ForeignKey("kiosks.id", ondelete="CASCADE"), primary_key=True),
    Column("survey_id", ForeignKey("surveys.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Kiosk(Base):
    """One tablet at work. Its address holds a token, of which only a hash is kept here."""

    __tablename__ = "kiosks"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # The PIN that leaves the kiosk: PBKDF2, so that the tablet can check it without a network.
    pin_salt: Mapped[str] = mapped_column(String(32))
    pin_hash: Mapped[str] = mapped_column(String(64))
    asks_verdicts: Mapped[bool] = mapped_column(default=False)
    started_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    started_on: Mapped[date]
    last_seen_on: Mapped[date]
    # How many answers waited on the tablet when it was last heard of.
    waiting: Mapped[int] = mapped_column(default=0)
    ended_on: Mapped[date | None]

    service: Mapped[Service] = relationship()
    surveys: Mapped[list[Survey]] = relationship(
        secondary=kiosk_surveys, order_by=Survey.id, lazy="selectin"
    )
