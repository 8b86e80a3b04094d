"""Plain factories: `make_*` add a sound row to the session and flush it. No magic, no randomness that matters."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any, TypeVar
from uuid import uuid4

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.accounts.models import Person, Role
from tracker.accounts.policy import RoleName
from tracker.actions.models import Action, ActionVersion
from tracker.actions.policy import Outcome
from tracker.consultations.models import Consultation
from tracker.consultations.policy import Anonymity, LawfulBasis
from tracker.kiosk.models import Kiosk
from tracker.kiosk.policy import pin_hash, token_hash
from tracker.pictures.encoding import encode
from tracker.pictures.models import Picture
from tracker.responses.models import Answer, Source, SurveyResponse
from tracker.services.models import Organisation, Service
from tracker.surveys.models import Question, Survey
from tracker.themes.models import Coding, Theme

# A Wednesday in winter, ten in the morning in London.
NOW = datetime(2026, 2, 4, 10, 0, tzinfo=UTC)
TODAY = NOW.date()

_numbers = count(1)
_PIN_HASH = pin_hash("2468", "00" * 16)
Row = TypeVar("Row")


def make_organisation(session: Session, **values: Any) -> Organisation:
    defaults: dict[str, Any] = {"name": "Test Council", "goes_live_on": date(2020, 1, 1)}
    return _add(session, Organisation(**defaults | values))


def make_role(session: Session, name: RoleName) -> Role:
    found = session.scalar(select(Role).where(Role.name == name.value))
    return found or _add(session, Role(name=name.value))


def make_person(session: Session, name: str = "", *roles: RoleName, **values: Any) -> Person:
    name = name or f"Person {next(_numbers)}"
    defaults: dict[str, Any] = {
        "name": name,
        "email": f"{name.lower().replace(' ', '.')}@example.org",
        "job_title": "Youth worker",
        "fs_uniquifier": uuid4().hex,
        "active": True,
    }
    person = Person(**defaults | values)
    person.roles = [make_role(session, role) for role in roles]
    return _add(session, person)


def make_service(session: Session, **values: Any) -> Service:
    """A service with an owner and a different escalation contact, unless `values` say otherwise."""
    if "owner" not in values:
        values["owner"] = make_person(session)
    if "escalation_contact" not in values:
        values["escalation_contact"] = make_person(session)
    return _add(session, Service(**{"name": f"Service {next(_numbers)}"} | values))


def make_consultation(session: Session, **values: Any) -> Consultation:
    """A draft with nothing missing but a survey."""
    service = values.pop("service", None) or make_service(session)
    closes_on = values.get("closes_on", TODAY + timedelta(days=14))
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "title": f"Consultation {number}",
        "slug": f"consultation-{number}",
        "service": service,
        "owner": service.owner,
        "purpose": "We want to know what to change.",
        "decision": "What to change next year",
        "decided_by": "The head of the service",
        "not_up_for_change": "The building",
        "readers": "Two youth workers",
        "closes_on": closes_on,
        "promise_on": closes_on + timedelta(days=84) if closes_on else None,
        "ladder": "swindon",
        "level": "consultation",
        "anonymity": Anonymity.ANONYMOUS,
        "lawful_basis": LawfulBasis.PUBLIC_TASK,
        "retention_on": TODAY + timedelta(days=730),
        "help_page": "england",
    }
    return _add(session, Consultation(**defaults | values))


def make_open_consultation(session: Session, **values: Any) -> Consultation:
    """Open since a week before NOW."""
    return make_consultation(session, **{"opened_at": NOW - timedelta(days=7)} | values)


def make_closed_consultation(session: Session, **values: Any) -> Consultation:
    """Opened four weeks before NOW, closed a week before NOW, promised in eleven weeks."""
    defaults = {
        "opened_at": NOW - timedelta(days=28),
        "closed_at": NOW - timedelta(days=7),
        "closes_on": TODAY - timedelta(days=7),
    }
    return make_consultation(session, **defaults | values)


def make_survey(session: Session, consultation: Consultation, **values: Any) -> Survey:
    defaults = {"title": "A survey", "code": f"code{next(_numbers)}"}
    return _add(session, Survey(consultation=consultation, **defaults | values))


def make_picture(session: Session, **values: Any) -> Picture:
    """A grey picture; `colour=(r, g, b)` gives it another colour."""
    colour = values.pop("colour", (128, 128, 128))
    sent = BytesIO()
    Image.new("RGB", (64, 48), colour).save(sent, "PNG")
    encoded = encode(sent.getvalue())
    defaults: dict[str, Any] = {
        "digest": encoded.digest,
        "data": encoded.data,
        "size": len(encoded.data),
        "width": encoded.width,
        "height": encoded.height,
        "alt_text": "A grey wall",
        "added_on": TODAY,
    }
    return _add(session, Picture(**defaults | values))


def make_question(session: Session, survey: Survey, **values: Any) -> Question:
    position = len(survey.questions)
    defaults: dict[str, Any] = {
        "key": f"q{position + 1}",
        "position": position,
        "kind": "long_text",
        "text": "What could be better?",
        "settings": {},
    }
    return _add(session, Question(survey=survey, **defaults | values))


def make_kiosk(session: Session, *surveys: Survey, token: str, **values: Any) -> Kiosk:
    """A kiosk at /kiosk/<token> that asks `surveys`; its PIN is 2468."""
    service = values.get("service") or surveys[0].consultation.service
    defaults: dict[str, Any] = {
        "name": f"Tablet {next(_numbers)}",
        "token_hash": token_hash(token),
        "pin_salt": "00" * 16,
        "pin_hash": _PIN_HASH,
        "started_by": service.owner_id,
        "started_on": TODAY,
        "last_seen_on": TODAY,
    }
    return _add(session, Kiosk(service=service, surveys=list(surveys), **defaults | values))


def make_response(session: Session, survey: Survey, **values: Any) -> SurveyResponse:
    """A phone response; `answers={question: value}` gives it answers."""
    answers = values.pop("answers", {})
    defaults: dict[str, Any] = {
        "submission_id": uuid4(),
        "consultation": survey.consultation,
        "source": Source.PHONE,
        "received_on": TODAY,
    }
    response = SurveyResponse(survey=survey, **defaults | values)
    response.answers = [Answer(question=q, value=value) for q, value in answers.items()]
    return _add(session, response)


def consultation_ids(session: Session) -> list[int]:
    """Of every consultation there is."""
    return list(session.scalars(select(Consultation.id).order_by(Consultation.id)))


def make_theme(session: Session, consultation: Consultation, **values: Any) -> Theme:
    defaults = {"statement": f"Theme {next(_numbers)}"}
    return _add(session, Theme(consultation=consultation, **defaults | values))


def make_coding(session: Session, response: SurveyResponse, theme: Theme, **values: Any) -> Coding:
    return _add(session, Coding(response=response, theme=theme, **{"coded_on": TODAY} | values))


def make_action(session: Session, *themes: Theme, **values: Any) -> Action:
    """An action answering `themes`; `values` go to its one version (published unless told otherwise)."""
    consultation = values.pop("consultation", None) or themes[0].consultation
    action = Action(consultation=consultation, themes=list(themes))
    defaults: dict[str, Any] = {
        "number": 1,
        "outcome": Outcome.ALREADY,
        "text": "It was there already.",
        "recorded_at": NOW,
        "published_at": NOW,
    }
    action.versions = [ActionVersion(**defaults | values)]
    return _add(session, action)


def _add(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row
