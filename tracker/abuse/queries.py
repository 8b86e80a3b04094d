"""Reads about invitations."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.abuse import policy
from tracker.abuse.models import Invitation, InvitationBatch
from tracker.surveys.models import Survey


@dataclass(frozen=True)
class InvitationCount:
    """How the invitations of one survey stand; those called in don't count as made."""

    made: int
    unused: int

    @property
    def used(self) -> int:
        return self.made - self.unused


def unused_invitations(session: Session, survey_id: int) -> int:
    query = select(func.count()).where(Invitation.survey_id == survey_id)
    return session.scalar(query) or 0


def count_invitations(session: Session, survey_id: int) -> InvitationCount:
    """How many there are and how many are left."""
    made = select(func.sum(InvitationBatch.number)).where(InvitationBatch.survey_id == survey_id)
    return InvitationCount(session.scalar(made) or 0, unused_invitations(session, survey_id))


def invited_survey(session: Session, code: str, keys: Sequence[str]) -> Survey | None:
    """The survey that an unused code opens."""
    hashes = [policy.code_hash(code, key) for key in keys]
    query = (
        select(Survey)
        .join(Invitation, Invitation.survey_id == Survey.id)
        .where(Invitation.code_hash.in_(hashes))
    )
    return session.scalar(query)
