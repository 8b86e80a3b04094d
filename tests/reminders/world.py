"""A small world for the reminder tests: one service, its people, and a consultation that closed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.channels.outlets import NO_OUTLETS, Outlets
from tracker.consultations.models import Consultation
from tracker.mail.transport import MemoryTransport, Transport
from tracker.reminders.models import Case, Mail, Reminder
from tracker.reminders.worker import Summary, tick
from tracker.responses.models import SurveyResponse
from tracker.services.models import Organisation, Service
from tracker.surveys.models import Survey

# Closed on Wednesday 7 January 2026, so promised for Wednesday 1 April.
CLOSED_ON = date(2026, 1, 7)
PROMISE_ON = date(2026, 4, 1)


def at(words: str) -> datetime:
    """The UTC moment "2026-01-08 09:00"."""
    return datetime.fromisoformat(words).replace(tzinfo=UTC)


@dataclass
class World:
    app: Flask
    session: Session
    settings: Config
    organisation: Organisation
    owner: Person
    deputy: Person
    contact: Person
    lead: Person
    service: Service
    transport: MemoryTransport

    def tick(
        self,
        moment: datetime,
        transport: Transport | None = None,
        outlets: Outlets = NO_OUTLETS,
    ) -> Summary:
        """One tick at `moment`, by a worker of its own."""
        self.session.commit()
        with self.app.app_context():
            summary = tick(
                self.session,
                transport or self.transport,
                self.settings,
                clock=lambda: moment,
                outlets=outlets,
            )
        self.session.expire_all()
        return summary

    def closed(self, responses: int = 3, **values: Any) -> Consultation:
        """A consultation that closed on CLOSED_ON, with so many responses, none heard yet."""
        closes_on = values.pop("closes_on", CLOSED_ON)
        defaults: dict[str, Any] = {
            "title": "Bus to the youth centre",
            "service": self.service,
            "closes_on": closes_on,
            "opened_at": datetime.combine(closes_on, datetime.min.time(), UTC) - timedelta(days=14),
            "closed_at": datetime.combine(closes_on + timedelta(days=1), datetime.min.time(), UTC),
        }
        consultation = make.make_consultation(self.session, **defaults | values)
        survey = make.make_survey(self.session, consultation)
        for _ in range(responses):
            make.make_response(self.session, survey)
        return consultation

    def tell(self, consultation: Consultation, moment: datetime) -> None:
        """Hear every answer and publish one that covers them all."""
        theme = make.make_theme(self.session, consultation, statement="The bus stops too early")
        surveys = select(Survey).where(Survey.consultation_id == consultation.id)
        for survey in self.session.scalars(surveys):
            for response in responses_of(self.session, survey):
                make.make_coding(self.session, response, theme)
        make.make_action(self.session, theme, recorded_at=moment, published_at=moment)

    @property
    def sent(self) -> list[tuple[str, str]]:
        """(step, recipient's name) of every reminder sent, in the order of mails."""
        query = (
            select(Reminder).join(Reminder.mail).where(Mail.sent_at.is_not(None)).order_by(Mail.id)
        )
        return [(str(r.step), r.recipient.name) for r in self.session.scalars(query)]

    @property
    def reminders(self) -> list[tuple[str, str, str, str]]:
        """(step, recipient, state, reason) of every reminder, in the order of rows."""
        query = select(Reminder).order_by(Reminder.id)
        return [
            (str(r.step), r.recipient.name, str(r.state), r.reason)
            for r in self.session.scalars(query)
        ]

    @property
    def mails(self) -> list[Mail]:
        return list(self.session.scalars(select(Mail).order_by(Mail.id)))

    @property
    def cases(self) -> list[tuple[str, str]]:
        """(kind, why it closed) of every case, in the order of rows."""
        query = select(Case).order_by(Case.id)
        return [(str(case.kind), case.closed_because) for case in self.session.scalars(query)]


def responses_of(session: Session, survey: Survey) -> list[SurveyResponse]:
    return list(
        session.scalars(select(SurveyResponse).where(SurveyResponse.survey_id == survey.id))
    )


MakeWorld = Callable[..., World]


def make_world(app: Flask, session: Session, settings: Config, **organisation: Any) -> World:
    """An organisation in England with one service: Olu owns it, Dee deputises, Mo is told, Lee leads."""
    owner = make.make_person(session, "Olu")
    deputy = make.make_person(session, "Dee")
    contact = make.make_person(session, "Mo")
    return World(
        app=app,
        session=session,
        settings=settings,
        organisation=make.make_organisation(session, **organisation),
        owner=owner,
        deputy=deputy,
        contact=contact,
        lead=make.make_person(session, "Lee", RoleName.PARTICIPATION_LEAD),
        service=make.make_service(
            session, owner=owner, escalation_contact=contact, deputies=[deputy], name="Youth centre"
        ),
        transport=MemoryTransport(),
    )
