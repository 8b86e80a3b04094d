"""A flagged answer's words are nowhere but with the safeguarding lead: every page, every persona."""

import ast
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import ROOT
from tests import factories as make
from tests.conftest import SignIn
from tests.conventions.access_table import Persona
from tests.conventions.test_access import _doors
from tests.conventions.world import World, make_world
from tracker.mail.transport import MemoryTransport
from tracker.reminders.models import Mail
from tracker.reminders.worker import tick
from tracker.responses.models import SetAsideReason, SurveyResponse
from tracker.responses.operations import hold_if_worrying, set_aside
from tracker.surveys.models import Survey

CANARY = "zanzibar"
VARIANTS = ("", "?show=set-aside", f"?text={CANARY[:5]}")
FLAGGED = f"my dad hits me {CANARY}"

# Who reads the table of answers at all. A module that is not among these asks `said_by`, which
# leaves out what is with the safeguarding lead.
READERS_OF_ANSWERS = {
    "board/operations.py",  # to tell a correction that is sent twice from another
    "board/views/changing.py",
    "demo/queries.py",
    "reminders/simulation.py",
    "responses/models.py",
    "responses/operations/arriving.py",
    "responses/operations/changing.py",
    "responses/operations/retention.py",
    "responses/operations/together.py",  # stores them
    "responses/operations/watching.py",  # holds them against the wording
    "responses/queries.py",
    "responses/views/correcting.py",  # to whoever holds the four words
    "responses/views/receiving.py",  # to tell a retry from another answer
    "themes/queries/table.py",
}


@pytest.fixture
def world(session: Session) -> World:
    """The small world, with one answer held for its wording and one that a colleague worried about."""
    made = make_world(session)
    survey = session.get_one(Survey, made.values["survey_id"])
    question = survey.questions[0]
    held = make.make_response(session, survey, answers={question: FLAGGED})
    assert hold_if_worrying(session, held, {question.key: FLAGGED}, now=make.NOW)
    worry = make.make_response(session, survey, answers={question: f"The bus {CANARY}"})
    owner = made.people[Persona.OWNER]
    set_aside(session, worry, SetAsideReason.SAFEGUARDING, person_id=owner.id, now=make.NOW)
    theme = make.make_theme(session, survey.consultation)
    make.make_coding(session, worry, theme)  # however it came there
    return made


@pytest.mark.one_database
@pytest.mark.parametrize(
    "persona",
    [Persona.OWNER, Persona.PARTICIPATION_LEAD, Persona.ADMINISTRATOR, Persona.STRANGER],
)
def test_flagged_words_are_on_no_page(
    persona: Persona, app: Flask, world: World, sign_in: SignIn, client: FlaskClient
) -> None:
    browser = client if persona is Persona.STRANGER else sign_in(world.people[persona])
    opened, leaks = 0, []

    for rule in app.url_map.iter_rules():
        # The library's own pages show no answer, and one of them signs out.
        if "GET" not in (rule.methods or ()) or rule.endpoint.startswith(("static", "security.")):
            continue
        for method, address in _doors(app, rule.endpoint, world):
            if method != "GET":
                continue
            for asked in VARIANTS if "consultations/" in address else ("",):
                page = browser.get(address + asked)
                opened += page.status_code == 200
                if CANARY.encode() in page.get_data():
                    leaks.append(f"{persona}: {address}{asked}")

    assert opened > (60 if persona is Persona.OWNER else 10)
    assert not leaks, "\n".join(leaks)


def test_flagged_words_are_in_no_mail(app: Flask, session: Session, world: World) -> None:
    session.commit()
    transport = MemoryTransport()

    tick(session, transport, app.config["LOOPKEEPER"], clock=lambda: make.NOW)

    assert transport.sent
    assert not any(CANARY.encode() in content for _, _, content in transport.sent)
    mails = session.scalars(select(Mail)).all()
    assert not any(CANARY.encode() in (mail.content or b"") for mail in mails)


def test_flagged_answers_are_still_in_the_database(session: Session, world: World) -> None:
    """What the walk above looks for is there to be found."""
    reasons = set(session.scalars(select(SurveyResponse.set_aside)))
    assert reasons == {None, SetAsideReason.HELD, SetAsideReason.SAFEGUARDING}


def test_answers_are_read_in_known_places_alone() -> None:
    readers = {
        path.relative_to(ROOT / "tracker").as_posix()
        for path in (ROOT / "tracker").rglob("*.py")
        if _reads_answers(path)
    }
    assert readers <= READERS_OF_ANSWERS, "show answers by `said_by`, or say here why not"


def _reads_answers(path: Path) -> bool:
    """Whether the module names the table of answers, or a response's `answers`."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    imported = {
        name.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == "tracker.responses.models"
        for name in node.names
    }
    reached = any(
        isinstance(node, ast.Attribute)
        and node.attr == "answers"
        and isinstance(node.value, ast.Name)
        and node.value.id in ("response", "stored")
        for node in nodes
    )
    return "Answer" in imported or reached
