"""The door: closed to strangers, and to views that forgot to ask the policy."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.exceptions import Unauthorized

from tests import factories as make
from tests.conftest import Browser, SignIn
from tracker.accounts.guard import actor_may, current_person, require
from tracker.accounts.policy import Act, RoleName
from tracker.app import create_app
from tracker.db import db


@pytest.fixture
def careless(app: Flask, session: Session) -> Iterator[Flask]:
    """The app with one view that asks nobody, and one that asks for two buttons."""
    other = create_app(app.config["LOOPKEEPER"])
    other.test_client_class = Browser
    other.extensions["tests.session"] = session
    other.add_url_rule("/staff/careless", "careless", lambda: "a secret")

    def buttons() -> str:
        require(Act.USE_DESK)
        return f"{actor_may(Act.MANAGE_PEOPLE)} {actor_may(Act.SEE_OUTBOX)}"

    other.add_url_rule("/staff/buttons", "buttons", buttons)
    yield other
    with other.app_context():
        db.engine.dispose()


def signed_in(app: Flask, uniquifier: str) -> FlaskClient:
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = uniquifier
    return browser


def test_view_that_forgot_to_ask_answers_nobody(careless: Flask, session: Session) -> None:
    person = make.make_person(session, "Ada", RoleName.ADMINISTRATOR)
    assert careless.test_client().get("/staff/careless").status_code == 302
    answer = signed_in(careless, person.fs_uniquifier).get("/staff/careless")
    assert answer.status_code == 500
    assert "a secret" not in answer.text


def test_actor_may_answers_for_the_signed_in_person(careless: Flask, session: Session) -> None:
    lead = make.make_person(session, "Lea", RoleName.PARTICIPATION_LEAD)
    assert signed_in(careless, lead.fs_uniquifier).get("/staff/buttons").text == "False True"


def test_current_person_is_nobody_without_a_sign_in(app: Flask) -> None:
    with app.test_request_context("/staff/"), pytest.raises(Unauthorized):
        current_person()


def test_stranger_who_posts_is_led_to_sign_in_without_a_way_back(client: FlaskClient) -> None:
    assert client.post("/staff/settings").headers["Location"] == "/staff/sign-in"


def test_stranger_is_led_back_with_the_whole_address(client: FlaskClient) -> None:
    to = client.get("/staff/outbox?state=sent&page=2").headers["Location"]
    assert to == "/staff/sign-in?next=/staff/outbox?state%3Dsent%26page%3D2"


def test_session_of_nobody_known_is_a_strangers(
    app: Flask, session: Session, sign_in: SignIn
) -> None:
    assert signed_in(app, "nobody").get("/staff/account").status_code == 302
    assert sign_in(make.make_person(session)).get("/staff/account").status_code == 200
