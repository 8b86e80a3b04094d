"""Flags on answers, who was told of each, what was done; and what the organisation changed in the
wording that raises them.

Beside a flag stands the hour, never the minute: the minute would tell when somebody answered. Ids
are random and in no order, as those of responses are.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Person
from tracker.consultations.models import Consultation
from tracker.db import Base
from tracker.safeguarding.policy import CallKind, Category


class FlagOutcome(StrEnum):
    """What the safeguarding lead decided."""

    WORRY = "worry"  # it stays with them
    NO_WORRY = "no_worry"  # the service hears it like any other answer


class Flag(Base):
    """What a young person wrote that is held for the safeguarding lead: because of its wording, or
    because somebody worried. It is an answer, or the reason given with a verdict.
    """

    __tablename__ = "flags"
    __table_args__ = (
        # At most one open flag on a response.
        Index(
            "uq_flags_open_response",
            "response_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "uq_flags_open_verdict",
            "verdict_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_flags_look_at", "look_at"),
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed_with_outcome"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    # None once the response itself is deleted: the record of what was done stays.
    response_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("responses.id", ondelete="SET NULL"), index=True
    )
    verdict_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("verdicts.id", ondelete="SET NULL"), index=True
    )
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultations.id", ondelete="CASCADE"), index=True
    )
    raised_at: Mapped[datetime]  # the start of the hour
    # The member of staff who worried; None where the wording raised it.
    raised_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # The rules that fitted, as they were then: [{"phrase", "category"}]. Never the child's words.
    rules: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    # People whose names stand in the text: they are not told and can't open it.
    named: Mapped[list[int]] = mapped_column(JSON, default=list)
    # When the worker looks whom to tell next, on a grid of some minutes; None once the clock stands.
    look_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    outcome: Mapped[FlagOutcome | None]
    closed_at: Mapped[datetime | None]

    consultation: Mapped[Consultation] = relationship()
    raiser: Mapped[Person | None] = relationship(foreign_keys=[raised_by])
    acknowledger: Mapped[Person | None] = relationship(foreign_keys=[acknowledged_by])
    calls: Mapped[list["FlagCall"]] = relationship(
        order_by="FlagCall.step", cascade="all, delete-orphan", passive_deletes=True
    )
    entries: Mapped[list["FlagEntry"]] = relationship(
        order_by="FlagEntry.at", cascade="all, delete-orphan", passive_deletes=True
    )


class FlagCall(Base):
    """One person told once about one flag, at one step. Its key exists once, ever."""

    __tablename__ = "flag_calls"
    __table_args__ = (
        UniqueConstraint("flag_id", "step", "person_id"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    flag_id: Mapped[UUID] = mapped_column(ForeignKey("flags.id", ondelete="CASCADE"))
    step: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[CallKind]
    told_at: Mapped[datetime]  # the start of the hour
    # The alert that carried it: one gathers all that is due to a person at one look. Emptied when
    # the flag is acknowledged, so that nothing leads to the minute at which a mail was sent.
    notice_key: Mapped[str] = mapped_column(String(80), default="")

    person: Mapped[Person] = relationship()


class EntryKind(StrEnum):
    OPENED = "opened"  # the words were read
    ACKNOWLEDGED = "acknowledged"
    NOTE = "note"
    WORRY = "worry"
    NO_WORRY = "no_worry"
    REOPENED = "reopened"


class FlagEntry(Base):
    """One line of the record of a flag: who did what, when. Added to, never changed."""

    __tablename__ = "flag_entries"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    flag_id: Mapped[UUID] = mapped_column(ForeignKey("flags.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[EntryKind]
    what: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class RecordIsFinal(RuntimeError):
    """Something tried to change a line of the record."""


@event.listens_for(FlagEntry, "before_update")
def _refuse_to_rewrite(_mapper: Any, _connection: Any, entry: FlagEntry) -> None:
    raise RecordIsFinal(f"entry {entry.id} of the record can't be changed")


class WordingRule(Base):
    """A rule of the organisation's own, or what it made of one that came with the product."""

    __tablename__ = "wording_rules"
    __table_args__ = (
        Index(
            "uq_wording_rules_replaces",
            "language",
            "replaces",
            unique=True,
            sqlite_where=text("replaces <> ''"),
            postgresql_where=text("replaces <> ''"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(12))
    phrase: Mapped[str] = mapped_column(String(400))
    category: Mapped[Category]
    is_on: Mapped[bool] = mapped_column(default=True)
    # The phrase of the product's rule that this stands for; empty for the organisation's own.
    replaces: Mapped[str] = mapped_column(String(400), default="")
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    changer: Mapped[Person | None] = relationship()
