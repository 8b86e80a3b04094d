"""What every write to an action does first and last: hold it, and note the step."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.actions.models import Action
from tracker.consultations.operations import note_event
from tracker.db import locked


def lock(session: Session, action: Action) -> None:
    """Hold the action for the rest of the transaction, and see its versions as they are now."""
    query = locked(select(Action).where(Action.id == action.id))
    session.scalars(query.execution_options(populate_existing=True)).one()


def note(
    session: Session,
    action: Action,
    kind: str,
    person_id: int | None,
    now: datetime,
    detail: str,
) -> None:
    note_event(session, action.consultation, kind, person_id=person_id, now=now, detail=detail)
