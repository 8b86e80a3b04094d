"""Invitations to surveys for closed groups. Used ones aren't marked: they are gone.

An invitation that has been used leaves nothing that stands beside an answer: no mark, no day, no id.
What a database administrator could still find out is told in docs/decisions/0016.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base

# PostgreSQL keeps a deleted row, with the transaction that deleted it, until the table is vacuumed.
_VACUUM_AT_ONCE = {"autovacuum_vacuum_threshold": "0", "autovacuum_vacuum_scale_factor": "0"}


class Invitation(Base):
    """One link that hasn't been used yet, by a keyed hash of its code and nothing else.

    The hash is the key and SQLite's hidden row numbers are switched off, so that the order of rows is
    the order of hashes and tells nothing.
    """

    __tablename__ = "invitations"
    __table_args__ = ({"sqlite_with_rowid": False, "postgresql_with": _VACUUM_AT_ONCE},)

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"), index=True)


class InvitationBatch(Base):
    """How many invitations were made at one go, or (below zero) called in unused.

    How many have been used is worked out: those made, less those called in, less those still there.
    """

    __tablename__ = "invitation_batches"

    # The id of the form that asked for them: sent twice, it makes them once.
    form_id: Mapped[UUID] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    made_on: Mapped[date]
