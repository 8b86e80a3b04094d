"""The product, driven by the same deeds as the model: its own operations, its own tick, its own rows."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tests.machine.cadence import Settings
from tests.machine.model import Model
from tests.machine.people import Answered, Consultation, Deed, Person, Service, Version
from tracker.accounts.models import Person as PersonRow
from tracker.accounts.operations import PersonDraft, deactivate, edit_person, reactivate
from tracker.accounts.policy import RoleName
from tracker.actions.models import Action, Via
from tracker.actions.operations import publish, record_action, revise_action, stop
from tracker.actions.policy import ActionDraft, Outcome, ReasonCode
from tracker.cadence.operations import set_cadence, stamp_of
from tracker.consultations.models import Consultation as ConsultationRow
from tracker.consultations.operations import hand_over
from tracker.db import db
from tracker.errors import LoopkeeperError
from tracker.failpoints import at_each
from tracker.mail.errors import PermanentMailError, ServerUnavailable
from tracker.mail.transport import MemoryTransport
from tracker.opening.operations import (
    close_consultation,
    extend_consultation,
    move_promise,
    open_consultation,
    withdraw_consultation,
)
from tracker.reminders.cadences import cadences
from tracker.reminders.models import Case
from tracker.reminders.operations import snooze
from tracker.reminders.policy import CadenceSettings, CaseKind, Step, Timing
from tracker.reminders.worker import tick
from tracker.responses.models import SetAsideReason, Source, SurveyResponse
from tracker.responses.operations import submit_response, type_in_response
from tracker.services.models import Organisation
from tracker.services.models import Service as ServiceRow
from tracker.services.operations import ServiceDraft, edit_service
from tracker.surveys.models import Survey
from tracker.themes.models import Theme
from tracker.themes.operations import add_theme, code_responses, set_aside
from tracker.verdicts.operations import give_verdict_at_kiosk
from tracker.verdicts.policy import VerdictValue

RECEIPT_KEY = "a key for receipts"
FEWEST_TO_DENY = 5
# Where two workers at one tick wait for each other: before they look, and before they deliver.
MEETINGS = ("tick.publishing.committed", "tick.gathering.committed")


class Post(MemoryTransport):
    """A mail server that can be down, and that knows at which addresses nobody is."""

    def __init__(self) -> None:
        super().__init__()
        self.is_up = True
        self.dead: set[str] = set()

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        if not self.is_up:
            raise ServerUnavailable("The mail server can't be reached.")
        if recipient in self.dead:
            raise PermanentMailError("550 nobody is there", is_recipient_gone=True)
        super().send(message, sender=sender, recipient=recipient)


def new_session() -> Session:
    """For what people do. Nobody but the ticks writes beside it, and after these it reads anew."""
    return Session(db.engine, expire_on_commit=False)


class Product:
    """The rows behind the things of one model, by the ids that they were given."""

    def __init__(self, app: Flask, settings: Config, model: Model) -> None:
        self.app, self.config, self.model = app, settings, model
        self.post = Post()
        self.session = new_session()
        self.people: dict[Person, int] = {}
        self.services: dict[Service, int] = {}
        self.consultations: dict[Consultation, int] = {}
        self.surveys: dict[Consultation, int] = {}
        self.answered: dict[Answered, Any] = {}
        self.themes: dict[tuple[Consultation, int], int] = {}
        self.deeds: dict[Deed, int] = {}
        self._settle_in()

    @property
    def now(self) -> datetime:
        return self.model.now

    def _settle_in(self) -> None:
        session, model = self.session, self.model
        make.make_organisation(
            session, goes_live_on=model.goes_live_on, reopens_at_judging=FEWEST_TO_DENY
        )
        self.administrator = make.make_person(session, "Ada", RoleName.ADMINISTRATOR).id
        for person in model.people:
            roles = [RoleName.PARTICIPATION_LEAD] if person.is_lead else []
            row = make.make_person(session, f"Person {person.number:02}", *roles)
            self.people[person] = row.id
        make.make_role(session, RoleName.PARTICIPATION_LEAD)
        for service in model.services:
            self.services[service] = make.make_service(
                session,
                name=f"Service {service.number}",
                nation=service.nation,
                owner=self._person(service.owner),
                escalation_contact=self._person(service.contact),
                deputies=[self._person(person) for person in service.deputies],
            ).id
        session.commit()

    def _person(self, person: Person) -> PersonRow:
        return self.session.get_one(PersonRow, self.people[person])

    def _row(self, consultation: Consultation) -> ConsultationRow:
        return self.session.get_one(ConsultationRow, self.consultations[consultation])

    def try_to(self, do: Callable[..., None], *args: Any) -> bool:
        """Whether the product accepts a deed; it is committed then, and undone if not."""
        try:
            do(*args)
        except LoopkeeperError:
            self.session.rollback()
            return False
        self.session.commit()
        return True

    # --- The clock ---

    def tick(self) -> None:
        self._work()
        self.session.expire_all()

    def tick_twice_at_once(self) -> None:
        """Two workers, each with its own connection, who close, look and deliver at the same time.

        One may also look while the other delivers: then the case of a bounce is opened at this tick and
        not at the next. Both are right, but the model knows one order, so here they keep to it.
        """
        meeting = Barrier(2)

        def meet(point: str) -> None:
            if point in MEETINGS:
                with suppress(BrokenBarrierError):  # the other one has nothing left to do
                    meeting.wait()

        def work() -> None:
            try:
                self._work_apart()
            finally:
                meeting.abort()

        workers = [Thread(target=work) for _ in range(2)]
        at_each(meet)
        try:
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
        finally:
            at_each(None)
        self.session.expire_all()

    def _work(self) -> None:
        with Session(db.engine) as own:
            tick(own, self.post, self.config, clock=lambda: self.now)

    def _work_apart(self) -> None:
        with self.app.app_context():
            self._work()

    def restart(self) -> None:
        """A new process, as far as the database can tell."""
        self.session.close()
        db.engine.dispose()
        self.session = new_session()

    def close_up(self) -> None:
        self.session.close()

    # --- A consultation as a whole ---

    def open(self, service: Service, closes_on: date, promise_on: date) -> None:
        row = make.make_consultation(
            self.session,
            service=self.session.get_one(ServiceRow, self.services[service]),
            closes_on=closes_on,
            promise_on=promise_on,
            retention_on=date(2099, 12, 30),
        )
        survey = make.make_survey(self.session, row)
        make.make_question(self.session, survey)
        open_consultation(self.session, row, person_id=self.people[service.owner], now=self.now)
        opened = self.model.consultations[-1]
        self.consultations[opened], self.surveys[opened] = row.id, survey.id

    def close(self, of: Consultation, by: Person) -> None:
        close_consultation(self.session, self._row(of), person_id=self.people[by], now=self.now)

    def extend(self, of: Consultation, closes_on: date, promise_on: date, by: Person) -> None:
        extend_consultation(
            self.session,
            self._row(of),
            closes_on,
            promise_on=promise_on,
            reason="More time is needed.",
            person_id=self.people[by],
            now=self.now,
        )

    def withdraw(self, of: Consultation, by: Person) -> None:
        withdraw_consultation(
            self.session,
            self._row(of),
            "It was a mistake.",
            person_id=self.people[by],
            now=self.now,
        )

    def move_promise(self, of: Consultation, promise_on: date, by: Person) -> None:
        move_promise(
            self.session,
            self._row(of),
            promise_on,
            "It takes longer.",
            person_id=self.people[by],
            now=self.now,
        )

    def hand_over(self, of: Consultation, to: Person, by: Person) -> None:
        hand_over(
            self.session,
            self._row(of),
            to=self._person(to),
            person_id=self.people[by],
            now=self.now,
        )

    # --- What young people say, and what becomes of it ---

    def answer(self, of: Consultation, by: Person) -> None:
        survey = self.session.get_one(Survey, self.surveys[of])
        words = {survey.questions[0].key: "A later bus"}
        form = uuid4()
        if survey.consultation.closed_at is None:
            row = submit_response(
                self.session, survey, words, submission_id=form, key=RECEIPT_KEY, now=self.now
            ).response
        else:
            row = type_in_response(
                self.session,
                survey,
                words,
                submission_id=form,
                source=Source.PAPER,
                person_id=self.people[by],
                now=self.now,
            )
        self.answered[of.answered[-1]] = row.id

    def hear(self, of: Consultation, told: Iterable[Answered], theme: int, by: Person) -> None:
        row, session, person_id = self._row(of), self.session, self.people[by]
        if (of, theme) in self.themes:
            theme_row = session.get_one(Theme, self.themes[of, theme])
        else:
            theme_row = add_theme(
                session, row, f"They say {theme}", person_id=person_id, now=self.now
            )
            self.themes[of, theme] = theme_row.id
        rows = [session.get_one(SurveyResponse, self.answered[each]) for each in told]
        code_responses(session, rows, [theme_row], person_id=person_id, now=self.now)

    def set_aside(self, of: Consultation, answered: Answered, by: Person) -> None:
        row = self.session.get_one(SurveyResponse, self.answered[answered])
        set_aside(
            self.session,
            self._row(of),
            [row],
            SetAsideReason.BLANK,
            person_id=self.people[by],
            now=self.now,
        )

    def record(self, of: Consultation, themes: set[int], version: Version, by: Person) -> None:
        rows = [self.session.get_one(Theme, self.themes[of, theme]) for theme in sorted(themes)]
        recorded = record_action(
            self.session,
            self._row(of),
            rows,
            self._draft(version),
            person_id=self.people[by],
            via=Via.MAIL if version.publishes_at else Via.SIGN_IN,
            now=self.now,
        )
        if not version.publishes_at:
            publish(self.session, recorded, person_id=self.people[by], now=self.now)
        self.deeds[of.deeds[-1]] = recorded.action_id

    def revise(self, of: Consultation, deed: Deed, version: Version, by: Person) -> None:
        recorded = revise_action(
            self.session,
            self.session.get_one(Action, self.deeds[deed]),
            self._draft(version),
            person_id=self.people[by],
            via=Via.MAIL if version.publishes_at else Via.SIGN_IN,
            now=self.now,
        )
        if not version.publishes_at:
            publish(self.session, recorded, person_id=self.people[by], now=self.now)

    def _draft(self, version: Version) -> ActionDraft:
        return ActionDraft(
            Outcome(version.outcome),
            "The last bus leaves at half past nine.",
            due_on=version.due_on,
            changed_on=version.changed_on,
            reason_code=ReasonCode.MONEY,
            reason="There isn't the money.",
            decided_by="The head of the service",
            review_on=self.model.today + timedelta(days=30),
        )

    def stop(self, of: Consultation, deed: Deed, by: Person) -> None:
        action = self.session.get_one(Action, self.deeds[deed])
        if action.pending is None:
            raise LoopkeeperError("There is nothing to stop.")
        stop(self.session, action.pending, person_id=self.people[by], now=self.now)

    def deny(self, of: Consultation, deed: Deed) -> None:
        action = self.session.get_one(Action, self.deeds[deed])
        for _ in range(FEWEST_TO_DENY):
            give_verdict_at_kiosk(self.session, action, VerdictValue.NO, now=self.now)

    def snooze(self, of: Consultation, kind: str, until: date, by: Person) -> None:
        query = (
            select(Case)
            .where(Case.consultation_id == self.consultations[of], Case.kind == CaseKind(kind))
            .order_by(Case.id)
        )
        case = self.session.scalars(query).all()[-1]
        person_id = self.people[by]
        snooze(self.session, case, until, "Sick leave.", person_id=person_id, now=self.now)

    # --- People and settings ---

    def staff(
        self, service: Service, owner: Person, contact: Person, deputies: list[Person]
    ) -> None:
        row = self.session.get_one(ServiceRow, self.services[service])
        draft = ServiceDraft(
            name=row.name,
            about="",
            nation=row.nation,
            owner_id=self.people[owner],
            escalation_contact_id=self.people[contact],
            deputy_ids=frozenset(self.people[person] for person in deputies),
        )
        edit_service(self.session, row, draft)

    def leave(self, person: Person) -> None:
        deactivate(self.session, self._person(person), by=self.administrator)

    def come_back(self, person: Person) -> None:
        reactivate(self.session, self._person(person))

    def die(self, person: Person) -> None:
        self.post.dead.add(self._person(person).email)

    def correct(self, person: Person) -> None:
        row = self._person(person)
        self._edit(row, f"new-{uuid4().hex[:12]}@example.org", row.role_names)

    def make_lead(self, person: Person, is_lead: bool) -> None:
        row = self._person(person)
        roles = {RoleName.PARTICIPATION_LEAD} if is_lead else set()
        self._edit(row, row.email, frozenset(roles))

    def _edit(self, row: PersonRow, email: str, roles: frozenset[RoleName]) -> None:
        draft = PersonDraft(row.name, email, row.job_title, roles)
        edit_person(self.session, row, draft, by=self.administrator)

    def set_cadence(self, service: Service | None, settings: Settings) -> None:
        service_id = None if service is None else self.services[service]
        wanted = CadenceSettings(
            steps={
                (CaseKind(kind), Step(step)): Timing(*timing)
                for (kind, step), timing in settings.steps.items()
            },
            snooze_days=settings.snooze_days,
            snoozes_per_case=settings.snoozes,
        )
        set_cadence(
            self.session,
            service_id,
            wanted,
            based_on=stamp_of(cadences(self.session), service_id),
            confirmed=1_000,
            person_id=self.administrator,
            now=self.now,
        )

    def switch_sending(self, is_on: bool) -> None:
        self.session.get_one(Organisation, 1).is_sending = is_on

    def switch_server(self, is_up: bool) -> None:
        self.post.is_up = is_up
