"""Mails that came back, and how far the mailbox they come back to has been read."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Person
from tracker.bounces.policy import BounceKind
from tracker.db import Base
from tracker.reminders.models import Mail


class Bounce(Base):
    """One mail that came back; a mail does so at most once.

    Of a subscriber's mail there is neither a person nor an address nor a word, for the server's words
    often quote the address.
    """

    __tablename__ = "bounces"

    id: Mapped[int] = mapped_column(primary_key=True)
    mail_id: Mapped[int] = mapped_column(ForeignKey("mails.id", ondelete="CASCADE"), unique=True)
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), index=True
    )
    # The address that it was for, so that a corrected one begins with a clean slate.
    address: Mapped[str] = mapped_column(String(254), default="")
    kind: Mapped[BounceKind]
    at: Mapped[datetime] = mapped_column(index=True)
    words: Mapped[str] = mapped_column(Text, default="")
    # When somebody said that the address works again; from then on it counts no more.
    settled_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship()
    mail: Mapped[Mail] = relationship()


class BounceMailbox(Base):
    """The one mailbox that bounces come to (a single row, id 1): up to which mail it has been read.

    A mail is known by its UID as long as the mailbox keeps its UIDVALIDITY (RFC 9051 §2.3.1.1).
    """

    __tablename__ = "bounce_mailboxes"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    # Whose mailbox where: with another one the count begins anew.
    place: Mapped[str] = mapped_column(Text, default="")
    uid_validity: Mapped[int] = mapped_column(BigInteger, default=0)
    last_uid: Mapped[int] = mapped_column(BigInteger, default=0)
    next_look_at: Mapped[datetime]
    # When it was last read to the end, and what went wrong since then.
    read_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(Text, default="")
