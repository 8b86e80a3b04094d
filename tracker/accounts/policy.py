"""Who may do what: the one table that every staff page asks.

Pure: an `Actor` and a service's id in, a yes or no out. Nothing here reads a database or a request.
"""

from dataclasses import dataclass
from enum import StrEnum


class RoleName(StrEnum):
    """Roles given to a person for the whole organisation.

    Service owner, deputy and escalation contact aren't given: they follow from the services.
    """

    ADMINISTRATOR = "administrator"
    PARTICIPATION_LEAD = "participation_lead"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    VIEWER = "viewer"


ROLE_LABELS = {
    RoleName.ADMINISTRATOR: "Administrator",
    RoleName.PARTICIPATION_LEAD: "Participation lead",
    RoleName.SAFEGUARDING_LEAD: "Safeguarding lead",
    RoleName.VIEWER: "Viewer",
}
ROLE_MEANINGS = {
    RoleName.ADMINISTRATOR: "looks after people, services and settings; doesn't read answers",
    RoleName.PARTICIPATION_LEAD: "sees and can do everything for participation, except safeguarding",
    RoleName.SAFEGUARDING_LEAD: "the only one who reads answers set aside as a safeguarding worry",
    RoleName.VIEWER: "sees how every loop stands, changes nothing and reads no answers",
}


class Act(StrEnum):
    """Everything a member of staff can do that not everybody may."""

    # For the whole organisation
    MANAGE_PEOPLE = "manage_people"
    MANAGE_SERVICES = "manage_services"
    MANAGE_SETTINGS = "manage_settings"
    SEE_OPEN_LOOPS = "see_open_loops"
    SEE_OUTBOX = "see_outbox"
    SET_CADENCE = "set_cadence"
    READ_SAFEGUARDING = "read_safeguarding"
    SET_SAFEGUARDING = "set_safeguarding"
    # Every signed-in person
    USE_DESK = "use_desk"
    # For one service
    SEE_CONSULTATION = "see_consultation"
    EDIT_CONSULTATION = "edit_consultation"
    OPEN_AND_CLOSE = "open_and_close"
    WITHDRAW = "withdraw"
    READ_RESPONSES = "read_responses"
    CODE_RESPONSES = "code_responses"
    RECORD_ACTION = "record_action"
    PUBLISH_ACTION = "publish_action"
    STOP_PUBLICATION = "stop_publication"
    HAND_OVER = "hand_over"
    SNOOZE = "snooze"


class Tie(StrEnum):
    """How a person is tied to one service."""

    OWNER = "owner"
    DEPUTY = "deputy"
    CONTACT = "escalation_contact"


Standing = RoleName | Tie

_ADMIN = RoleName.ADMINISTRATOR
_LEAD = RoleName.PARTICIPATION_LEAD
_TEAM: frozenset[Standing] = frozenset({_LEAD, Tie.OWNER, Tie.DEPUTY})
_WATCHERS: frozenset[Standing] = frozenset({_ADMIN, RoleName.VIEWER, Tie.CONTACT})

# Act → the roles, and the ties to the service in question, that carry it.
ALLOWED: dict[Act, frozenset[Standing]] = {
    Act.MANAGE_PEOPLE: frozenset({_ADMIN}),
    Act.MANAGE_SERVICES: frozenset({_ADMIN}),
    Act.MANAGE_SETTINGS: frozenset({_ADMIN}),
    Act.SEE_OPEN_LOOPS: frozenset({_ADMIN, _LEAD, RoleName.VIEWER}),
    Act.SEE_OUTBOX: frozenset({_ADMIN, _LEAD}),
    Act.SET_CADENCE: frozenset({_ADMIN, _LEAD}),
    Act.READ_SAFEGUARDING: frozenset({RoleName.SAFEGUARDING_LEAD}),
    Act.SET_SAFEGUARDING: frozenset({RoleName.SAFEGUARDING_LEAD, _ADMIN}),
    Act.USE_DESK: frozenset(),  # decided in `may`: everybody who is signed in and active
    Act.SEE_CONSULTATION: _TEAM | _WATCHERS,
    Act.EDIT_CONSULTATION: _TEAM,
    Act.OPEN_AND_CLOSE: _TEAM,
    Act.WITHDRAW: frozenset({_LEAD, Tie.OWNER}),
    Act.READ_RESPONSES: _TEAM,
    Act.CODE_RESPONSES: _TEAM,
    Act.RECORD_ACTION: _TEAM,
    Act.PUBLISH_ACTION: _TEAM,
    Act.STOP_PUBLICATION: _TEAM | {Tie.CONTACT},
    Act.HAND_OVER: frozenset({_LEAD, _ADMIN, Tie.OWNER, Tie.CONTACT}),
    Act.SNOOZE: _TEAM,
}


@dataclass(frozen=True)
class Actor:
    """A member of staff as the policy sees them: roles, and ties to services by service id."""

    person_id: int
    is_active: bool
    roles: frozenset[RoleName] = frozenset()
    owns: frozenset[int] = frozenset()
    deputises: frozenset[int] = frozenset()
    is_contact_of: frozenset[int] = frozenset()

    def ties(self, service_id: int) -> frozenset[Tie]:
        """The ties of this person to one service."""
        held = {
            Tie.OWNER: self.owns,
            Tie.DEPUTY: self.deputises,
            Tie.CONTACT: self.is_contact_of,
        }
        return frozenset(tie for tie, services in held.items() if service_id in services)


def may(actor: Actor, act: Act, service_id: int | None = None) -> bool:
    """Whether `actor` may do `act`, for the service `service_id` where the act concerns one."""
    if not actor.is_active:
        return False
    if act is Act.USE_DESK:
        return True
    held: frozenset[Standing] = actor.roles
    if service_id is not None:
        held = held | actor.ties(service_id)
    return bool(ALLOWED[act] & held)


def may_somewhere(actor: Actor, act: Act) -> bool:
    """Whether `actor` may do `act` for at least one service (to show or hide a menu entry)."""
    services = actor.owns | actor.deputises | actor.is_contact_of
    return may(actor, act) or any(may(actor, act, service) for service in services)


def lockout(
    own: bool, was: frozenset[RoleName], becomes: frozenset[RoleName], other_admins: int
) -> str | None:
    """Why a change of roles (or, with `becomes` empty, a departure) would lock the organisation out.

    `own`: the person changes themself. `other_admins`: active administrators besides them.
    """
    loses = RoleName.ADMINISTRATOR in was and RoleName.ADMINISTRATOR not in becomes
    if not loses or other_admins:
        return None
    who = "You are" if own else "This person is"
    return (
        f"{who} the last administrator. Make somebody else an administrator first; "
        "without one nobody could add people or change settings."
    )
