"""The consultations that people answer for: what a departure would leave without anybody."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.accounts.duties import Duty
from tracker.consultations.models import Consultation
from tracker.consultations.policy import ConsultationState
from tracker.loop.policy import Stage
from tracker.loop.queries import Loop, loops_of


def duties_in_consultations(
    session: Session, people: Sequence[int], *, now: datetime
) -> list[Duty]:
    """What these people own that is open, or closed and not told yet: the `orphan` case's reach."""
    query = (
        select(Consultation)
        .where(
            Consultation.owner_id.in_(people),
            Consultation.opened_at.is_not(None),
            Consultation.withdrawn_at.is_(None),
        )
        .order_by(Consultation.title, Consultation.id)
    )
    owned = list(session.scalars(query))
    loops = loops_of(session, owned, now=now)
    return [
        Duty(consultation.owner_id, "Owner", consultation.title, orphans=True)
        for consultation in owned
        if consultation.owner_id is not None and _is_waited_for(consultation, loops)
    ]


def _is_waited_for(consultation: Consultation, loops: dict[int, Loop]) -> bool:
    is_open = consultation.state is ConsultationState.OPEN
    return is_open or Stage.TOLD not in loops[consultation.id].reached
