"""Reads of safeguarding: the people who would be told, and the flags each may open.

A flag is shown to nobody whose name stands in its text. No read here returns an answer's words.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from tracker.accounts.models import Person, Role
from tracker.accounts.policy import RoleName
from tracker.errors import NotFound
from tracker.safeguarding.models import Flag, FlagCall
from tracker.safeguarding.policy import Guardian
from tracker.services.models import Organisation

_ROLES = (RoleName.SAFEGUARDING_LEAD, RoleName.PARTICIPATION_LEAD, RoleName.ADMINISTRATOR)
MOST_SHOWN = 50


def guardians_of(session: Session) -> list[Person]:
    """Everybody who may be told about a flag, in the order they are asked in. Three queries.

    The first is the safeguarding lead that the settings name, else whoever came first.
    """
    held = session.get(Organisation, 1)
    first = held.first_safeguarding_lead_id if held else None
    holds = Person.roles.any(Role.name.in_([role.value for role in _ROLES]))
    people = session.scalars(select(Person).where(Person.active, holds).order_by(Person.id))
    return sorted(people, key=lambda person: (not may_read(person), person.id != first, person.id))


def may_read(person: Person) -> bool:
    return RoleName.SAFEGUARDING_LEAD in person.role_names


def as_guardians(people: Iterable[Person]) -> list[Guardian]:
    """These people as the clock's policy sees them."""
    return [Guardian(each.id, may_read(each), each.is_reachable) for each in people]


def flag_or_404(session: Session, flag_id: UUID, reader_id: int) -> Flag:
    """The flag, with its record; `NotFound` for whoever is named in it too."""
    query = (
        select(Flag)
        .where(Flag.id == flag_id)
        .options(
            selectinload(Flag.entries),
            selectinload(Flag.calls).joinedload(FlagCall.person),
            selectinload(Flag.consultation),
            selectinload(Flag.raiser),
            selectinload(Flag.acknowledger),
        )
    )
    flag = session.scalar(query)
    if flag is None or reader_id in flag.named:
        raise NotFound("There is no such worry.")
    return flag


def open_flags(session: Session, reader_id: int) -> list[Flag]:
    """The open flags that this person may open, those nobody has acknowledged first, then the oldest."""
    query = (
        select(Flag)
        .where(Flag.closed_at.is_(None))
        .options(selectinload(Flag.consultation), selectinload(Flag.acknowledger))
        .order_by(Flag.acknowledged_at.is_not(None), Flag.raised_at, Flag.id)
    )
    return [flag for flag in session.scalars(query) if reader_id not in flag.named]


def closed_flags(session: Session, reader_id: int) -> list[Flag]:
    """The flags closed last that this person may open."""
    query = (
        select(Flag)
        .where(Flag.closed_at.is_not(None))
        .options(selectinload(Flag.consultation))
        .order_by(Flag.closed_at.desc(), Flag.id)
        .limit(MOST_SHOWN)
    )
    return [flag for flag in session.scalars(query) if reader_id not in flag.named]
