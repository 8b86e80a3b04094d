"""Writes to the organisation and its services.

Doesn't touch consultations: each keeps the owner it has until somebody hands it over.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.accounts.models import Person
from tracker.accounts.operations import PersonDraft, add_person
from tracker.accounts.policy import RoleName
from tracker.accounts.queries import active_people
from tracker.errors import Conflict, LoopkeeperError
from tracker.services.models import Organisation, Service
from tracker.services.policy import problems
from tracker.working_days import Nation


class NameTaken(Conflict):
    """Another service has this name."""


class AlreadySetUp(Conflict):
    """There is an organisation already; setting up again would take it over."""


class WrongPeople(LoopkeeperError):
    """The people named can't answer for a service together. `problems` says why, by field."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


@dataclass(frozen=True)
class ServiceDraft:
    """What an administrator says about a service; people by id."""

    name: str
    about: str
    nation: Nation
    owner_id: int
    escalation_contact_id: int
    deputy_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class OrganisationDraft:
    """The settings of the organisation."""

    name: str
    nation: Nation
    time_zone: str
    goes_live_on: date
    is_sending: bool = True
    reopens_at_judging: int = 8
    reopens_at_share: int = 50
    uses_chat: bool = False
    uses_notify: bool = False


def create_service(session: Session, draft: ServiceDraft) -> Service:
    """A new, active service. Raises `NameTaken` and `WrongPeople`."""
    service = Service(is_active=True)
    _fill(session, service, draft)
    session.add(service)
    session.flush()
    return service


def edit_service(session: Session, service: Service, draft: ServiceDraft) -> None:
    """Change what is known of a service and who answers for it. Raises like `create_service`."""
    _fill(session, service, draft)
    session.flush()


def close_service(session: Session, service: Service) -> None:
    """The service starts no new consultation. Those it has still need their answers."""
    service.is_active = False
    session.flush()


def reopen_service(session: Session, service: Service) -> None:
    service.is_active = True
    session.flush()


def set_up(session: Session, organisation: OrganisationDraft, administrator: PersonDraft) -> Person:
    """Make the organisation and its first administrator. Raises `AlreadySetUp` the second time."""
    if session.get(Organisation, 1) is not None:
        raise AlreadySetUp("The organisation is set up already. Sign in to change its settings.")
    kept = Organisation(id=1)
    session.add(kept)
    save_settings(session, kept, organisation)
    roles = administrator.roles | {RoleName.ADMINISTRATOR}
    draft = PersonDraft(administrator.name, administrator.email, administrator.job_title, roles)
    return add_person(session, draft)


def save_settings(session: Session, organisation: Organisation, draft: OrganisationDraft) -> None:
    """Change the organisation's settings."""
    organisation.name = draft.name
    organisation.nation = draft.nation
    organisation.time_zone = draft.time_zone
    organisation.goes_live_on = draft.goes_live_on
    organisation.is_sending = draft.is_sending
    organisation.reopens_at_judging = draft.reopens_at_judging
    organisation.reopens_at_share = draft.reopens_at_share
    organisation.uses_chat = draft.uses_chat
    organisation.uses_notify = draft.uses_notify
    session.flush()


def _fill(session: Session, service: Service, draft: ServiceDraft) -> None:
    _refuse_taken(session, draft.name, service.id)
    people = {person.id: person for person in active_people(session)}
    if wrong := problems(
        draft.owner_id, draft.escalation_contact_id, draft.deputy_ids, people.keys()
    ):
        raise WrongPeople(wrong)
    service.name = draft.name
    service.about = draft.about
    service.nation = draft.nation
    service.owner = people[draft.owner_id]
    service.escalation_contact = people[draft.escalation_contact_id]
    service.deputies = [people[person_id] for person_id in sorted(draft.deputy_ids)]


def _refuse_taken(session: Session, name: str, service_id: int | None) -> None:
    query = select(Service.id).where(func.lower(Service.name) == name.lower())
    if (holder := session.scalar(query)) is not None and holder != service_id:
        raise NameTaken(f"There is a service called {name} already. Choose another name.")
