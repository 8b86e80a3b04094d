"""Reads about members of staff."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.accounts.models import Person, Role
from tracker.accounts.policy import RoleName
from tracker.errors import NotFound


def active_people(session: Session) -> list[Person]:
    """Everybody who can be given a task, by name."""
    return list(session.scalars(select(Person).where(Person.active).order_by(Person.name)))


def all_people(session: Session) -> list[Person]:
    """Everybody, those who have left too, by name."""
    return list(session.scalars(select(Person).order_by(Person.name, Person.id)))


def person_or_404(session: Session, person_id: int) -> Person:
    """The person with this id, or `NotFound`."""
    found = session.get(Person, person_id)
    if found is None:
        raise NotFound("There is nobody here by that number. Look them up under People.")
    return found


def person_by_email(session: Session, email: str) -> Person | None:
    """Whoever has this address, in whatever case it is written."""
    return session.scalar(select(Person).where(func.lower(Person.email) == email.lower()))


def people_with_role(session: Session, role: RoleName) -> list[Person]:
    """Active people who hold `role`, by name."""
    query = (
        select(Person)
        .join(Person.roles)
        .where(Role.name == role.value, Person.active)
        .order_by(Person.name)
    )
    return list(session.scalars(query))


def other_administrators(session: Session, person_id: int) -> int:
    """How many active administrators there are besides this person."""
    administrators = people_with_role(session, RoleName.ADMINISTRATOR)
    return sum(person.id != person_id for person in administrators)
