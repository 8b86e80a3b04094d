"""The forms that were sent from the pages behind the links: what makes sending twice harmless."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Person
from tracker.capabilities.policy import Verb
from tracker.db import Base
from tracker.languages import day_in_words
from tracker.languages import gettext as _
from tracker.reminders.models import Snooze


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
    # What taking it back needs: the pause it made; or the owners before and after, and the line of
    # the history that it wrote, so that what came later is known without trusting a clock.
    snooze_id: Mapped[int | None] = mapped_column(ForeignKey("snoozes.id", ondelete="SET NULL"))
    former_owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id", ondelete="SET NULL")
    )
    new_owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    event_id: Mapped[int | None] = mapped_column(
        ForeignKey("consultation_events.id", ondelete="SET NULL")
    )
    taken_back_at: Mapped[datetime | None]

    snooze: Mapped[Snooze | None] = relationship()
    former_owner: Mapped[Person | None] = relationship(foreign_keys=[former_owner_id])
    new_owner: Mapped[Person | None] = relationship(foreign_keys=[new_owner_id])

    @property
    def result(self) -> str:
        """What came of it, as the page says it each time; "" for answers, which are there to be read."""
        if self.snooze is not None:
            return _(
                "We won't ask you again before %(day)s.", day=day_in_words(self.snooze.until_on)
            )
        if self.new_owner is not None:
            return _(
                "%(name)s answers from now on. We have told them by mail.",
                name=self.new_owner.name,
            )
        if self.verb is not Verb.HAND_OVER:
            return ""
        return _(
            "Thank you. We have passed the name on to those who can make somebody the owner. "
            "Until they do, it stays where it is."
        )
