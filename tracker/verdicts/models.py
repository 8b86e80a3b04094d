"""Verdicts: whether those who answered think a done action really changed something."""

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base
from tracker.verdicts.policy import VerdictValue

# In the place of a voice: the one who judged has taken it back. A hash never begins like this.
TAKEN_BACK = "taken back: "


class Verdict(Base):
    """One young person's judgement of one change; giving it again replaces it.

    It comes from a response (by its receipt), from a subscription (then `voice` is a keyed hash,
    which leads back to nobody) or from the kiosk (then neither is known). `changed_on` names the
    change, so that what was said of one change never counts against the next.

    Of one that was taken back nothing stays but a reason the safeguarding lead has to read: it comes
    from nobody any more, and counts nowhere.
    """

    __tablename__ = "verdicts"
    __table_args__ = (
        UniqueConstraint("action_id", "changed_on", "response_id"),
        UniqueConstraint("action_id", "changed_on", "voice"),
        CheckConstraint("response_id IS NULL OR voice IS NULL", name="from_one_place"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"))
    changed_on: Mapped[date]
    response_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("responses.id", ondelete="CASCADE"), index=True
    )
    voice: Mapped[str | None] = mapped_column(String(64))
    value: Mapped[VerdictValue]
    why: Mapped[str] = mapped_column(Text, default="")  # for the service, never for the board
    given_on: Mapped[date]

    @property
    def is_taken_back(self) -> bool:
        return self.voice is not None and self.voice.startswith(TAKEN_BACK)
