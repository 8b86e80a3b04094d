"""What a consultation's own dates say about it: its state and its promise.

Pure: dates and moments in, values out.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum

# The Cabinet Office's consultation principles: answer within twelve weeks.
PROMISE_DAYS = 84


class ConsultationState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Anonymity(StrEnum):
    """Whether anybody can tell who answered. Fixed once the consultation has opened."""

    ANONYMOUS = "anonymous"
    NAMED = "named"


class LawfulBasis(StrEnum):
    """UK GDPR Article 6(1): why the organisation may hold the answers."""

    PUBLIC_TASK = "public_task"
    CONSENT = "consent"
    LEGITIMATE_INTERESTS = "legitimate_interests"
    LEGAL_OBLIGATION = "legal_obligation"


class AgeBand(StrEnum):
    SIX_TO_NINE = "6-9"
    TEN_TO_TWELVE = "10-12"
    THIRTEEN_TO_FIFTEEN = "13-15"
    SIXTEEN_TO_SEVENTEEN = "16-17"
    EIGHTEEN_UP = "18+"


def state_of(
    opened_at: datetime | None, closed_at: datetime | None, withdrawn_at: datetime | None
) -> ConsultationState:
    """Draft, open, closed or withdrawn, from the three moments that are recorded."""
    if withdrawn_at is not None:
        return ConsultationState.WITHDRAWN
    if opened_at is None:
        return ConsultationState.DRAFT
    return ConsultationState.OPEN if closed_at is None else ConsultationState.CLOSED


def default_promise(closes_on: date) -> date:
    """The promise date offered when an author hasn't chosen one."""
    return closes_on + timedelta(days=PROMISE_DAYS)
