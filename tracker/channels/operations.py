"""Writes of what people chose. Nothing here can switch reminders off."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.channels.models import Preference
from tracker.channels.policy import Channel, Choice, Rhythm
from tracker.db import insert_new
from tracker.languages import ENGLISH


def choose(
    session: Session,
    person_id: int,
    choice: Choice,
    *,
    now: datetime,
    address_sealed: str | None = None,
) -> bool:
    """Keep what a person chose; whether that changes anything. `address_sealed`: None keeps it."""
    kept = hold_choice(session, person_id, now)
    is_moved = address_sealed is not None and address_sealed != kept.address_sealed
    if kept.choice == choice and not is_moved:
        return False
    kept.rhythm, kept.weekday, kept.channel = choice.rhythm, choice.weekday, choice.channel
    kept.language = choice.language
    if address_sealed is not None:
        kept.address_sealed = address_sealed
    kept.trouble = ""
    kept.changes += 1
    kept.changed_at = now
    session.flush()
    return True


def move_to_weekly(session: Session, person_id: int, *, now: datetime) -> bool:
    """What one press on "unsubscribe" does; whether it changes anything. Pressed again: nothing."""
    kept = hold_choice(session, person_id, now).choice
    return choose(session, person_id, replace(kept, rhythm=Rhythm.WEEKLY), now=now)


def leave_channel(session: Session, person_id: int, why: str, *, now: datetime) -> None:
    """Go back to mail, because the channel's address doesn't work."""
    kept = hold_choice(session, person_id, now)
    kept.channel, kept.trouble = Channel.MAIL, why
    kept.changes += 1
    kept.changed_at = now
    session.flush()


def hold_choice(session: Session, person_id: int, now: datetime) -> Preference:
    """The person's row, made if there is none, for this transaction alone.

    Before any mail of theirs is written to, so that two who write to both never wait in a ring.
    """
    fresh = {
        "person_id": person_id,
        "rhythm": Rhythm.AT_ONCE,
        "weekday": 0,
        "channel": Channel.MAIL,
        "language": ENGLISH,
        "address_sealed": "",
        "trouble": "",
        "changes": 0,
        "changed_at": now,
    }
    session.execute(insert_new(session.get_bind(), Preference), [fresh])
    query = select(Preference).where(Preference.person_id == person_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()
