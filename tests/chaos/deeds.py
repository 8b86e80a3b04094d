"""What is done while somebody is killed at a failpoint: everything that has one, and what it must come to.

Each deed is begun afresh, done by a process that is killed, and done once more, as the person, the
worker or the mail provider would. Then what it was to come to must be there, and be there once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Protocol

from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tests.bounces.letters import bounce
from tests.bounces.scenes import sent_to
from tests.bounces.server import PASSWORD, USER, Box
from tests.chaos.certificates import Certificates
from tests.chaos.hostile_smtp import PASSWORD as SMTP_PASSWORD
from tests.chaos.hostile_smtp import USER as SMTP_USER
from tests.chaos.ledger import Entry, entries_from
from tests.chaos.processes import Talker
from tracker.accounts.models import Person
from tracker.actions.models import ActionVersion
from tracker.bounces.models import Bounce
from tracker.bounces.worker import look_for_bounces
from tracker.clock import local_date, local_moment
from tracker.consultations.models import Consultation
from tracker.db import Base, current_session
from tracker.mail.smtp import SmtpTransport
from tracker.reminders.models import Case, Mail, MailState, Reminder, ReminderState
from tracker.reminders.scheduler import PARTS
from tracker.reminders.worker import tick
from tracker.responses.models import SurveyResponse
from tracker.safeguarding.models import Flag
from tracker.working_days import Nation, is_working_day

ZONE = "Europe/London"
FIRST_DAY = local_moment(date(2026, 1, 8), time(9), ZONE)
# From one of these on, the mail server may have taken a mail that isn't recorded as sent.
AFTER_ACCEPTANCE = ("smtp.dot.said", "smtp.dot.answered", "sent.done", "any.done")


@dataclass
class Bed:
    """What all deeds have in common."""

    app: Flask
    settings: Config
    session: Session
    postbox: Talker
    box: Box  # where bounces come to
    folder: Path
    day: datetime = FIRST_DAY

    def later(self) -> datetime:
        """The next moment at which reminders are sent, forty minutes after the last one or more."""
        moment = self.day + timedelta(minutes=40)
        while not _is_in_hours(moment):
            moment += timedelta(minutes=40)
        self.day = moment
        return moment


def _is_in_hours(moment: datetime) -> bool:
    """With half an hour to spare."""
    opens = local_moment(local_date(moment, ZONE), time(9), ZONE)
    is_in_time = opens <= moment <= opens + timedelta(hours=6, minutes=30)
    return is_in_time and is_working_day(local_date(moment, ZONE), Nation.ENGLAND)


class Deed(Protocol):
    """Something to be killed in the midst of."""

    def begin(self) -> None:
        """Make what it needs, afresh."""

    def do(self) -> None:
        """Do it. In a process of its own."""

    def do_again(self) -> None:
        """Do it once more, after whoever did it was killed, as late as it is done in the field."""

    def problems(self, point: str) -> Iterator[str]:
        """What isn't as it has to be after all that. `point`: where it was killed, or ""."""


@dataclass
class Ticking:
    """Three consultations closed the day before: a tick reminds their three owners of them."""

    bed: Bed
    fault: str = ""  # what the mail server does wrong at the first go
    security: str = "starttls"
    _now: datetime = field(init=False)
    _ids: list[int] = field(init=False)
    _seen: int = field(init=False, default=0)  # of the mail server's ledger

    def begin(self) -> None:
        session, self._now = self.bed.session, self.bed.later()
        # Nobody is chased any more for what was made before: those mails would be ahead of these.
        left = update(Consultation).where(
            Consultation.opened_at.is_not(None), Consultation.withdrawn_at.is_(None)
        )
        why = "It was only made to be killed at."
        session.execute(left.values(withdrawn_at=self._now, withdrawn_reason=why))
        # Nor is anybody told of worries: that alert is urgent, and goes before these by itself.
        session.execute(update(Flag).values(acknowledged_at=self._now))
        closed_on = local_date(self._now, ZONE) - timedelta(days=1)
        while not is_working_day(closed_on, Nation.ENGLAND):
            closed_on -= timedelta(days=1)
        self._ids = [self._closed(closed_on) for _ in range(3)]
        session.commit()
        ledger = self.bed.folder / "server"
        self._seen = ledger.stat().st_size if ledger.exists() else 0
        self.bed.postbox.ask(f"behave {self.fault}".strip())

    def _closed(self, on: date) -> int:
        session = self.bed.session
        closed_at = local_moment(on + timedelta(days=1), time(0), ZONE)
        consultation = make.make_consultation(
            session, closes_on=on, opened_at=closed_at - timedelta(days=14), closed_at=closed_at
        )
        make.make_response(session, make.make_survey(session, consultation))
        return consultation.id

    def do(self) -> None:
        self._tick(self._now)

    def do_again(self) -> None:
        """When a lease is over, and the pause after a try."""
        self._tick(self._now + timedelta(minutes=10))

    def _tick(self, now: datetime) -> None:
        signs_in = self.security == "starttls"
        transport = SmtpTransport(
            host="127.0.0.1",
            port=int(self.bed.postbox.first),
            security=self.security,
            user=SMTP_USER if signs_in else "",
            password=SMTP_PASSWORD if signs_in else "",
            context=Certificates(self.bed.folder).trusting,
        )
        app = self.bed.app
        with app.app_context():
            tick(
                current_session(),
                transport,
                self.bed.settings,
                clock=lambda: now,
                parts_above=app.extensions[PARTS],
            )

    def mend(self) -> None:
        self.bed.postbox.ask("behave")

    def problems(self, point: str) -> Iterator[str]:
        session = self.bed.session
        arrived = entries_from(self.bed.folder / "server", self._seen)
        kept = [each for each in arrived if each["is_kept"]]
        query = (
            select(Reminder)
            .join(Case, Case.id == Reminder.case_id)
            .where(Case.consultation_id.in_(self._ids))
        )
        reminders = list(session.scalars(query))
        if len({each.case.consultation_id for each in reminders}) != 3 or len(reminders) != 3:
            yield f"{len(reminders)} reminders for 3 consultations"
        for each in reminders:
            yield from self._problems_of(each, kept)
        copies = len(kept) - len({each["message_id"] for each in kept})
        if copies > (point in AFTER_ACCEPTANCE):
            yield f"{copies} copies"

    def _problems_of(self, reminder: Reminder, kept: list[Entry]) -> Iterator[str]:
        mail = reminder.mail
        if mail is None or reminder.state is ReminderState.WAITING:
            yield f"a reminder is {reminder.state}"
            return
        same = [each for each in kept if each["message_id"] == mail.message_id]
        if reminder.state is ReminderState.SENT and not (mail.state is MailState.SENT and same):
            yield f"a reminder counts as sent, its mail is {mail.state}, {len(same)} arrived"
        if reminder.state is not ReminderState.SENT and not (reminder.reason and self.fault):
            yield f"a reminder is {reminder.state}: {reminder.reason}"
        if len({each["digest"] for each in same}) > 1:
            yield "a mail arrived again with other bytes"


@dataclass
class Bouncing:
    """A mail came back, and lies in the mailbox for bounces."""

    bed: Bed
    _person: Person = field(init=False)
    _mail: Mail = field(init=False)
    _now: datetime = field(init=False)

    def begin(self) -> None:
        session, self._now = self.bed.session, self.bed.later()
        self._person = make.make_person(session)
        self._mail = sent_to(session, self._person, sent_at=self._now - timedelta(hours=1))
        letter = bounce(self._mail.message_id, self._person.email)
        session.commit()
        self.bed.box.put(letter)

    def do(self) -> None:
        self._look(self._now)

    def do_again(self) -> None:
        self._look(self._now + timedelta(minutes=20))

    def _look(self, now: datetime) -> None:
        own = replace(
            self.bed.settings,
            bounce_imap_host="127.0.0.1",
            bounce_imap_port=self.bed.box.port,
            bounce_imap_security="none",
            bounce_imap_user=USER,
            bounce_imap_password=PASSWORD,
        )
        with self.bed.app.app_context():
            look_for_bounces(current_session(), own, lambda: now)

    def problems(self, point: str) -> Iterator[str]:
        session = self.bed.session
        taken = session.scalar(select(func.count()).where(Bounce.mail_id == self._mail.id))
        if taken != 1 or not session.get_one(Person, self._person.id).is_bounced:
            yield f"{taken} bounces were taken"


Prepare = Callable[[Bed], Callable[[], None]]


class Once:
    """A deed that adds or changes rows, once: as many as it does when nobody disturbs it."""

    def __init__(self, bed: Bed, prepare: Prepare) -> None:
        self.bed, self._prepare = bed, prepare
        self._before: dict[str, int] = {}
        self.expected: dict[str, int] | None = None  # known after it was done in peace

    def begin(self) -> None:
        self._act = self._prepare(self.bed)
        self.bed.session.commit()
        self._before = self._counts()

    def do(self) -> None:
        self._act()

    def do_again(self) -> None:
        self._act()

    def problems(self, point: str) -> Iterator[str]:
        now = self._counts()
        done = {name: now[name] - was for name, was in self._before.items() if now[name] != was}
        if self.expected is None:
            self.expected = done
            if not done:
                yield "it does nothing even when nobody disturbs it"
        elif done != self.expected:
            yield f"it came to {done} and not to {self.expected}"

    def _counts(self) -> dict[str, int]:
        session = self.bed.session
        tables = Base.metadata.sorted_tables
        found = {
            each.name: session.scalar(select(func.count()).select_from(each)) or 0
            for each in tables
        }
        # Deeds that change a row and add none are seen by what they change.
        found["versions stopped"] = _count(session, ActionVersion.stopped_at.is_not(None))
        found["answers taken back"] = _count(session, SurveyResponse.withdrawn_on.is_not(None))
        found["answers corrected"] = _count(session, SurveyResponse.corrected_on.is_not(None))
        session.rollback()
        return found


def _count(session: Session, condition: Any) -> int:
    return session.scalar(select(func.count()).where(condition)) or 0
