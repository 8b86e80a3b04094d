"""Every page that can be opened, in a site that has lived through the whole demo.

Addresses come from the URL map, so a new page is among them without anybody having to think of it;
a new parameter needs candidates in `_candidates`. Used by the tests and by `bench.public_pages`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from uuid import uuid4

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask_security import hash_password
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from tests import factories as make
from tracker.accounts.guard import is_public
from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.actions.models import Action, ActionVersion
from tracker.channels.links import make_reach_link
from tracker.clock import utc_now
from tracker.consultations.models import Consultation
from tracker.demo.operations import load_demo
from tracker.demo.queries import phone_addresses, receipts_to_try
from tracker.mail.transport import MemoryTransport
from tracker.reminders.links import make_link
from tracker.reminders.models import Case, Mail
from tracker.reminders.worker import tick
from tracker.responses.models import SurveyResponse
from tracker.safeguarding.models import Flag
from tracker.safeguarding.wording import rules_of
from tracker.services.models import Service
from tracker.subscriptions.models import Subscription
from tracker.subscriptions.operations import subscribe
from tracker.subscriptions.sealing import Errand, Seal
from tracker.surveys.models import Question, Survey
from tracker.surveys.question_types import QUESTION_TYPES
from tracker.themes.models import Theme

PASSWORD = "a password for the tests"
# Pages that aren't pages: files, pictures, calendars, and one that a frame shows.
NOT_PAGES = {
    "pictures.show",
    "static",
    "security.static",
    "responses.qr_code",
    "responses.promise",
    "board.feed",
    "board.consultation_feed",
    "brand.sample_css",
    "kiosk.manifest",
    "catalogues.sentences",
    "offline.worker",
}


@dataclass(frozen=True)
class Pages:
    """Addresses to be opened with GET, and what a young person would type."""

    staff: list[str]
    public: list[str]
    code: str  # of a survey that can be answered
    receipt: str


def live_through_demo(app: Flask, session: Session) -> Pages:
    """The demo, with a person who may see everything and a survey that can still be changed."""
    _live(app, session)
    staff, public = _addresses(app, session)
    receipt = receipts_to_try(session, _key(app))[0]
    pages = Pages(staff, public, phone_addresses(session)[0][1], receipt)
    session.commit()
    return pages


def _key(app: Flask) -> str:
    return str(app.config["LOOPKEEPER"].derived_key("receipts"))


def _live(app: Flask, session: Session) -> None:
    settings, transport = app.config["LOOPKEEPER"], MemoryTransport()

    def remind(moment: datetime) -> None:
        tick(session, transport, settings, clock=lambda: moment)

    with app.test_request_context():
        password = hash_password(PASSWORD)
        story = load_demo(
            session,
            now=utc_now(),
            password=password,
            receipts_key=_key(app),
            remind=remind,
        )
        for _day in story:
            pass
    make.make_person(session, "Everybody", *RoleName, password=password)
    make.make_person(session, "Nobody there", is_bounced=True)
    draft = session.scalars(select(Consultation).where(Consultation.opened_at.is_(None))).one()
    survey = make.make_survey(session, draft, languages=["cy", "ar"])
    for kind in QUESTION_TYPES:
        make.make_question(session, survey, kind=kind, settings=_settings(kind))
    session.commit()


def _settings(kind: str) -> dict[str, Any]:
    typed = {each.name: each.initial for each in QUESTION_TYPES[kind].setting_inputs}
    return QUESTION_TYPES[kind].read_settings(
        typed | ({"choices": "One\nTwo\nThree"} if "choices" in typed else {}), {}
    )


def _addresses(app: Flask, session: Session) -> tuple[list[str], list[str]]:
    """Every address that can be opened with GET: those behind the sign-in, then the public ones."""
    candidates = _candidates(app, session)
    particular = _of_other_links(app, session)
    routes = app.url_map.bind("")
    staff: list[str] = []
    public: list[str] = []
    with app.app_context():
        for rule in app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or rule.endpoint in NOT_PAGES:
                continue
            is_open = is_public(rule.endpoint) and not rule.rule.startswith("/staff")
            for values in _values(rule, candidates | particular.get(rule.endpoint, {})):
                (public if is_open else staff).append(routes.build(rule.endpoint, values))
    return staff, public


def _values(rule: Rule, candidates: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    names = sorted(rule.arguments - set(rule.defaults or {}))
    for combination in product(*(candidates[name] for name in names)):
        yield dict(zip(names, combination, strict=True))


def _candidates(app: Flask, session: Session) -> dict[str, list[Any]]:
    """What to put into the parameters of routes: some rows of each kind, at different stages."""

    def ids(model: Any, few: int = 2) -> list[int]:
        return list(session.scalars(select(model.id).order_by(model.id).limit(few)))

    bus = session.scalars(select(Consultation).order_by(Consultation.id)).first()
    assert bus is not None
    link = make_link(
        app.config["LOOPKEEPER"],
        bus.id,
        bus.owner_id or 0,
        expires_on=(utc_now() + timedelta(days=9)).date(),
    )
    drafts = select(Survey.id).join(Consultation).where(Consultation.opened_at.is_(None))
    draft = session.scalars(drafts).one()
    questions = select(Question.id).where(Question.survey_id == draft)
    asked = phone_addresses(session)[0][1]
    survey = session.scalars(select(Survey).where(Survey.code == asked)).one()
    make.make_kiosk(session, survey, token="kiosk", asks_verdicts=True)
    return {
        "kiosk_token": ["kiosk"],
        "survey_code": [asked],
        "consultation_id": ids(Consultation, 9),
        "slug": list(
            session.scalars(select(Consultation.slug).where(Consultation.opened_at.is_not(None)))
        ),
        "survey_id": [*ids(Survey), draft],
        "code": [*session.scalars(select(Survey.code)), "nothing"],
        "question_id": list(session.scalars(questions)),
        "kind": list(QUESTION_TYPES),
        "response_id": list(session.scalars(select(SurveyResponse.id).limit(1))),
        "theme_id": ids(Theme),
        "action_id": ids(Action, 5),
        "version_id": ids(ActionVersion),
        "case_id": ids(Case),
        "mail_id": ids(Mail),
        "person_id": ids(Person),
        "service_id": ids(Service),
        "nation": ["wales"],
        "language": ["cy", "ar"],
        "token": [link.rsplit("/", 1)[1], "not-a-link"],
        "form_id": [uuid4()],
        "picture_id": [make.make_picture(session).id],
        "digest": [],
        "flag_id": list(session.scalars(select(Flag.id).limit(2))),
        "rule_key": [_rule_key(session)],
    }


def _of_other_links(app: Flask, session: Session) -> dict[str, dict[str, list[Any]]]:
    """What other links in mails hold, by endpoint: there each `token` is another."""
    action = session.scalars(select(Action).order_by(Action.id)).first()
    assert action is not None
    seal = Seal(app.config["LOOPKEEPER"])
    asked = action.consultation
    subscribe(session, asked, "sam@example.org", "en", seal, now=utc_now())
    subscription = session.scalars(select(Subscription)).one()
    tokens = {errand: [seal.link(errand, subscription.id), "not-a-link"] for errand in Errand}
    reach = make_reach_link(app.config["LOOPKEEPER"], asked.owner_id or 0, today=utc_now().date())
    return {
        "reach.by_link": {"token": [reach.rsplit("/", 1)[1], "not-a-link"]},
        "subscriptions.confirm": {"token": tokens[Errand.CONFIRM]},
        "subscriptions.stop": {"token": tokens[Errand.STOP]},
        "subscriptions.judge": {"token": tokens[Errand.JUDGE], "action_id": [action.id]},
    }


def _rule_key(session: Session) -> str:
    return rules_of(session)[0].key


def complaints(page: Page) -> list[str]:
    """What axe finds on the page as it is now, a line for each thing."""
    return [
        f"{page.url} {rule['id']}: {node['target']} {node['html'][:160]}"
        for rule in Axe().run(page).response["violations"]
        for node in rule["nodes"]
    ]
