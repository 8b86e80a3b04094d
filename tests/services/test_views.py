"""The pages about services and settings."""

from datetime import date
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import SignIn
from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.db import db
from tracker.services.models import Organisation, Service
from tracker.working_days import Nation


@pytest.fixture
def browser(session: Session, sign_in: SignIn) -> FlaskClient:
    make.make_organisation(session, nation=Nation.WALES)
    return sign_in(make.make_person(session, "Ada Admin", RoleName.ADMINISTRATOR))


@pytest.fixture
def ann(session: Session) -> Person:
    return make.make_person(session, "Ann Owner", job_title="Manager")


@pytest.fixture
def bea(session: Session) -> Person:
    return make.make_person(session, "Bea Boss")


def filled(owner: Person, contact: Person, **more: object) -> dict[str, object]:
    return {
        "name": "Youth club",
        "about": "Evenings for everybody",
        "nation": "scotland",
        "owner": owner.id,
        "escalation_contact": contact.id,
    } | more


def test_index_lists_services_with_who_answers(session: Session, browser: FlaskClient) -> None:
    gone = make.make_person(session, "Gus Gone", active=False)
    bounced = make.make_person(session, "Ben Bounced", is_bounced=True)
    make.make_service(session, name="Bus passes", owner=gone, escalation_contact=bounced)
    make.make_service(session, name="Orphan", owner=None)
    make.make_service(session, name="Old library", is_active=False)
    page = browser.get("/staff/services").text
    assert "Gus Gone (has left)" in page and "Ben Bounced (mail comes back)" in page
    assert "Owner: nobody" in " ".join(page.split())
    assert page.count("Needs an owner") == 2 and page.count("Needs a contact") == 1
    assert page.index(">Closed<") < page.index("Old library")


def test_index_says_what_to_do_when_there_is_none(browser: FlaskClient) -> None:
    assert "No service yet." in browser.get("/staff/services").text


def test_index_refuses_the_stranger_and_the_owner(
    client: FlaskClient, session: Session, sign_in: SignIn, ann: Person
) -> None:
    make.make_service(session, owner=ann)
    assert client.get("/staff/services").status_code == 302
    assert sign_in(ann).get("/staff/services").status_code == 403


def test_index_takes_as_many_queries_for_three_as_for_one(
    app: Flask, session: Session, browser: FlaskClient
) -> None:
    def count() -> int:
        statements: list[str] = []
        with app.app_context():
            engine = db.engine

        def note(_c: object, _cu: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        browser.get("/staff/services")
        event.remove(engine, "before_cursor_execute", note)
        return len(statements)

    make.make_service(session, deputies=[make.make_person(session)])
    with_one = count()
    for _ in range(2):
        make.make_service(session, deputies=[make.make_person(session)])
    assert count() == with_one


def test_create_starts_with_the_organisations_nation(browser: FlaskClient, ann: Person) -> None:
    page = browser.get("/staff/services/add").text
    assert '<option value="wales" selected>' in page
    assert "Ann Owner, Manager" in page
    assert "Add people" not in page


def test_create_says_so_when_there_are_too_few_people(browser: FlaskClient) -> None:
    assert "Add people" in browser.get("/staff/services/add").text


def test_create_makes_the_service(
    session: Session, browser: FlaskClient, ann: Person, bea: Person
) -> None:
    cat = make.make_person(session, "Cat")
    answer = browser.post(
        "/staff/services/add", data=filled(ann, bea, deputies=[cat.id]), follow_redirects=True
    )
    assert "Youth club is added." in answer.text
    service = session.scalars(select(Service)).one()
    assert (service.owner, service.escalation_contact) == (ann, bea)
    assert service.deputies == [cat] and service.nation is Nation.SCOTLAND


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name": ""}, "Enter the service's name"),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"about": "x" * 1001}, "Keep it to 1,000 characters"),
        ({"owner": ""}, "Choose somebody who works here now as the owner"),
        ({"owner": "99999999999999999999"}, "Choose somebody who works here now as the owner"),
        ({"owner": "²"}, "Choose somebody who works here now as the owner"),
        ({"escalation_contact": "x"}, "Choose somebody who works here now as the escalation"),
        ({"deputies": ["0"]}, "Choose deputies who work here now"),
        ({"nation": "france"}, "Not a valid choice"),
        ({"name": "TAKEN"}, "There is a service called TAKEN already."),
    ],
)
def test_create_says_what_is_wrong_and_keeps_the_rest(
    session: Session,
    browser: FlaskClient,
    ann: Person,
    bea: Person,
    typed: dict[str, object],
    says: str,
) -> None:
    make.make_service(session, name="Taken")
    page = unescape(browser.post("/staff/services/add", data=filled(ann, bea) | typed).text)
    assert says in page
    if "about" not in typed:
        assert "Evenings for everybody</textarea>" in page
    assert session.query(Service).count() == 1


def test_create_refuses_a_contact_who_is_the_owner(browser: FlaskClient, ann: Person) -> None:
    page = unescape(browser.post("/staff/services/add", data=filled(ann, ann)).text)
    assert "The escalation contact can't be the owner" in page


def test_edit_shows_and_saves(
    session: Session, browser: FlaskClient, ann: Person, bea: Person
) -> None:
    service = make.make_service(session, name="Old name")
    page = browser.get(f"/staff/services/{service.id}").text
    assert "Consultations keep their owner" in page
    assert f'<option value="{service.owner_id}" selected>' in page
    answer = browser.post(
        f"/staff/services/{service.id}", data=filled(ann, bea), follow_redirects=True
    )
    assert "What you changed about Youth club is saved." in answer.text
    session.expire_all()
    assert (service.name, service.owner) == ("Youth club", ann)


def test_edit_explains_a_refusal(
    session: Session, browser: FlaskClient, ann: Person, bea: Person
) -> None:
    service = make.make_service(session, name="Old name")
    form = filled(ann, bea, deputies=[ann.id])
    page = unescape(browser.post(f"/staff/services/{service.id}", data=form).text)
    assert "The owner can't be their own deputy." in page
    session.expire_all()
    assert service.name == "Old name"


@pytest.mark.parametrize("number", ["0", "2147483648", "9" * 40, "-1", "x"])
def test_edit_is_a_page_not_found_for_odd_numbers(browser: FlaskClient, number: str) -> None:
    assert browser.get(f"/staff/services/{number}").status_code == 404


def test_close_asks_then_closes_and_reopen_opens(session: Session, browser: FlaskClient) -> None:
    service = make.make_service(session, name="Youth club")
    assert "Nothing is deleted" in browser.get(f"/staff/services/{service.id}/close").text
    session.expire_all()
    assert service.is_active
    answer = browser.post(f"/staff/services/{service.id}/close", follow_redirects=True)
    assert "Youth club starts no new consultation." in answer.text
    session.expire_all()
    assert not service.is_active
    assert "This service is closed" in browser.get(f"/staff/services/{service.id}").text
    answer = browser.post(f"/staff/services/{service.id}/reopen", follow_redirects=True)
    assert "Youth club can start consultations again." in answer.text
    session.expire_all()
    assert service.is_active


SETTINGS = {
    "name": "Riverside",
    "nation": "scotland",
    "time_zone": "Europe/London",
    "goes_live_on": "2026-09-01",
    "is_sending": "y",
    "reopens_at_judging": "12",
    "reopens_at_share": "60",
}


def test_settings_are_shown_and_saved(session: Session, browser: FlaskClient) -> None:
    page = browser.get("/staff/settings").text
    assert 'value="Test Council"' in page and 'value="2020-01-01"' in page
    answer = browser.post("/staff/settings", data=SETTINGS, follow_redirects=True)
    assert "The settings are saved." in answer.text
    kept = session.get_one(Organisation, 1)
    session.refresh(kept)
    assert (kept.name, kept.goes_live_on) == ("Riverside", date(2026, 9, 1))
    assert kept.is_sending
    assert (kept.reopens_at_judging, kept.reopens_at_share) == (12, 60)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"reopens_at_judging": "4"}, "Enter a number from 5 to 1000"),
        ({"reopens_at_judging": "1001"}, "Enter a number from 5 to 1000"),
        ({"reopens_at_judging": ""}, "Enter a number from 5 to 1000"),
        ({"reopens_at_share": "24"}, "Enter a number from 25 to 75"),
        ({"reopens_at_share": "76"}, "Enter a number from 25 to 75"),
        ({"reopens_at_share": "half"}, "Enter a number from 25 to 75"),
    ],
)
def test_settings_keep_the_floor_under_one_voice(
    session: Session, browser: FlaskClient, typed: dict[str, str], says: str
) -> None:
    answer = browser.post("/staff/settings", data=SETTINGS | typed)
    assert says in answer.text and "The settings are saved." not in answer.text
    kept = session.get_one(Organisation, 1)
    session.refresh(kept)
    assert (kept.reopens_at_judging, kept.reopens_at_share) == (8, 50)


def test_settings_switch_further_channels_on(session: Session, browser: FlaskClient) -> None:
    kept = session.get_one(Organisation, 1)
    assert (kept.uses_chat, kept.uses_notify) == (False, False)
    browser.post("/staff/settings", data=SETTINGS | {"uses_chat": "y"})
    session.refresh(kept)
    assert (kept.uses_chat, kept.uses_notify) == (True, False)
    assert (
        'name="uses_chat" type="checkbox" value="y" checked' in browser.get("/staff/settings").text
    )


def test_settings_switch_sending_off_and_say_so(session: Session, browser: FlaskClient) -> None:
    browser.post("/staff/settings", data={k: v for k, v in SETTINGS.items() if k != "is_sending"})
    assert "Sending is off." in browser.get("/staff/settings").text
    kept = session.get_one(Organisation, 1)
    session.refresh(kept)
    assert not kept.is_sending


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name": ""}, "Enter the organisation's name"),
        ({"name": "x" * 500_000}, "at most 120 characters"),
        ({"nation": ""}, "Not a valid choice"),
        ({"time_zone": "Mars/Base"}, "We don't know this time zone."),
        ({"time_zone": "../../etc/passwd"}, "We don't know this time zone."),
        ({"time_zone": ""}, "Enter a time zone"),
        ({"goes_live_on": ""}, "Enter a day"),
        ({"goes_live_on": "31/12/2026"}, "Enter a day, for example"),
        ({"goes_live_on": "2026-02-30"}, "Enter a day, for example"),
        ({"goes_live_on": "99999-01-01"}, "Enter a day, for example"),
    ],
)
def test_settings_say_what_is_wrong(
    session: Session, browser: FlaskClient, typed: dict[str, str], says: str
) -> None:
    page = unescape(browser.post("/staff/settings", data=SETTINGS | typed).text)
    assert says in page and "There is a problem" in page
    kept = session.get_one(Organisation, 1)
    session.refresh(kept)
    assert kept.name == "Test Council"


def test_settings_before_set_up_say_what_to_run(session: Session, sign_in: SignIn) -> None:
    admin = make.make_person(session, "Ada", RoleName.ADMINISTRATOR)
    page = sign_in(admin).get("/staff/settings")
    assert page.status_code == 404 and "flask setup" in page.text
