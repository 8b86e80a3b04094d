"""The forms that were sent from the pages behind the links: what makes sending twice harmless."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.capabilities.policy import Verb
from tracker.db import Base


class SentForm(Base):
    """One form that was accepted. Its id was made with the page, so a second sending is recognised.

    The primary key is the guarantee: of two parallel sendings one inserts the row, the other finds it.
    """

    __tablename__ = "sent_forms"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultations.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    verb: Mapped[Verb]
    sent_at: Mapped[datetime]
    # What came of it, in the plain sentence that the page says and says again.
    result: Mapped[str] = mapped_column(Text, default="")
