"""Writes to the people who sign in: adding, changing, leaving and coming back.

Sends no mail and sets no password: a person sets their own through a link.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.accounts.models import Person, Role
from tracker.accounts.policy import RoleName, lockout
from tracker.accounts.queries import other_administrators, person_by_email
from tracker.errors import Conflict


class AddressTaken(Conflict):
    """Somebody else has this e-mail address."""


class LastAdministrator(Conflict):
    """The change would leave nobody who can look after people and settings."""


@dataclass(frozen=True)
class PersonDraft:
    """What an administrator says about a person."""

    name: str
    email: str
    job_title: str = ""
    roles: frozenset[RoleName] = frozenset()


def add_person(session: Session, draft: PersonDraft) -> Person:
    """A new member of staff, without a password until they set one. Raises `AddressTaken`."""
    _refuse_taken(session, draft.email)
    person = Person(active=True, fs_uniquifier=uuid4().hex)
    session.add(person)
    _fill(session, person, draft)
    return person


def edit_person(session: Session, person: Person, draft: PersonDraft, *, by: int) -> None:
    """Change what is known of a person and the roles they hold.

    Raises `AddressTaken` and `LastAdministrator`. A new address is taken to work until mail bounces.
    """
    _refuse_taken(session, draft.email, but=person)
    if person.active:
        _refuse_lockout(session, person, draft.roles, by)
    if draft.email != person.email:
        person.is_bounced = False
    _fill(session, person, draft)


def deactivate(session: Session, person: Person, *, by: int) -> None:
    """The person leaves: they can't sign in, open sessions and links end, their name stays.

    Raises `LastAdministrator`. What they own stays theirs on paper; the reminders see that its
    owner has gone.
    """
    _refuse_lockout(session, person, frozenset(), by)
    person.active = False
    person.fs_uniquifier = uuid4().hex
    session.flush()


def reactivate(session: Session, person: Person) -> None:
    """The person is back, with the roles and the password they had."""
    person.active = True
    session.flush()


def switch_off_two_step(session: Session, person: Person) -> None:
    """For somebody who lost their phone: the password alone signs them in again."""
    person.tf_primary_method = None
    person.tf_totp_secret = None
    person.mf_recovery_codes = None
    session.flush()


def _fill(session: Session, person: Person, draft: PersonDraft) -> None:
    person.name = draft.name
    person.email = draft.email
    person.job_title = draft.job_title
    person.roles = _roles(session, draft.roles)
    session.flush()


def _roles(session: Session, names: Iterable[RoleName]) -> list[Role]:
    wanted = sorted(names)
    kept = {role.name: role for role in session.scalars(select(Role).where(Role.name.in_(wanted)))}
    return [kept.get(name.value) or Role(name=name.value) for name in wanted]


def _refuse_taken(session: Session, email: str, but: Person | None = None) -> None:
    holder = person_by_email(session, email)
    if holder is not None and holder is not but:
        state = "" if holder.active else ", who has left. You can bring them back instead"
        raise AddressTaken(f"This address belongs to {holder.name}{state}.")


def _refuse_lockout(
    session: Session, person: Person, becomes: frozenset[RoleName], by: int
) -> None:
    # Two administrators who demote each other at once wait here for one another.
    administrator = select(Role.id).where(Role.name == RoleName.ADMINISTRATOR.value)
    session.execute(administrator.with_for_update())
    others = other_administrators(session, person.id)
    if reason := lockout(by == person.id, person.role_names, becomes, others):
        raise LastAdministrator(reason)
