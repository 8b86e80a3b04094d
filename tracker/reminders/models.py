"""The reminder engine's tables: cases, when each consultation is next looked at, reminders, mails."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Person
from tracker.actions.models import Action
from tracker.channels.policy import Channel
from tracker.consultations.models import Consultation
from tracker.db import Base
from tracker.reminders.policy import CaseKind, Step
from tracker.reminders.watching import watch
from tracker.services.models import Service
from tracker.subscriptions.models import Subscription


class Case(Base):
    """One open loop that is chased: a clock with a beginning and, one day, an end."""

    __tablename__ = "cases"
    __table_args__ = (
        # At most one open case of a kind for one consultation (or one action).
        Index(
            "uq_cases_open_consultation",
            "kind",
            "consultation_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL AND action_id IS NULL"),
            postgresql_where=text("closed_at IS NULL AND action_id IS NULL"),
        ),
        Index(
            "uq_cases_open_action",
            "kind",
            "action_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL AND action_id IS NOT NULL"),
            postgresql_where=text("closed_at IS NULL AND action_id IS NOT NULL"),
        ),
        CheckConstraint("(closed_at IS NULL) = (closed_because = '')", name="closed_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[CaseKind]
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultations.id", ondelete="CASCADE"), index=True
    )
    action_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"))
    # When the clock of this case started: the close, the publication, the departure.
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_because: Mapped[str] = mapped_column(Text, default="")

    consultation: Mapped[Consultation] = relationship()
    action: Mapped[Action | None] = relationship()
    snoozes: Mapped[list["Snooze"]] = relationship(
        order_by="Snooze.id", cascade="all, delete-orphan", lazy="selectin"
    )
    reminders: Mapped[list["Reminder"]] = relationship(
        back_populates="case", order_by="Reminder.id", cascade="all, delete-orphan"
    )

    @property
    def pauses(self) -> list["Snooze"]:
        """The snoozes that stand, without those that were taken back."""
        return [snooze for snooze in self.snoozes if snooze.taken_back_at is None]


class NextLook(Base):
    """When a consultation is to be looked at next: at once if a fact has changed since (see `watching`).

    One moment for all its cases, since one fact may open, move and close several of them, and a case
    still to be opened has no row to keep a moment in.
    """

    __tablename__ = "next_looks"

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultations.id", ondelete="CASCADE"), primary_key=True
    )
    # None: nothing can fall due until a fact changes.
    at: Mapped[datetime | None] = mapped_column(index=True)
    # How often facts have changed. Whoever has looked sets `at` only if nothing did meanwhile.
    changes: Mapped[int] = mapped_column(default=0)


class Beat(Base):
    """When something that the clock does was last done, in this whole installation."""

    __tablename__ = "beats"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime]
    failures: Mapped[str] = mapped_column(Text, default="")  # the parts that failed then


class Snooze(Base):
    """A pause that somebody asked for, with a reason the escalation contact can see."""

    __tablename__ = "snoozes"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    until_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # Whoever asked for it thought better of it: it holds nothing and counts for nothing.
    taken_back_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship()


class CadenceVersion(Base):
    """How the cadence was set from one moment on: for the organisation, or for one service.

    Never changed and never deleted: the newest of a place holds, the others are its history.
    """

    __tablename__ = "cadence_versions"
    __table_args__ = (
        Index(
            "uq_cadence_versions_organisation",
            "number",
            unique=True,
            sqlite_where=text("service_id IS NULL"),
            postgresql_where=text("service_id IS NULL"),
        ),
        UniqueConstraint("service_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"))
    number: Mapped[int]  # from 1, within the organisation or the service
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)  # see `policy.to_stored`
    summary: Mapped[str] = mapped_column(Text)  # what changed, in words
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    service: Mapped[Service | None] = relationship()
    person: Mapped[Person | None] = relationship()


class ReminderState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


_IS_WAITING = f"state = '{ReminderState.WAITING}'"


class Reminder(Base):
    """One reminder to one person about one case at one step. Its key exists once, ever."""

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("case_id", "step", "recipient_id", "due_on"),
        CheckConstraint("state IN ('waiting', 'sent') OR reason <> ''", name="not_sent_has_reason"),
        # What still waits: few of many, for nearly all have been sent.
        Index(
            "ix_reminders_waiting",
            "mail_id",
            sqlite_where=text(_IS_WAITING),
            postgresql_where=text(_IS_WAITING),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    step: Mapped[Step]
    recipient_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    due_on: Mapped[date]  # the local day of the service on which the step falls
    state: Mapped[ReminderState] = mapped_column(default=ReminderState.WAITING)
    reason: Mapped[str] = mapped_column(Text, default="")  # why skipped or cancelled
    queued_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]  # when it was sent, skipped or cancelled
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mails.id"), index=True)

    case: Mapped[Case] = relationship(back_populates="reminders")
    recipient: Mapped[Person] = relationship()
    mail: Mapped["Mail | None"] = relationship(back_populates="reminders")

    @property
    def key(self) -> str:
        """The intent in words: case, step, recipient, local due date."""
        return f"{self.case_id}/{self.step}/{self.recipient_id}/{self.due_on.isoformat()}"


# Whether a reminder waits. The state is written out: where it is a parameter, SQLite can't tell that
# the index on what waits holds the answer.
WAITS = Reminder.state == literal_column(f"'{ReminderState.WAITING}'")


class MailKind(StrEnum):
    REMINDER = "reminder"
    NOTICE = "notice"


class MailState(StrEnum):
    WAITING = "waiting"  # nothing has been handed to the mail server, or it said "not now"
    SENDING = "sending"  # claimed and rendered; what became of it is not known yet
    SENT = "sent"
    CANCELLED = "cancelled"
    FAILED = "failed"  # refused for good, or given up


class Mail(Base):
    """One message to one person: the outbox. Reminders of one day travel in one mail."""

    __tablename__ = "mails"
    __table_args__ = (
        # One reminder mail a day per person.
        Index(
            "uq_mails_reminder_day",
            "recipient_id",
            "day",
            unique=True,
            sqlite_where=text("kind = 'reminder'"),
            postgresql_where=text("kind = 'reminder'"),
        ),
        Index("ix_mails_state_not_before", "state", "not_before"),
        # Those in a worker's hands: a handful.
        Index(
            "ix_mails_claimed",
            "claimed_until",
            sqlite_where=text("claimed_until IS NOT NULL"),
            postgresql_where=text("claimed_until IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[MailKind]
    # A notice's own key ("pending/17/4": version 17, person 4); None for reminders.
    notice_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    # Somebody with an account; or a subscriber, whose address is sealed and whose mail is too. A
    # mail whose subscriber is gone has neither, and is never sent.
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    subscription_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("subscriptions.id", ondelete="SET NULL"), index=True
    )
    day: Mapped[date | None]  # the recipient's local day of sending, set when it is claimed
    # An alert about a young person: it leaves before all others and waits for no long lease.
    is_urgent: Mapped[bool] = mapped_column(default=False)
    state: Mapped[MailState] = mapped_column(default=MailState.WAITING)
    queued_at: Mapped[datetime]
    not_before: Mapped[datetime]
    claimed_until: Mapped[datetime | None]  # the lease; after it another worker may take over
    claimed_by: Mapped[str] = mapped_column(String(40), default="")
    attempts: Mapped[int] = mapped_column(default=0)  # tries that came to an end, and this one
    # How often it was in the hands of a worker that died, most likely over another mail.
    lapses: Mapped[int] = mapped_column(default=0, server_default="0")
    # How it travels, settled when it is written; and why by mail, if its reader chose otherwise.
    channel: Mapped[Channel] = mapped_column(default=Channel.MAIL, server_default="mail")
    detour: Mapped[str] = mapped_column(Text, default="", server_default="")
    message_id: Mapped[str] = mapped_column(String(120), default="", index=True)
    subject: Mapped[str] = mapped_column(String(255), default="")
    # The rendered message, kept so that a second try sends the same bytes. Read only when asked for.
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(Text, default="")

    recipient: Mapped[Person | None] = relationship(lazy="joined")
    subscription: Mapped[Subscription | None] = relationship()
    reminders: Mapped[list[Reminder]] = relationship(back_populates="mail", order_by=Reminder.id)

    @property
    def person(self) -> Person:
        """The recipient of a mail that goes to somebody with an account, as every reminder does."""
        assert self.recipient is not None  # noqa: S101
        return self.recipient


watch(Base.metadata)
