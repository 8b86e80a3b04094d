"""How the public pages of this organisation look, where that isn't the standard."""

from sqlalchemy import CheckConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.brand.policy import STANDARD, Look, Paper
from tracker.db import Base


class OwnLook(Base):
    """The organisation's own colours and logo (a single row, id 1)."""

    __tablename__ = "looks"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    brand: Mapped[str] = mapped_column(String(7), default=STANDARD.brand)
    accent: Mapped[str] = mapped_column(String(7), default=STANDARD.accent)
    paper: Mapped[Paper] = mapped_column(default=STANDARD.paper)
    # WebP, twice as many points on each side as it is shown with; None where there is no logo.
    logo: Mapped[bytes | None] = mapped_column(LargeBinary)
    logo_width: Mapped[int] = mapped_column(default=0)
    logo_height: Mapped[int] = mapped_column(default=0)

    @property
    def look(self) -> Look:
        return Look(self.brand, self.accent, self.paper)
