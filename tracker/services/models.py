"""The organisation, its services, and who answers for each."""

from datetime import date

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, String, Table, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Person
from tracker.db import Base
from tracker.working_days import Nation

service_deputies = Table(
    "service_deputies",
    Base.metadata,
    Column("service_id", ForeignKey("services.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
)


# Where "Leave this page quickly" leads unless the organisation says otherwise.
LEAVE_ADDRESS = "https://www.bbc.co.uk/weather"


class Organisation(Base):
    """The one organisation of this installation (a single row, id 1)."""

    __tablename__ = "organisations"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    name: Mapped[str] = mapped_column(String(120))
    nation: Mapped[Nation] = mapped_column(default=Nation.ENGLAND)
    time_zone: Mapped[str] = mapped_column(String(60), default="Europe/London")
    # Nothing that closed before this day is chased.
    goes_live_on: Mapped[date]
    # To be switched off before a restored backup starts (`flask sending off`).
    is_sending: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    # Of the organisation's own colours and logo (`brand.models.OwnLook`); "" where it has none.
    look_digest: Mapped[str] = mapped_column(String(16), default="")
    # A change is looked at again when at least so many judged it and this share (%) said no.
    reopens_at_judging: Mapped[int] = mapped_column(default=8, server_default="8")
    reopens_at_share: Mapped[int] = mapped_column(default=50, server_default="50")
    # What public pages speak with somebody whose browser asks for nothing we have.
    language: Mapped[str] = mapped_column(String(12), default="en")
    # Those that public pages and mails to respondents don't speak. English is never among them.
    languages_off: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    # Safeguarding: who is asked first, how many hours they have, and where "leave" leads.
    first_safeguarding_lead_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    acknowledge_hours: Mapped[int] = mapped_column(default=4, server_default="4")
    escalate_hours: Mapped[int] = mapped_column(default=8, server_default="8")
    leave_address: Mapped[str] = mapped_column(
        String(200), default=LEAVE_ADDRESS, server_default=LEAVE_ADDRESS
    )
    # Further channels that reminders may travel by, where they are set up (docs/channels.md).
    uses_chat: Mapped[bool] = mapped_column(default=False, server_default=false())
    uses_notify: Mapped[bool] = mapped_column(default=False, server_default=false())
    # New with every change of the wording rules; "" while they are as the product ships them.
    wording_stamp: Mapped[str] = mapped_column(String(32), default="", server_default="")


class Service(Base):
    """A team that serves children, young people or families."""

    __tablename__ = "services"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    about: Mapped[str] = mapped_column(Text, default="")
    nation: Mapped[Nation] = mapped_column(default=Nation.ENGLAND)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    escalation_contact_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True)

    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id], lazy="joined")
    escalation_contact: Mapped[Person | None] = relationship(
        foreign_keys=[escalation_contact_id], lazy="joined"
    )
    deputies: Mapped[list[Person]] = relationship(
        secondary=service_deputies, order_by=Person.name, lazy="selectin"
    )
