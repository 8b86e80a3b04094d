"""The model: what people do, believed or refused by the plain rules of the domain. All in memory."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.machine.cadence import AS_IT_CAME, Cadence, Settings, cadence_of
from tests.machine.people import (
    ZONE,
    Answered,
    Case,
    Consultation,
    Deed,
    Denial,
    Mail,
    Person,
    Reminder,
    Service,
    Version,
)

A_DAY = timedelta(days=1)
# What was done doesn't become a plan, and what has begun wasn't there already.
NOT_ALLOWED = {("done", "planned"), ("done", "doing"), ("doing", "already")}


@dataclass
class Model:
    """Everything that is known, and the moment it is. Each deed says whether it was accepted."""

    now: datetime
    goes_live_on: date
    people: list[Person]
    services: list[Service]
    settings: Settings = AS_IT_CAME
    ticked_at: datetime | None = None
    is_sending: bool = True
    is_server_up: bool = True
    consultations: list[Consultation] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    reminders: list[Reminder] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(ZONE)).date()

    @property
    def leads(self) -> list[Person]:
        return [person for person in self.people if person.is_lead and person.is_here]

    def cadence(self, service: Service) -> Cadence:
        return cadence_of(self.settings, service.settings)

    # --- What is done to a consultation as a whole ---

    def open(self, service: Service, closes_on: date, promise_on: date) -> bool:
        people = (service.owner, service.contact)
        if not all(person.is_reachable for person in people) or people[0] is people[1]:
            return False
        number = len(self.consultations)
        self.consultations.append(
            Consultation(number, service, service.owner, self.now, closes_on, promise_on)
        )
        return True

    def close(self, consultation: Consultation, by: Person) -> bool:
        if not consultation.is_open:
            return False
        consultation.closed_at = min(self.now, end_of(consultation.closes_on))
        return True

    def extend(
        self, consultation: Consultation, closes_on: date, promise_on: date, by: Person
    ) -> bool:
        if consultation.is_withdrawn or closes_on < self.today:
            return False
        if consultation.is_open and closes_on <= consultation.closes_on:
            return False
        reaches = closes_on >= consultation.promise_on
        earliest = max(consultation.promise_on, closes_on, self.today)
        if reaches and (consultation.has_moved or promise_on <= earliest):
            return False
        consultation.closes_on, consultation.closed_at = closes_on, None
        if reaches:
            consultation.promise_on, consultation.has_moved = promise_on, True
        self._acted(consultation, by)
        return True

    def withdraw(self, consultation: Consultation, by: Person) -> bool:
        if consultation.is_withdrawn:
            return False
        consultation.is_withdrawn = True
        self._acted(consultation, by)
        return True

    def move_promise(self, consultation: Consultation, promise_on: date, by: Person) -> bool:
        earliest = max(consultation.promise_on, consultation.closes_on, self.today)
        if consultation.is_withdrawn or consultation.has_moved or promise_on <= earliest:
            return False
        consultation.promise_on, consultation.has_moved = promise_on, True
        self._acted(consultation, by)
        return True

    def hand_over(self, consultation: Consultation, to: Person, by: Person) -> bool:
        if consultation.is_withdrawn or not to.is_reachable:
            return False
        if to in (consultation.owner, consultation.service.contact):
            return False
        consultation.owner = to
        self._acted(consultation, by)
        return True

    # --- What young people say, and what becomes of it ---

    def answer(self, consultation: Consultation, by: Person) -> bool:
        """On a phone while it is open, on paper afterwards."""
        if consultation.is_withdrawn:
            return False
        consultation.answered.append(Answered())
        if consultation.is_closed:
            self._acted(consultation, by)
        return True

    def hear(
        self, consultation: Consultation, answered: Iterable[Answered], theme: int, by: Person
    ) -> bool:
        told = [each for each in answered if not each.is_aside]
        is_new = theme not in consultation.themes
        if is_new or any(theme not in each.themes for each in told):
            self._acted(consultation, by)
        consultation.themes.add(theme)
        for each in told:
            each.themes.add(theme)
        return True

    def set_aside(self, consultation: Consultation, answered: Answered, by: Person) -> bool:
        if not answered.is_aside:
            self._acted(consultation, by)
            answered.is_aside, answered.themes = True, set()
        return True

    def record(
        self, consultation: Consultation, themes: set[int], version: Version, by: Person
    ) -> bool:
        deed = Deed(themes)
        consultation.deeds.append(deed)
        return self._say(consultation, deed, version, by)

    def revise(self, consultation: Consultation, deed: Deed, version: Version, by: Person) -> bool:
        public = deed.public
        if public and deed.denial is None and (public.outcome, version.outcome) in NOT_ALLOWED:
            return False
        if deed.pending:
            deed.pending.is_stopped = True
        return self._say(consultation, deed, version, by)

    def _say(self, consultation: Consultation, deed: Deed, version: Version, by: Person) -> bool:
        if version.publishes_at is None:
            version.published_at = self.now
        deed.versions.append(version)
        self._acted(consultation, by)
        return True

    def stop(self, consultation: Consultation, deed: Deed, by: Person) -> bool:
        if not deed.pending:
            return False
        deed.pending.is_stopped = True
        self._acted(consultation, by)
        return True

    def deny(self, consultation: Consultation, deed: Deed) -> bool:
        """Enough young people say that it hasn't changed."""
        public = deed.public
        if public is None or public.changed_on is None:
            return False
        if all(denial.changed_on != public.changed_on for denial in deed.denials):
            number = deed.versions.index(public) + 1
            deed.denials.append(Denial(public.changed_on, number, self.today))
        return True

    def _acted(self, consultation: Consultation, by: Person) -> None:
        consultation.acts.append((self.now, by))

    # --- People and settings ---

    def staff(
        self, service: Service, owner: Person, contact: Person, deputies: list[Person]
    ) -> bool:
        people = [owner, contact, *deputies]
        if not all(person.is_here for person in people) or owner in (contact, *deputies):
            return False
        service.owner, service.contact, service.deputies = owner, contact, deputies
        return True

    def leave(self, person: Person) -> bool:
        person.is_here = False
        return True

    def come_back(self, person: Person) -> bool:
        person.is_here = True
        return True

    def die(self, person: Person) -> bool:
        """The address is given up: the next mail to it comes back."""
        person.is_dead = True
        return True

    def correct(self, person: Person) -> bool:
        person.is_dead = person.has_bounced = False
        return True

    def make_lead(self, person: Person, is_lead: bool) -> bool:
        person.is_lead = is_lead
        return True

    def set_cadence(self, service: Service | None, settings: Settings) -> bool:
        if service is None:
            self.settings = settings
        else:
            service.settings = settings
        return True

    def switch_sending(self, is_on: bool) -> bool:
        self.is_sending = is_on
        return True

    def switch_server(self, is_up: bool) -> bool:
        self.is_server_up = is_up
        return True


def end_of(day: date) -> datetime:
    """The midnight after this day, in Britain."""
    return start_of(day + A_DAY)


def start_of(day: date, at: time = time(0)) -> datetime:
    moment = datetime.combine(day, at, ZoneInfo(ZONE))
    return moment.astimezone(ZoneInfo("UTC"))
