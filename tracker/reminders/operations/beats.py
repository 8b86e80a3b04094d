"""When the clock last did what it does: read by whoever asks whether it still ticks."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from tracker.db import insert_new
from tracker.reminders.models import Beat


def is_time_for(session: Session, name: str, *, every: timedelta, now: datetime) -> bool:
    """Whether `name` was last done `every` or longer ago, or in a future that never was."""
    last = session.get(Beat, name, populate_existing=True)
    return last is None or not now - every < last.at <= now


def note_beat(session: Session, name: str, *, now: datetime, failures: str = "") -> None:
    """Write down that `name` was done, and what of it failed."""
    row = {"name": name, "at": now, "failures": failures}
    session.execute(insert_new(session.get_bind(), Beat), row)
    session.execute(update(Beat).where(Beat.name == name).values(row))
