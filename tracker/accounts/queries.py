"""Reads about members of staff."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.accounts.models import Person, Role
from tracker.accounts.policy import RoleName


def active_people(session: Session) -> list[Person]:
    """Everybody who can be given a task, by name."""
    return list(session.scalars(select(Person).where(Person.active).order_by(Person.name)))


def people_with_role(session: Session, role: RoleName) -> list[Person]:
    """Active people who hold `role`, by name."""
    query = (
        select(Person)
        .join(Person.roles)
        .where(Role.name == role.value, Person.active)
        .order_by(Person.name)
    )
    return list(session.scalars(query))
