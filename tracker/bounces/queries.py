"""Reads about bounces: which mail came back, whose address is dead, and how the mailbox stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.accounts.models import Person
from tracker.bounces.models import Bounce, BounceMailbox
from tracker.bounces.policy import KIND_LABELS, SOFT_WITHIN, BounceKind
from tracker.clock import local_date
from tracker.db import locked
from tracker.reminders.models import Mail, MailState

# Mails that have left, or may have. What never left can't come back.
_LEFT = (MailState.SENT, MailState.SENDING)


@dataclass(frozen=True)
class Address:
    """A person whose mail comes back: since when, why in our words, and what the server said."""

    person: Person
    since: datetime | None
    why: str
    words: str
    times: int


def mail_that_left(session: Session, message_ids: Sequence[str]) -> Mail | None:
    """The first of these that is a mail of ours which was handed to a mail server, locked."""
    query = select(Mail).where(Mail.message_id.in_(message_ids), Mail.state.in_(_LEFT))
    # Mails ahead of their people and the oldest first: the order in which a worker locks them too.
    query = locked(query.order_by(Mail.id), of=Mail).execution_options(populate_existing=True)
    found = {mail.message_id: mail for mail in session.scalars(query)}
    return next((found[each] for each in message_ids if each in found), None)


def bounce_of(session: Session, mail_id: int) -> Bounce | None:
    """What is known already about this mail's coming back."""
    return session.scalar(select(Bounce).where(Bounce.mail_id == mail_id))


def unsettled_days(
    session: Session, mails: Iterable[int], time_zone: str
) -> list[tuple[BounceKind, date]]:
    """Kind and local day of the bounces of these mails that nobody has settled."""
    query = select(Bounce.kind, Bounce.at).where(
        Bounce.mail_id.in_(list(mails)), Bounce.settled_at.is_(None)
    )
    return [(row[0], local_date(row[1], time_zone)) for row in session.execute(query)]


def bounced_mails_to(session: Session, person: Person) -> list[int]:
    """The mails to the address that this person has now which came back."""
    query = select(Bounce.mail_id).where(
        Bounce.person_id == person.id, Bounce.address == person.email
    )
    return list(session.scalars(query))


def last_settled(session: Session, person: Person) -> datetime | None:
    """When somebody last said that the present address of this person works again."""
    query = select(func.max(Bounce.settled_at)).where(
        Bounce.person_id == person.id, Bounce.address == person.email
    )
    return session.scalar(query)


def bounced_mails_of_subscription(session: Session, mail: Mail) -> list[int]:
    """The mails to the same subscriber as `mail` which came back."""
    query = (
        select(Bounce.mail_id).join(Bounce.mail).where(Mail.subscription_id == mail.subscription_id)
    )
    return list(session.scalars(query))


def dead_addresses(session: Session) -> list[Address]:
    """Everybody here whose address is marked as dead, by name. Three reads, however many people."""
    dead = select(Person).where(Person.active, Person.is_bounced).order_by(Person.name, Person.id)
    people = list(session.scalars(dead))
    bounces = _bounces_of(session, people, since=None)
    refused = _refused_at_once(session, [each.id for each in people if each.id not in bounces])
    return [
        _address(person, bounces[person.id])
        if person.id in bounces
        else _refused(person, refused.get(person.id))
        for person in people
    ]


def doubtful_addresses(session: Session, *, now: datetime) -> list[Address]:
    """Everybody to whom mail came back lately but whose address is still written to, by name."""
    query = (
        select(Person)
        .join(Bounce, Bounce.person_id == Person.id)
        .where(
            Person.active,
            Person.is_bounced.is_(False),
            Bounce.address == Person.email,
            Bounce.settled_at.is_(None),
            Bounce.at > now - SOFT_WITHIN,
        )
        .order_by(Person.name, Person.id)
    )
    people = list(session.scalars(query).unique())
    bounces = _bounces_of(session, people, since=now - SOFT_WITHIN)
    return [_address(person, bounces[person.id]) for person in people]


def _bounces_of(
    session: Session, people: list[Person], since: datetime | None
) -> dict[int, list[Bounce]]:
    """The unsettled bounces of each person's present address, oldest first."""
    query = select(Bounce).where(
        Bounce.person_id.in_([person.id for person in people]), Bounce.settled_at.is_(None)
    )
    if since is not None:
        query = query.where(Bounce.at > since)
    addresses = {person.id: person.email for person in people}
    found: dict[int, list[Bounce]] = {}
    for bounce in session.scalars(query.order_by(Bounce.at, Bounce.id)):
        if bounce.person_id is not None and bounce.address == addresses[bounce.person_id]:
            found.setdefault(bounce.person_id, []).append(bounce)
    return found


def _refused_at_once(session: Session, people: list[int]) -> dict[int, Mail]:
    """The last mail to each of them that a server refused while it was handed over."""
    last = (
        select(func.max(Mail.id))
        .where(Mail.recipient_id.in_(people), Mail.state == MailState.FAILED)
        .group_by(Mail.recipient_id)
    )
    mails = session.scalars(select(Mail).where(Mail.id.in_(last)))
    return {mail.recipient_id: mail for mail in mails if mail.recipient_id is not None}


def _address(person: Person, bounces: list[Bounce]) -> Address:
    gravest = next((each for each in bounces if each.kind is BounceKind.GONE), bounces[-1])
    return Address(person, bounces[0].at, KIND_LABELS[gravest.kind], gravest.words, len(bounces))


def _refused(person: Person, mail: Mail | None) -> Address:
    why = "The mail server refused it" if mail else "What the mail server said isn't kept any more"
    return Address(
        person, mail.queued_at if mail else None, why, mail.last_error if mail else "", 1
    )


def mailbox(session: Session) -> BounceMailbox | None:
    """How the mailbox for bounces stands; None if none was ever read."""
    return session.get(BounceMailbox, 1)
