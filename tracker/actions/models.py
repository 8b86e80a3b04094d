"""Actions ("We did") and every version of what each of them said."""

from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Person
from tracker.actions.policy import ActionDraft, Outcome, ReasonCode, is_answered
from tracker.consultations.models import Consultation
from tracker.db import Base
from tracker.themes.models import Theme

action_themes = Table(
    "action_themes",
    Base.metadata,
    Column("action_id", ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True),
    Column("theme_id", ForeignKey("themes.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Via(StrEnum):
    """How a version was recorded: by somebody signed in, or through a link in a mail."""

    SIGN_IN = "sign_in"
    MAIL = "mail"


class Action(Base):
    """What the service decided about one or more themes (or, rarely, none)."""

    __tablename__ = "actions"

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultations.id", ondelete="CASCADE"), index=True
    )

    consultation: Mapped[Consultation] = relationship()
    themes: Mapped[list[Theme]] = relationship(
        secondary=action_themes, order_by=Theme.position, lazy="selectin"
    )
    versions: Mapped[list["ActionVersion"]] = relationship(
        back_populates="action",
        order_by="ActionVersion.number",
        cascade="all, delete-orphan",
        lazy="selectin",
    )

    reopenings: Mapped[list["Reopening"]] = relationship(
        back_populates="action",
        order_by="Reopening.id",
        cascade="all, delete-orphan",
        lazy="selectin",
    )

    @property
    def asked_again(self) -> "Reopening | None":
        """The reopening that no new change and no honest closure has answered yet."""
        newest = self.reopenings[-1] if self.reopenings else None
        if newest is None:
            return None
        later = [
            (version.outcome, version.changed_on)
            for version in self.versions
            if version.published_at is not None and version.number > newest.after_number
        ]
        return None if is_answered(newest.changed_on, later) else newest

    @property
    def published(self) -> "ActionVersion | None":
        """What the public sees: the newest version that was published."""
        return next((v for v in reversed(self.versions) if v.published_at is not None), None)

    @property
    def pending(self) -> "ActionVersion | None":
        """The version not public yet (a draft, or one that publishes by itself), if any."""
        newest = self.versions[-1] if self.versions else None
        if newest is None or newest.published_at is not None or newest.stopped_at is not None:
            return None
        return newest

    @property
    def latest(self) -> "ActionVersion | None":
        """The pending version if there is one, else the published one."""
        return self.pending or self.published

    @property
    def edition(self) -> str:
        """A mark of the newest words, to notice that somebody else changed them meanwhile."""
        newest = self.versions[-1]
        return f"{newest.number}-{newest.recorded_at:%Y%m%d%H%M%S%f}"


class ActionVersion(Base):
    """What an action says from one moment on. Versions are added, never rewritten once public."""

    __tablename__ = "action_versions"
    __table_args__ = (
        UniqueConstraint("action_id", "number"),
        CheckConstraint(
            "(outcome = 'done') = (changed_on IS NOT NULL)", name="only_done_has_change"
        ),
        CheckConstraint(
            "outcome NOT IN ('planned', 'doing') OR due_on IS NOT NULL", name="open_has_due_date"
        ),
        CheckConstraint(
            "outcome <> 'cannot' OR (reason_code IS NOT NULL AND reason <> ''"
            " AND decided_by <> '' AND review_on IS NOT NULL)",
            name="cannot_has_reason",
        ),
        CheckConstraint(
            "outcome <> 'passed_on' OR passed_on_to <> ''", name="passed_on_has_recipient"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    outcome: Mapped[Outcome]
    text: Mapped[str] = mapped_column(Text)  # "We did": what the public reads

    due_on: Mapped[date | None]  # planned, doing
    changed_on: Mapped[date | None]  # done: since when something is different
    evidence: Mapped[str] = mapped_column(Text, default="")  # done: how anyone can see it
    reason_code: Mapped[ReasonCode | None]  # cannot
    reason: Mapped[str] = mapped_column(Text, default="")  # cannot, in plain words
    decided_by: Mapped[str] = mapped_column(String(160), default="")  # cannot
    review_on: Mapped[date | None]  # cannot: when it is looked at again
    passed_on_to: Mapped[str] = mapped_column(String(160), default="")  # passed_on

    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    via: Mapped[Via] = mapped_column(default=Via.SIGN_IN)
    # Recorded through a mail: public by itself at this moment unless somebody stops it.
    publishes_at: Mapped[datetime | None] = mapped_column(index=True)
    published_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    stopped_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    action: Mapped[Action] = relationship(back_populates="versions")
    recorder: Mapped[Person | None] = relationship(foreign_keys=[recorded_by])
    stopper: Mapped[Person | None] = relationship(foreign_keys=[stopped_by])

    @property
    def draft(self) -> ActionDraft:
        """What this version says, apart from its own history."""
        return ActionDraft(**{f.name: getattr(self, f.name) for f in fields(ActionDraft)})

    @property
    def is_held(self) -> bool:
        """Whether it waits to become public by itself."""
        waits = self.published_at is None and self.stopped_at is None
        return waits and self.publishes_at is not None


class Reopening(Base):
    """Enough young people said that a change didn't happen: the service is asked again. Never undone.

    `changed_on` names the change that they judged, and `after_number` the version that was public
    then. Only the day is kept: the time would be that of somebody's verdict.
    """

    __tablename__ = "reopenings"
    __table_args__ = (UniqueConstraint("action_id", "changed_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"))
    changed_on: Mapped[date]
    after_number: Mapped[int]
    reopened_on: Mapped[date]

    action: Mapped[Action] = relationship(back_populates="reopenings")
