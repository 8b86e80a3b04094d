"""The things of the model: people, services, consultations with what was said and done, cases, mails."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.machine.cadence import AS_IT_CAME, Settings
from tracker.working_days import Nation

ZONE = "Europe/London"
OPEN_OUTCOMES = ("planned", "doing")


@dataclass(eq=False)
class Person:
    number: int
    is_here: bool = True
    has_bounced: bool = False
    is_lead: bool = False
    is_dead: bool = False  # the address: the mail server says that nobody is there

    @property
    def is_reachable(self) -> bool:
        return self.is_here and not self.has_bounced


@dataclass(eq=False)
class Service:
    number: int
    nation: Nation
    owner: Person
    contact: Person
    deputies: list[Person]
    settings: Settings = AS_IT_CAME


@dataclass(eq=False)
class Answered:
    """One response: the themes it was put with, or that it was set aside."""

    themes: set[int] = field(default_factory=set)
    is_aside: bool = False


@dataclass(eq=False)
class Version:
    outcome: str
    due_on: date | None
    changed_on: date | None
    publishes_at: datetime | None
    published_at: datetime | None = None
    is_stopped: bool = False

    @property
    def waits(self) -> bool:
        return self.publishes_at is not None and not self.published_at and not self.is_stopped


@dataclass
class Denial:
    """Young people said that this change hasn't happened, when so many versions had been written."""

    changed_on: date
    after: int
    on: date


@dataclass(eq=False)
class Deed:
    """An action: its themes, what it said from version to version, and who denied it."""

    themes: set[int]
    versions: list[Version] = field(default_factory=list)
    denials: list[Denial] = field(default_factory=list)

    @property
    def public(self) -> Version | None:
        return next((v for v in reversed(self.versions) if v.published_at), None)

    @property
    def pending(self) -> Version | None:
        newest = self.versions[-1]
        return newest if newest.waits else None

    @property
    def denial(self) -> Denial | None:
        """The last denial, unless a new change or an honest answer was published since."""
        if not self.denials:
            return None
        last = self.denials[-1]
        for version in self.versions[last.after :]:
            is_new = version.outcome != "done" or version.changed_on != last.changed_on
            if version.published_at and version.outcome not in OPEN_OUTCOMES and is_new:
                return None
        return last

    @property
    def date_since(self) -> datetime | None:
        """Since when the public has been told the date by which it happens, if it has one now."""
        since, known = None, None
        for version in self.versions:
            if version.published_at is None:
                continue
            if version.due_on is None or version.due_on != known:
                since = version.published_at if version.due_on else None
            known = version.due_on
        return since


@dataclass(eq=False)
class Consultation:
    number: int
    service: Service
    owner: Person
    opened_at: datetime
    closes_on: date
    promise_on: date
    closed_at: datetime | None = None
    is_withdrawn: bool = False
    has_moved: bool = False
    answered: list[Answered] = field(default_factory=list)
    themes: set[int] = field(default_factory=set)
    deeds: list[Deed] = field(default_factory=list)
    acts: list[tuple[datetime, Person]] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and not self.is_withdrawn

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None and not self.is_withdrawn

    @property
    def is_told(self) -> bool:
        """Every answer was heard, and of every theme heard an answer is public."""
        heard = [each for each in self.answered if not each.is_aside]
        if not self.answered or not all(each.themes for each in heard):
            return False
        public = [deed.themes for deed in self.deeds if deed.public]
        return all(any(theme in told for told in public) for each in heard for theme in each.themes)

    @property
    def waits_for_mail(self) -> bool:
        """Whether an answer recorded by mail is about to appear."""
        return any(version.waits for deed in self.deeds for version in deed.versions)

    def owner_acted(self, now: datetime) -> bool:
        day = timedelta(hours=24)
        return any(who is self.owner and now - day < at <= now for at, who in self.acts)


@dataclass(eq=False)
class Case:
    kind: str
    of: Consultation
    deed: Deed | None
    opened_at: datetime
    closed: str = ""  # why; empty while it is open
    snoozes: list[date] = field(default_factory=list)
    reminders: list[Reminder] = field(default_factory=list)


@dataclass(eq=False)
class Reminder:
    case: Case
    step: str
    to: Person
    due_on: date
    state: str = "waiting"
    why: str = ""
    mail: Mail | None = None
    queued_at: datetime | None = None
    decided_at: datetime | None = None


@dataclass(eq=False)
class Mail:
    """One mail: reminders, or (without any) a notice that somebody asked for a pause."""

    number: int
    to: Person
    not_before: datetime
    queued_at: datetime
    is_notice: bool = False
    state: str = "waiting"
    day: date | None = None
    sent_at: datetime | None = None
    reminders: list[Reminder] = field(default_factory=list)
