"""One at a time: how the workers that decide what is due stay out of each other's way."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.services.models import Organisation


def lock_cadence(session: Session, *, shared: bool = False) -> None:
    """Wait until nobody else is deciding, and let nobody begin before this transaction ends.

    With `shared`, many may hold it at once, but nobody who decides. SQLite needs no such lock,
    because a writing transaction is alone there.
    """
    session.execute(select(Organisation.id).with_for_update(read=shared))
