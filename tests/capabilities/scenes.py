"""One consultation with an owner's whole circle around it, as the pages behind a link meet it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.capabilities.people import Holder, find_holder
from tracker.consultations.models import Consultation
from tracker.reminders.links import make_link
from tracker.surveys.models import Survey
from tracker.themes.models import Theme

LATER = date(2100, 1, 1)
LONG_AGO = date(2020, 1, 1)
SECRET_WORDS = "my dad waits in the rain for me"


@dataclass
class Scene:
    """Closed, fully heard, with two themes that nobody has answered."""

    session: Session
    consultation: Consultation
    survey: Survey
    owner: Person
    deputy: Person
    contact: Person
    lead: Person
    bus: Theme
    quiet: Theme

    def holder(self, person: Person | None = None) -> Holder:
        found = find_holder(self.session, self.consultation.id, (person or self.owner).id)
        assert found is not None
        return found

    def link(self, settings: Config, person: Person | None = None, expires_on: date = LATER) -> str:
        """The path of a link for that person; the owner's unless told otherwise."""
        who = person or self.owner
        link = make_link(settings, self.consultation.id, who.id, expires_on=expires_on)
        return link.removeprefix(settings.base_url)


def make_scene(session: Session) -> Scene:
    make.make_organisation(session)
    owner = make.make_person(session, "Sam Green")
    deputy = make.make_person(session, "Dee Patel")
    contact = make.make_person(session, "Con Bell")
    lead = make.make_person(session, "Lea Ross", RoleName.PARTICIPATION_LEAD)
    service = make.make_service(
        session, name="Youth centre", owner=owner, escalation_contact=contact
    )
    service.deputies = [deputy]
    consultation = make.make_closed_consultation(
        session, service=service, title="Getting to the youth centre"
    )
    survey = make.make_survey(session, consultation)
    bus = make.make_theme(session, consultation, statement="The bus stops too early")
    quiet = make.make_theme(session, consultation, statement="We want somewhere quiet")
    scene = Scene(session, consultation, survey, owner, deputy, contact, lead, bus, quiet)
    say(scene, bus, times=3)
    say(scene, quiet, times=2)
    session.commit()
    return scene


def say(scene: Scene, *themes: Theme, times: int = 1) -> None:
    """As many responses, coded to these themes (or not coded at all)."""
    for _ in range(times):
        question = next(iter(scene.survey.questions), None)
        question = question or make.make_question(scene.session, scene.survey)
        response = make.make_response(scene.session, scene.survey, answers={question: SECRET_WORDS})
        for theme in themes:
            make.make_coding(scene.session, response, theme)
