"""The pages about people and about your own account."""

from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.accounts.letters import letters, link_in, text_of
from tests.conftest import SignIn
from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.db import db


@pytest.fixture
def admin(session: Session) -> Person:
    make.make_organisation(session)
    return make.make_person(session, "Ada Admin", RoleName.ADMINISTRATOR)


@pytest.fixture
def browser(admin: Person, sign_in: SignIn) -> FlaskClient:
    return sign_in(admin)


NEW = {"name": "Nia New", "email": "Nia.New@Example.org", "job_title": "Manager"}


def test_people_lists_everybody_with_what_they_answer_for(
    session: Session, browser: FlaskClient
) -> None:
    owner = make.make_person(session, "Owen Owner", password="set")
    make.make_service(session, name="Youth club", owner=owner)
    make.make_person(session, "Ivy Invited")
    make.make_person(session, "Ben Bounced", is_bounced=True, password="set")
    make.make_person(session, "Gus Gone", active=False)
    page = browser.get("/staff/people").text
    assert "Service owner of Youth club" in page
    assert "Administrator" in page
    assert "Invited" in page and "Mail comes back" in page
    assert page.index("Have left") < page.index("Gus Gone")


def test_people_refuses_the_stranger_and_other_roles(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    assert client.get("/staff/people").headers["Location"] == "/staff/sign-in?next=/staff/people"
    viewer = make.make_person(session, "Vera", RoleName.VIEWER)
    page = sign_in(viewer).get("/staff/people")
    assert page.status_code == 403
    assert "isn't yours" in unescape(page.text)


def test_people_takes_as_many_queries_for_three_as_for_one(
    app: Flask, session: Session, browser: FlaskClient
) -> None:
    def count() -> int:
        statements: list[str] = []
        with app.app_context():
            engine = db.engine

        def note(_c: object, _cu: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        browser.get("/staff/people")
        event.remove(engine, "before_cursor_execute", note)
        return len(statements)

    def add_service() -> None:
        make.make_service(session, deputies=[make.make_person(session, "", RoleName.VIEWER)])

    add_service()
    with_one = count()
    add_service()
    add_service()
    assert count() == with_one


def test_add_person_invites_by_a_link_that_sets_a_password(
    app: Flask, session: Session, browser: FlaskClient, client: FlaskClient
) -> None:
    answer = browser.post("/staff/people/add", data=NEW | {"roles": ["viewer"]})
    assert answer.headers["Location"] == "/staff/people"
    person = session.scalars(select(Person).where(Person.name == "Nia New")).one()
    assert person.email == "nia.new@example.org"
    assert person.role_names == {RoleName.VIEWER}
    assert "A link to choose a password went to nia.new@example.org." in (
        browser.get("/staff/people").text
    )
    (letter,) = letters(app)
    assert letter["To"] == "nia.new@example.org"
    assert "Hello Nia New" in text_of(letter) and "Test Council" in text_of(letter)

    link = link_in(letter)
    assert "Choose a password" in client.get(link).text
    words = "three words in a row"
    client.post(link, data={"password": words, "password_confirm": words})
    signed_in = client.post("/staff/sign-in", data={"email": person.email, "password": words})
    assert signed_in.headers["Location"] == "/staff/"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name": ""}, "Enter the person's name"),
        ({"name": "   "}, "Enter the person's name"),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"email": ""}, "Enter the person's e-mail address"),
        ({"email": "nobody"}, "like name@example.org"),
        ({"email": "a@b@example.org"}, "like name@example.org"),
        ({"email": "x" * 250 + "@example.org"}, "at most 254 characters"),
        ({"job_title": "x" * 121}, "at most 120 characters"),
        ({"roles": ["viewer", "emperor"]}, "Choose from the roles on the page"),
    ],
)
def test_add_person_says_what_is_wrong_and_keeps_the_rest(
    session: Session, browser: FlaskClient, typed: dict[str, object], says: str
) -> None:
    page = unescape(browser.post("/staff/people/add", data=NEW | typed).text)
    assert "There is a problem" in page and says in page
    if "job_title" not in typed:
        assert 'value="Manager"' in page
    assert session.query(Person).count() == 1


def test_add_person_refuses_an_address_in_use(session: Session, browser: FlaskClient) -> None:
    make.make_person(session, "Nia Old", email="nia.new@example.org")
    page = browser.post("/staff/people/add", data=NEW)
    assert "This address belongs to Nia Old." in page.text
    assert 'value="Nia New"' in page.text


def test_add_person_drops_nul(session: Session, browser: FlaskClient) -> None:
    browser.post("/staff/people/add", data=NEW | {"name": "Nia\0 New"})
    assert session.scalars(select(Person.name).where(Person.name == "Nia New")).one()


def test_edit_person_shows_and_saves(session: Session, browser: FlaskClient) -> None:
    person = make.make_person(session, "Old Name", RoleName.VIEWER)
    make.make_service(session, name="Youth club", owner=person)
    page = browser.get(f"/staff/people/{person.id}").text
    assert "Service owner of Youth club" in page
    assert 'value="viewer" checked' in page
    browser.post(f"/staff/people/{person.id}", data=NEW | {"roles": ["safeguarding_lead"]})
    session.expire_all()
    assert person.name == "Nia New"
    assert person.role_names == {RoleName.SAFEGUARDING_LEAD}


def test_edit_person_keeps_the_last_administrator(
    session: Session, browser: FlaskClient, admin: Person
) -> None:
    page = browser.post(f"/staff/people/{admin.id}", data=NEW)
    assert "You are the last administrator" in page.text
    session.expire_all()
    assert admin.role_names == {RoleName.ADMINISTRATOR}


def test_edit_person_refuses_an_address_in_use(session: Session, browser: FlaskClient) -> None:
    person = make.make_person(session)
    make.make_person(session, "Nia Old", email="nia.new@example.org")
    page = browser.post(f"/staff/people/{person.id}", data=NEW)
    assert "This address belongs to Nia Old." in page.text


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ({"active": False}, "has left and can't sign in"),
        ({"is_bounced": True}, "comes back"),
        ({"password": None}, "haven't chosen a password yet"),
        ({"password": "x", "tf_primary_method": "authenticator"}, "Two-step sign-in is on"),
    ],
)
def test_edit_person_says_how_they_stand(
    session: Session, browser: FlaskClient, state: dict[str, Any], says: str
) -> None:
    person = make.make_person(session, **state)
    assert says in browser.get(f"/staff/people/{person.id}").text


@pytest.mark.parametrize("number", ["0", "2147483647", "2147483648", "9" * 30, "-1", "x", "1.5"])
def test_edit_person_is_a_page_not_found_for_odd_numbers(browser: FlaskClient, number: str) -> None:
    assert browser.get(f"/staff/people/{number}").status_code == 404


def test_invite_sends_the_link_again(app: Flask, session: Session, browser: FlaskClient) -> None:
    person = make.make_person(session, "Ivy")
    answer = browser.post(f"/staff/people/{person.id}/invite", follow_redirects=True)
    assert "A link to choose a password went to" in answer.text
    assert letters(app)[0]["To"] == person.email


def test_invite_sends_nothing_to_somebody_who_left(
    app: Flask, session: Session, browser: FlaskClient
) -> None:
    person = make.make_person(session, "Gus", active=False)
    answer = browser.post(f"/staff/people/{person.id}/invite", follow_redirects=True)
    assert "Gus has left. Bring them back before you invite them." in answer.text
    assert letters(app) == []


def test_invite_says_so_when_no_mail_could_be_sent(
    app: Flask, session: Session, browser: FlaskClient
) -> None:
    person = make.make_person(session, "Ivy")
    settings = app.config["LOOPKEEPER"]
    nobody_listens = replace(settings, smtp_host="127.0.0.1", smtp_port=9, smtp_timeout=1)
    app.config["LOOPKEEPER"] = nobody_listens
    answer = browser.post(f"/staff/people/{person.id}/invite", follow_redirects=True)
    app.config["LOOPKEEPER"] = settings
    assert "No mail could be sent" in answer.text


def test_deactivate_lists_what_nobody_would_answer_for(
    session: Session, browser: FlaskClient
) -> None:
    person = make.make_person(session, "Owen")
    make.make_service(session, name="Youth club", owner=person)
    make.make_service(session, name="Bus passes", deputies=[person])
    page = browser.get(f"/staff/people/{person.id}/deactivate").text
    warned, others = page.split("They are also")
    assert "Nobody would answer for these" in warned
    assert "Service owner of Youth club" in warned
    assert "Deputy of Bus passes" in others
    session.expire_all()
    assert person.active


def test_deactivate_ends_the_session_of_whoever_left(
    session: Session, browser: FlaskClient, sign_in: SignIn
) -> None:
    person = make.make_person(session, "Owen")
    theirs = sign_in(person)
    assert theirs.get("/staff/account").status_code == 200
    answer = browser.post(f"/staff/people/{person.id}/deactivate", follow_redirects=True)
    assert "Owen can't sign in any more." in unescape(answer.text)
    assert theirs.get("/staff/account").headers["Location"].startswith("/staff/sign-in")


def test_deactivate_keeps_the_last_administrator(
    session: Session, browser: FlaskClient, admin: Person
) -> None:
    answer = browser.post(f"/staff/people/{admin.id}/deactivate")
    assert answer.status_code == 409
    assert "You are the last administrator" in answer.text
    session.expire_all()
    assert admin.active


def test_reactivate_asks_then_brings_back(session: Session, browser: FlaskClient) -> None:
    person = make.make_person(session, "Gus", RoleName.VIEWER, active=False)
    assert "as viewer" in browser.get(f"/staff/people/{person.id}/reactivate").text
    answer = browser.post(f"/staff/people/{person.id}/reactivate", follow_redirects=True)
    assert "Gus is back and can sign in." in answer.text
    session.expire_all()
    assert person.active


def test_switch_off_two_step_asks_then_does(session: Session, browser: FlaskClient) -> None:
    person = make.make_person(session, "Owen", tf_primary_method="authenticator")
    assert "really them" in browser.get(f"/staff/people/{person.id}/switch-off-two-step").text
    answer = browser.post(f"/staff/people/{person.id}/switch-off-two-step", follow_redirects=True)
    assert "Owen signs in with a password alone" in answer.text
    session.expire_all()
    assert person.tf_primary_method is None


def test_me_shows_name_roles_services_and_two_step(session: Session, sign_in: SignIn) -> None:
    person = make.make_person(session, "Owen Owner", RoleName.VIEWER)
    make.make_service(session, name="Youth club", owner=person)
    make.make_service(session, name="Bus passes", deputies=[person])
    page = sign_in(person).get("/staff/account").text
    assert "Owen Owner, Youth worker" in page and "Viewer" in page
    assert "Service owner of Youth club" in page and "Deputy of Bus passes" in page
    assert "Off. Your password alone signs you in." in page
    assert "/staff/account/password" in page and "/staff/account/two-step" in page


def test_me_says_so_when_two_step_is_on(session: Session, sign_in: SignIn) -> None:
    person = make.make_person(session, tf_primary_method="authenticator", tf_totp_secret="x")
    page = sign_in(person).get("/staff/account").text
    assert "On. You have no recovery codes." in page
    assert "No role and no service yet." in page
