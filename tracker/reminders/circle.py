"""The people around a consultation: whom a step goes to, and who of them mail can reach."""

from collections.abc import Iterable
from dataclasses import dataclass

from tracker.accounts.models import Person
from tracker.consultations.models import Consultation
from tracker.languages import gettext as _
from tracker.reminders.policy import Audience, Rule


@dataclass(frozen=True)
class Circle:
    """The people around a consultation, reachable or not."""

    owner: Person | None
    deputies: tuple[Person, ...]
    contact: Person | None
    leads: tuple[Person, ...]

    def of(self, audiences: Iterable[Audience]) -> list[Person]:
        """Everybody in `audiences`, each once, in that order."""
        groups: dict[Audience, tuple[Person | None, ...]] = {
            Audience.OWNER: (self.owner,),
            Audience.DEPUTIES: self.deputies,
            Audience.CONTACT: (self.contact,),
            Audience.LEADS: self.leads,
        }
        found = [person for audience in audiences for person in groups[audience] if person]
        return list(dict.fromkeys(found))

    def recipients(self, rule: Rule) -> list[Person]:
        """Whom a step goes to, reachable or not; if nobody it is for can be reached, its `or_else`."""
        addressed = self.of(rule.to)
        if not any(person.is_reachable for person in addressed):
            addressed += self.of(rule.or_else)
        return list(dict.fromkeys(addressed + self.of(rule.copy)))


def unreachable_because(person: Person) -> str:
    """Why no mail can reach `person`; empty if it can."""
    if not person.active:
        return _("%(name)s has left.", name=person.name)
    return _("Mail to %(name)s comes back.", name=person.name) if person.is_bounced else ""


def circle_of(consultation: Consultation, leads: tuple[Person, ...]) -> Circle:
    """The people around `consultation`; the leads are the same for all."""
    service = consultation.service
    return Circle(
        owner=consultation.owner,
        deputies=tuple(service.deputies),
        contact=service.escalation_contact,
        leads=leads,
    )
