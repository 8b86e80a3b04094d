"""Which cases a consultation calls for, and why one is over. Pure: a standing in, words out."""

from dataclasses import dataclass

from tracker.consultations.policy import ConsultationState
from tracker.reminders.policy.cadence import CaseKind


@dataclass(frozen=True)
class Standing:
    """What the rows say about a consultation, as far as its cases depend on it."""

    state: ConsultationState
    is_chased: bool  # False for what closed before the organisation went live
    responses: int
    is_told: bool
    is_owned: bool  # by somebody whom a mail can reach


def why_over(kind: CaseKind, standing: Standing) -> str:
    """Why there is no such case (any more), in words; empty while there is one."""
    if standing.state is ConsultationState.WITHDRAWN:
        return "It was withdrawn, and the board says why."
    if not standing.is_chased:
        return "It closed before this organisation went live."
    if kind is CaseKind.ORPHAN:
        return _why_not_orphan(standing)
    if standing.state is not ConsultationState.CLOSED:
        return "It is open for answers again. Its clock starts anew when it closes."
    if kind is CaseKind.NO_ANSWERS:
        return "Answers have come in." if standing.responses else ""
    if not standing.responses:
        return "It holds no responses any more."
    return "Every theme has a published answer." if standing.is_told else ""


def _why_not_orphan(standing: Standing) -> str:
    if standing.is_owned:
        return "It has an owner whom mail can reach."
    is_closed = standing.state is ConsultationState.CLOSED
    return "Every theme has a published answer." if is_closed and standing.is_told else ""
