"""How mails reach a person who chose otherwise than English ones, one at once."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.channels.policy import Channel, Choice, Rhythm
from tracker.db import Base
from tracker.languages import ENGLISH


class Preference(Base):
    """One person's choice. Without a row: by mail, at once, in English."""

    __tablename__ = "preferences"
    __table_args__ = (CheckConstraint("weekday BETWEEN 0 AND 4", name="working_day"),)

    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    rhythm: Mapped[Rhythm] = mapped_column(default=Rhythm.AT_ONCE)
    weekday: Mapped[int] = mapped_column(default=0)  # 0: Monday
    channel: Mapped[Channel] = mapped_column(default=Channel.MAIL)
    language: Mapped[str] = mapped_column(String(12), default=ENGLISH, server_default=ENGLISH)
    # Where the channel leads: an address of a chat holds its key, so it is kept encrypted.
    address_sealed: Mapped[str] = mapped_column(Text, default="")
    # Why the channel was left for mail, if it was; empty again with the next choice.
    trouble: Mapped[str] = mapped_column(Text, default="")
    changes: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]

    @property
    def choice(self) -> Choice:
        return Choice(self.rhythm, self.weekday, self.channel, self.language)
