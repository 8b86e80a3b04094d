"""A year of reminders for 200 consultations in 20 services: would you keep your job and your temper?

Owners are good (most read the answers while they come in and answer within a week, the others long before
the promise), busy (they act after one to three mails) or lazy (some days after their manager was told;
one in five only after the participation lead was).
Some ask for more time, some promise a date for an action and keep it in the same way, some
consultations get no answer, and some changes are denied. The clock is walked through the year with
the real tick, four times a day, and everything that people do is done by the product's operations.

Judged by what staff said of other systems that nag, and by what a working week holds:

* An owner has some 20 working days a month and one to three loops at a time. One mail a week is company,
  two are still read, three go into a folder by a rule. So: the middle month at most 4 mails, nine of ten
  months at most 8, never more than 12.
* A deputy covers for somebody. The middle month at most 2, nine of ten at most 4, never more than 8.
* A manager hears only of what went wrong. The middle month at most 2, nine of ten at most 6, never more
  than 10: a mail every other day would make it the manager's own job.
* A participation lead looks after 200 loops, and that is the job. The middle month at most 10, nine of
  ten at most 15, and never one on every working day: at most 18.
* A mail with more than seven things to do isn't read to its end; a lead's, who reads a list, may have 15.
* Good owners must be left alone: at most 2 mails for one of their loops in the middle.

    python -m bench.year                      both databases, which have to give the same figures
    python -m bench.year --consultations 50 --database sqlite --seed 3
"""

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from statistics import median, quantiles

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.serving import DATABASES, Site, site
from tests import factories as make
from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.actions.models import Action
from tracker.actions.operations import publish, record_action, revise_action
from tracker.actions.policy import ActionDraft, Outcome
from tracker.clock import local_moment, seconds_running
from tracker.consultations.models import Consultation
from tracker.db import db
from tracker.mail.transport import MemoryTransport
from tracker.opening.operations import withdraw_consultation
from tracker.reminders.models import Case, Mail, MailState
from tracker.reminders.operations import snooze
from tracker.reminders.policy import CaseKind, Step
from tracker.reminders.worker import tick
from tracker.responses.models import SurveyResponse
from tracker.services.models import Service
from tracker.themes.models import Theme
from tracker.themes.operations import add_theme, code_responses
from tracker.verdicts.operations import give_verdict_at_kiosk
from tracker.verdicts.policy import VerdictValue
from tracker.working_days import Nation, is_working_day

CONSULTATIONS, SERVICES = 200, 20
FIRST, DAYS = date(2026, 1, 5), 365
ZONE = "Europe/London"
TICKS_AT = (time(0, 10), time(9), time(12), time(15, 45))
WORKS_AT = time(11)
FEWEST_TO_DENY = 5
MANNERS = ("lazy", "busy", "good")
SHARES = (30, 45, 25)
NATIONS = tuple(Nation)

# role → the most mails in the middle month, in nine of ten months, and in any; things in one mail
LIMITS = {
    "owner": (4, 8, 12, 7),
    "deputy": (2, 4, 8, 7),
    "contact": (2, 6, 10, 7),
    "lead": (10, 15, 18, 15),
}
MOST_FOR_GOOD = 2


@dataclass
class Loop:
    """One consultation and how its owner goes about it."""

    number: int
    service_id: int
    owner_id: int
    manner: str
    opens_on: date
    closes_on: date
    answers: int
    patience: int  # mails that it takes, or days
    delay: int  # days between the decision to do it and the doing
    plans: bool  # promises a date instead of a change
    is_denied: bool
    asks_for_time: bool
    id: int = 0
    survey_id: int = 0
    does_it_on: date | None = None
    is_read: bool = False
    is_answered: bool = False
    is_finished: bool = False
    reads_at_once: bool = False  # reads the answers while they come in
    heard: Counter[Step] = field(default_factory=Counter)  # of it since the owner last acted

    def hears(self, step: Step, role: str, today: date) -> None:
        """A mail about it has come: each counts for the owner, others' only as what they were told."""
        if role == "owner" or step in (Step.ESCALATE_MANAGER, Step.ESCALATE_LEAD):
            self.heard[step] += 1
        if self.does_it_on is None and self._is_moved():
            self.does_it_on = today + timedelta(days=self.delay)

    def _is_moved(self) -> bool:
        if self.manner == "lazy":
            step = Step.ESCALATE_LEAD if self.patience == 5 else Step.ESCALATE_MANAGER
            return self.heard[step] > 0
        return sum(self.heard.values()) >= self.patience

    def acted(self) -> None:
        self.heard.clear()
        self.does_it_on = None


@dataclass
class Year:
    """What the year brought, in figures that both databases have to agree on."""

    mails: dict[tuple[str, int, str], int] = field(default_factory=lambda: defaultdict(int))
    lines: dict[tuple[str, int, date], int] = field(default_factory=dict)
    closed_by: Counter[str] = field(default_factory=Counter)
    stood_open: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    for_loop: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    still_open: int = 0


def months() -> list[str]:
    return sorted({f"{FIRST + timedelta(days=n):%Y-%m}" for n in range(DAYS)})


@dataclass
class Town:
    """The organisation in which the year is lived."""

    session: Session
    place: Site
    random: Random
    post: MemoryTransport = field(default_factory=MemoryTransport)
    roles: dict[int, str] = field(default_factory=dict)
    loops: list[Loop] = field(default_factory=list)
    by_id: dict[int, Loop] = field(default_factory=dict)
    read_until: int = 0
    year: Year = field(default_factory=Year)

    def settle(self, consultations: int) -> None:
        session, random = self.session, self.random
        make.make_organisation(
            session, goes_live_on=FIRST - timedelta(days=30), reopens_at_judging=FEWEST_TO_DENY
        )
        leads = [self._person("lead", n, RoleName.PARTICIPATION_LEAD) for n in range(2)]
        assert all(leads)
        contacts = [self._person("contact", n) for n in range(8)]
        deputies = [self._person("deputy", n) for n in range(20)]
        manners = random.choices(MANNERS, SHARES, k=SERVICES)
        for n in range(SERVICES):
            owner = self._person("owner", n)
            service = make.make_service(
                session,
                name=f"Service {n}",
                nation=NATIONS[n % 4],
                owner=owner,
                escalation_contact=contacts[n % 8],
                deputies=[deputies[n], deputies[(n + 1) % 20]][: 1 + n % 2],
            )
            share = consultations // SERVICES
            self.loops += [
                self._loop(n * share + each, service, manners[n]) for each in range(share)
            ]
        session.commit()

    def _person(self, role: str, number: int, *roles: RoleName) -> Person:
        person = make.make_person(self.session, f"{role} {number:02}", *roles)
        self.roles[person.id] = role
        return person

    def _loop(self, number: int, service: Service, manner: str) -> Loop:
        random = self.random
        opens_on = FIRST + timedelta(days=random.randrange(DAYS * 3 // 4))
        assert service.owner_id is not None
        return Loop(
            number=number,
            service_id=service.id,
            owner_id=service.owner_id,
            manner=manner,
            opens_on=opens_on,
            closes_on=opens_on + timedelta(days=random.randrange(10, 29)),
            answers=0 if random.random() < 0.05 else random.randrange(3, 12),
            patience=random.randrange(1, 4) if manner == "busy" else random.randrange(1, 6),
            delay=random.randrange(1, 12),
            plans=random.random() < 0.25,
            is_denied=random.random() < 0.04,
            reads_at_once=manner == "good" and random.random() < 0.7,
            asks_for_time=manner == "busy" and random.random() < 0.2,
        )

    def live(self) -> Year:
        for day in (FIRST + timedelta(days=n) for n in range(DAYS)):
            self._begin(day)
            for at in sorted((*TICKS_AT, WORKS_AT)):
                now = local_moment(day, at, ZONE)
                if at != WORKS_AT:
                    self._tick(now)
                elif is_working_day(day, Nation.ENGLAND):
                    self._work(day, now)
            self._read(day)
        self._count_loops()
        return self.year

    def _tick(self, now: datetime) -> None:
        tick(self.session, self.post, self.place.settings, clock=lambda: now)

    def _begin(self, day: date) -> None:
        for loop in (each for each in self.loops if each.opens_on == day):
            row = make.make_consultation(
                self.session,
                title=f"Question {loop.number}",
                service=self.session.get_one(Service, loop.service_id),
                opened_at=datetime.combine(day, time(8), UTC),
                closes_on=loop.closes_on,
                promise_on=loop.closes_on + timedelta(days=84),
            )
            survey = make.make_survey(self.session, row)
            for _ in range(loop.answers):
                make.make_response(self.session, survey)
            loop.id, loop.survey_id = row.id, survey.id
            self.by_id[row.id] = loop
            if loop.manner == "good":
                wait = loop.delay // 2 if loop.reads_at_once else 7 + 4 * loop.delay
                loop.does_it_on = loop.closes_on + timedelta(days=1 + wait)
        self.session.commit()

    # --- What owners do ---

    def _work(self, day: date, now: datetime) -> None:
        for loop in self.loops:
            if loop.reads_at_once and not loop.is_read and loop.closes_on == day and loop.answers:
                self._hear(loop, now)
            if loop.is_finished or loop.does_it_on is None or loop.does_it_on > day:
                continue
            if loop.asks_for_time and self._ask_for_time(loop, day, now):
                continue
            self._act(loop, day, now)
            self.session.commit()

    def _ask_for_time(self, loop: Loop, day: date, now: datetime) -> bool:
        """Once, and the days asked for are used up."""
        loop.asks_for_time = False
        query = select(Case).where(
            Case.consultation_id == loop.id, Case.kind == CaseKind.UNTOLD, Case.closed_at.is_(None)
        )
        case = self.session.scalar(query)
        if case is None:
            return False
        until = day + timedelta(days=14)
        snooze(self.session, case, until, "Sick leave.", person_id=loop.owner_id, now=now)
        self.session.commit()
        loop.does_it_on = until
        return True

    def _act(self, loop: Loop, day: date, now: datetime) -> None:
        session, who = self.session, loop.owner_id
        consultation = session.get_one(Consultation, loop.id)
        loop.acted()
        if not loop.answers:
            withdraw_consultation(session, consultation, "Nobody answered.", person_id=who, now=now)
            loop.is_finished = True
        elif not loop.is_answered:
            theme = self._hear(loop, now)
            draft = self._plan(day) if loop.plans else self._change(day)
            version = record_action(session, consultation, [theme], draft, person_id=who, now=now)
            publish(session, version, person_id=who, now=now)
            self._afterwards(loop, version.action, day, now)
        else:
            action = session.scalars(select(Action).where(Action.consultation_id == loop.id)).one()
            version = revise_action(session, action, self._change(day), person_id=who, now=now)
            publish(session, version, person_id=who, now=now)
            loop.plans = False
            self._afterwards(loop, action, day, now)

    def _hear(self, loop: Loop, now: datetime) -> Theme:
        session, who = self.session, loop.owner_id
        consultation = session.get_one(Consultation, loop.id)
        theme = add_theme(session, consultation, "The bus is late", person_id=who, now=now)
        query = select(SurveyResponse).where(SurveyResponse.consultation_id == loop.id)
        code_responses(session, list(session.scalars(query)), [theme], person_id=who, now=now)
        session.commit()
        loop.is_read = True
        return theme

    def _afterwards(self, loop: Loop, action: Action, day: date, now: datetime) -> None:
        """The answer is public: what is owed after it, if anything."""
        loop.is_answered = True
        if loop.plans:
            if loop.manner == "good":
                loop.does_it_on = day + timedelta(days=40)
            return
        if loop.is_denied:
            loop.is_denied = False
            for _ in range(FEWEST_TO_DENY):
                give_verdict_at_kiosk(self.session, action, VerdictValue.NO, now=now)
            if loop.manner == "good":
                loop.does_it_on = day + timedelta(days=10)
            return
        loop.is_finished = True

    def _plan(self, day: date) -> ActionDraft:
        return ActionDraft(
            Outcome.PLANNED, "A later bus will run.", due_on=day + timedelta(days=45)
        )

    def _change(self, day: date) -> ActionDraft:
        return ActionDraft(Outcome.DONE, "The last bus leaves at half past nine.", changed_on=day)

    # --- What they read ---

    def _read(self, day: date) -> None:
        query = select(Mail).where(Mail.state == MailState.SENT, Mail.id > self.read_until)
        mails = list(self.session.scalars(query.order_by(Mail.id)))
        for mail in (m for m in mails if m.sent_at is not None and m.sent_at.date() == day):
            assert mail.recipient_id is not None
            role = self.roles[mail.recipient_id]
            self.year.mails[role, mail.recipient_id, f"{day:%Y-%m}"] += 1
            self.year.lines[role, mail.recipient_id, day] = max(1, len(mail.reminders))
            for reminder in mail.reminders:
                loop = self.by_id[reminder.case.consultation_id]
                loop.hears(reminder.step, role, day)
        waiting = select(Mail.id).where(Mail.state.in_((MailState.WAITING, MailState.SENDING)))
        first = self.session.scalar(waiting.order_by(Mail.id).limit(1))
        last = self.session.scalar(select(Mail.id).order_by(Mail.id.desc()).limit(1)) or 0
        self.read_until = last if first is None else first - 1
        self.session.commit()

    def _count_loops(self) -> None:
        manners = {loop.id: loop.manner for loop in self.loops}
        for case in self.session.scalars(select(Case).order_by(Case.id)):
            sent = [r for r in case.reminders if r.state == "sent"]
            to_owner = [r for r in sent if self.roles[r.recipient_id] == "owner"]
            if case.kind is not CaseKind.UNTOLD:
                continue
            manner = manners[case.consultation_id]
            if case.closed_at is None:
                self.year.still_open += 1
                continue
            last = str(sent[-1].step) if sent else "without a mail"
            self.year.closed_by[last] += 1
            self.year.stood_open[manner].append((case.closed_at - case.opened_at).days)
            self.year.for_loop[manner].append(len(to_owner))


def figures_of(place: Site, consultations: int, seed: int) -> Year:
    with place.app.app_context(), Session(db.engine) as session:
        town = Town(session, place, Random(seed))
        town.settle(consultations)
        found = town.live()
        session.commit()
    return found


def spread(counts: Sequence[int]) -> tuple[float, float, int]:
    """The middle, the ninth decile and the most."""
    return median(counts), quantiles(counts, n=10, method="inclusive")[-1], max(counts)


def by_role(year: Year) -> Iterator[tuple[str, Sequence[int], int]]:
    """Of each role the mails of every person and month, months without one too; things in one mail."""
    people: dict[str, set[int]] = defaultdict(set)
    for role, person, _ in year.mails:
        people[role].add(person)
    for role in LIMITS:
        counts = [
            year.mails.get((role, person, month), 0)
            for person in sorted(people[role])
            for month in months()
        ]
        most = max((n for (r, _, _), n in year.lines.items() if r == role), default=0)
        yield role, counts or [0, 0], most


def judged(year: Year) -> list[str]:
    """What is more than anybody should bear."""
    found = []
    for role, counts, lines in by_role(year):
        figures, limits = (*spread(counts), lines), LIMITS[role]
        names = ("in the middle month", "in nine of ten months", "in a month", "things in one mail")
        for figure, limit, name in zip(figures, limits, names, strict=True):
            if figure > limit:
                found.append(f"{role}: {figure:g} {name}, more than {limit}")
    good = year.for_loop["good"]
    if good and median(good) > MOST_FOR_GOOD:
        found.append(
            f"good owners get {median(good):g} mails for a loop, more than {MOST_FOR_GOOD}"
        )
    return found


def report(year: Year) -> None:
    print(f"\n{'mails in a month':18}{'median':>8}{'90 %':>8}{'most':>8}{'things in one':>16}")
    for role, counts, lines in by_role(year):
        middle, ninth, most = spread(counts)
        print(f"{role:18}{middle:8g}{ninth:8.1f}{most:8}{lines:16}")
    (role, _, month), most = max(year.mails.items(), key=lambda each: each[1])
    print(f"the most: {most} to one {role} in {month}")
    (role, _, day), lines = max(year.lines.items(), key=lambda each: each[1])
    print(f"the worst day: {lines} things in the mail to one {role} on {day}")
    print(f"\n{'owners':10}{'loops':>8}{'days open':>12}{'longest':>10}{'mails to the owner':>22}")
    for manner in MANNERS:
        days, mails = year.stood_open[manner], year.for_loop[manner]
        if days:
            print(
                f"{manner:10}{len(days):8}{median(days):12g}{max(days):10}"
                f"{median(mails):14g} (most {max(mails)})"
            )
    print(f"{year.still_open} still open at the end of the year")
    closed = ", ".join(f"{step} {n}" for step, n in _in_order(year.closed_by.items()))
    print(f"told after: {closed}")


def _in_order(counts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    order = ["without a mail", *map(str, Step)]
    return sorted(counts, key=lambda each: order.index(each[0]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--consultations", type=int, default=CONSULTATIONS)
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    years: dict[str, Year] = {}
    for database in DATABASES if asked.database == "both" else (asked.database,):
        with (
            tempfile.TemporaryDirectory() as folder,
            site(Path(folder) / "site", database) as place,
        ):
            begun = seconds_running()
            years[database] = figures_of(place, asked.consultations, asked.seed)
            print(f"{database}: a year in {seconds_running() - begun:.0f} s", flush=True)
            with place.app.app_context():
                db.engine.dispose()
    year, *others = years.values()
    report(year)
    found = judged(year)
    if any(other != year for other in others):
        found.append("the databases give different figures")
    for each in found:
        print(f"FAILED: {each}")
    print("failed" if found else "passed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
