"""Pictures of staff: kept in the database, so that every web machine has them."""

from datetime import date

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from tracker.db import Base


class Picture(Base):
    """One picture, as small as it is shown. Never what was sent: that is re-encoded and forgotten."""

    __tablename__ = "pictures"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Of the bytes below: its public address, which therefore never shows anything else.
    digest: Mapped[str] = mapped_column(String(32), unique=True)
    data: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    size: Mapped[int]  # of the data, in bytes
    width: Mapped[int]
    height: Mapped[int]
    alt_text: Mapped[str] = mapped_column(String(160))
    added_on: Mapped[date]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
