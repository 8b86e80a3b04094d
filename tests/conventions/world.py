"""A small world with one of everything, so that every route can be opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tests import factories as make
from tests.conventions.access_table import Persona
from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.reminders.models import Case, Mail, MailKind
from tracker.reminders.policy import CaseKind
from tracker.safeguarding.models import Flag, WordingRule
from tracker.safeguarding.policy import Category


@dataclass(frozen=True)
class World:
    people: Mapping[Persona, Person]
    # What to put in a route's address, by the name of its parameter.
    values: Mapping[str, Any]


def make_world(session: Session) -> World:
    """One closed consultation of one service, with all that can hang from it."""
    make.make_organisation(session)
    people = {
        Persona.ADMINISTRATOR: make.make_person(session, "", RoleName.ADMINISTRATOR),
        Persona.PARTICIPATION_LEAD: make.make_person(session, "", RoleName.PARTICIPATION_LEAD),
        Persona.SAFEGUARDING_LEAD: make.make_person(session, "", RoleName.SAFEGUARDING_LEAD),
        Persona.VIEWER: make.make_person(session, "", RoleName.VIEWER),
        Persona.OWNER: make.make_person(session),
        Persona.DEPUTY: make.make_person(session),
        Persona.CONTACT: make.make_person(session),
        Persona.OTHER_OWNER: make.make_person(session),
    }
    service = make.make_service(
        session,
        owner=people[Persona.OWNER],
        deputies=[people[Persona.DEPUTY]],
        escalation_contact=people[Persona.CONTACT],
    )
    make.make_service(session, owner=people[Persona.OTHER_OWNER])
    return World(people, _rows(session, service) | _plain_values())


def _rows(session: Session, service: Any) -> dict[str, Any]:
    bystander = make.make_person(session)
    consultation = make.make_closed_consultation(session, service=service)
    survey = make.make_survey(session, consultation, languages=["cy"])
    question = make.make_question(session, survey)
    response = make.make_response(session, survey, answers={question: "A later bus"})
    theme = make.make_theme(session, consultation)
    make.make_coding(session, response, theme)
    action = make.make_action(session, theme, publishes_at=make.NOW)
    picture = make.make_picture(session)
    case = Case(kind=CaseKind.UNTOLD, consultation_id=consultation.id, opened_at=make.NOW)
    mail = Mail(
        kind=MailKind.NOTICE,
        notice_key="a key",
        recipient_id=service.owner_id,
        queued_at=make.NOW,
        not_before=make.NOW,
        subject="A subject",
    )
    flag = Flag(response_id=response.id, consultation_id=consultation.id, raised_at=make.NOW)
    rule = WordingRule(
        language="en", phrase="no way home", category=Category.FEAR, changed_at=make.NOW
    )
    session.add_all([case, mail, flag, rule])
    session.flush()
    kiosk = make.make_kiosk(session, survey, token="a token of a kiosk")
    return {
        "kiosk_id": kiosk.id,
        "person_id": bystander.id,
        "service_id": service.id,
        "consultation_id": consultation.id,
        "slug": consultation.slug,
        "survey_id": survey.id,
        "code": survey.code,
        "question_id": question.id,
        "response_id": response.id,
        "flag_id": flag.id,
        "theme_id": theme.id,
        "action_id": action.id,
        "version_id": action.versions[0].id,
        "case_id": case.id,
        "mail_id": mail.id,
        "picture_id": picture.id,
        "digest": picture.digest,
    }


def _plain_values() -> dict[str, Any]:
    return {
        "filename": "staff.css",
        "version": "0",
        "token": "not-a-token",
        "kiosk_token": "not-a-token",
        "survey_code": "nothing",
        "form_id": UUID(int=1),
        "rule_key": "own-1",
        "nation": "england",
        "kind": "short_text",
        "provider": "generic",
        "language": "cy",
    }


# Where a parameter's name means something else on one route.
PARTICULAR: dict[str, dict[str, Any]] = {"responses.qr_code": {"kind": "svg"}}
