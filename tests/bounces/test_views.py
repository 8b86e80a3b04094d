"""The door for mail providers, and the page about addresses that don't work."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config import Config
from tests import factories as make
from tests.bounces.scenes import bounces, came_back, sent_to
from tests.bounces.test_posted import SECRET, event, receipt, signed_mailgun, signed_own
from tests.conftest import SignIn
from tests.counting import counted
from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.bounces.models import BounceMailbox
from tracker.clock import utc_now
from tracker.reminders.models import Mail, MailState
from tracker.services.models import Organisation

DOOR = "/hooks/bounces/"
PAGE = "/staff/people/addresses"


@pytest.fixture
def told(app: Flask, settings: Config) -> Iterator[Config]:
    """The settings of a Loopkeeper that every provider may tell."""
    own = replace(
        settings, bounce_secret=SECRET, bounce_notify_token=SECRET, bounce_mailgun_key=SECRET
    )
    app.config["LOOPKEEPER"] = own
    yield own
    app.config["LOOPKEEPER"] = settings


@pytest.fixture
def olu(session: Session) -> Person:
    make.make_organisation(session)
    return make.make_person(session, "Olu")


@pytest.fixture
def administrator(session: Session, olu: Person) -> Person:
    return make.make_person(session, "Ada", RoleName.ADMINISTRATOR)


@pytest.fixture
def mail(session: Session, olu: Person) -> Mail:
    return sent_to(session, olu, sent_at=utc_now() - timedelta(hours=1))


def stamp() -> str:
    return str(int(utc_now().timestamp()))


def post_own(client: FlaskClient, data: Any) -> TestResponse:
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return client.post(DOOR + "generic", data=body, headers=signed_own(body, stamp()))


def bounce_of(mail: Mail, **said: Any) -> dict[str, Any]:
    return {
        "message_id": mail.message_id,
        "recipient": mail.person.email,
        "status": "5.1.1",
        "words": "550 nobody here",
    } | said


def test_receive_takes_our_own_form_once(
    told: Config, client: FlaskClient, session: Session, olu: Person, mail: Mail
) -> None:
    answers = [post_own(client, bounce_of(mail)) for _ in range(2)]

    assert [each.status_code for each in answers] == [200, 200]
    assert [each.json for each in answers] == [{"read": 1, "taken": 1}, {"read": 1, "taken": 0}]
    assert [each.words for each in bounces(session)] == ["550 nobody here"]
    assert olu.is_bounced


def test_receive_takes_several_at_once(
    told: Config, client: FlaskClient, session: Session, olu: Person, mail: Mail
) -> None:
    other = bounce_of(mail, message_id="<of-somebody-else@example.org>")

    answer = post_own(client, {"bounces": [other, bounce_of(mail)]})

    assert answer.json == {"read": 2, "taken": 1}


def test_receive_takes_a_receipt_of_notify(
    told: Config, client: FlaskClient, session: Session, olu: Person, mail: Mail
) -> None:
    answer = client.post(
        DOOR + "notify",
        json=receipt(reference=mail.message_id),
        headers={"Authorization": f"Bearer {SECRET}"},
    )

    assert answer.json == {"read": 1, "taken": 1}
    session.refresh(olu)
    assert olu.is_bounced


def test_receive_takes_an_event_of_mailgun(
    told: Config, client: FlaskClient, session: Session, olu: Person, mail: Mail
) -> None:
    said = event(message={"headers": {"message-id": mail.message_id.strip("<>")}})

    answer = client.post(DOOR + "mailgun", json=said | {"signature": signed_mailgun(stamp())})

    assert answer.json == {"read": 1, "taken": 1}
    session.refresh(olu)
    assert olu.is_bounced


@pytest.mark.parametrize("provider", ["generic", "notify", "mailgun"])
def test_receive_refuses_who_doesnt_prove_who_they_are(
    told: Config, client: FlaskClient, session: Session, olu: Person, mail: Mail, provider: str
) -> None:
    answer = client.post(DOOR + provider, json=bounce_of(mail))

    assert answer.status_code == 401
    assert "signature or token is wrong" in answer.get_json()["error"]
    assert bounces(session) == []


def test_receive_refuses_what_was_signed_a_while_ago(
    told: Config, client: FlaskClient, session: Session, mail: Mail
) -> None:
    body = json.dumps(bounce_of(mail)).encode()
    earlier = str(int(stamp()) - 600)

    answer = client.post(DOOR + "generic", data=body, headers=signed_own(body, earlier))

    assert answer.status_code == 401 and bounces(session) == []


@pytest.mark.parametrize("provider", ["generic", "notify", "mailgun", "nobody"])
def test_receive_isnt_there_until_it_is_set_up(
    client: FlaskClient, session: Session, mail: Mail, provider: str
) -> None:
    answer = client.post(
        DOOR + provider, json=bounce_of(mail), headers={"Authorization": "Bearer "}
    )

    assert answer.status_code == 404
    assert "docs/bounces.md" in answer.get_json()["error"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[" * 60_000, b"7", b"1" * 5000, b'{"bounces": 5}'],
    ids=range(7),
)
def test_receive_refuses_what_is_malformed(
    told: Config, client: FlaskClient, session: Session, olu: Person, body: bytes
) -> None:
    answer = post_own(client, body)

    assert answer.status_code == 400
    assert "Send one bounce" in answer.get_json()["error"]


def test_receive_refuses_what_is_too_long(
    told: Config, client: FlaskClient, olu: Person, mail: Mail
) -> None:
    assert post_own(client, bounce_of(mail, words="x" * 70_000)).status_code == 413


def test_receive_refuses_a_page_of_another_site(
    told: Config, client: FlaskClient, session: Session, mail: Mail
) -> None:
    body = json.dumps(bounce_of(mail)).encode()
    headers = signed_own(body, stamp()) | {"Origin": "https://elsewhere.example"}

    assert client.post(DOOR + "generic", data=body, headers=headers).status_code == 403
    assert bounces(session) == []


# The page


def test_index_says_whose_mail_comes_back_and_why(
    session: Session,
    settings: Config,
    sign_in: SignIn,
    administrator: Person,
    olu: Person,
    mail: Mail,
) -> None:
    make.make_service(session, owner=olu, name="Youth centre")
    came_back(session, settings, mail, words="550 <b>nobody</b>", now=utc_now())

    page = sign_in(administrator).get(PAGE).text

    assert "Olu" in page and "olu@example.org" in page
    assert "Nobody is at this address." in page
    assert "“550 &lt;b&gt;nobody&lt;/b&gt;”" in page
    assert "Service owner of Youth centre" in page
    assert f'href="/staff/people/{olu.id}"' in page


def test_index_without_any_says_so_and_what_isnt_set_up(
    sign_in: SignIn, administrator: Person
) -> None:
    page = sign_in(administrator).get(PAGE).text

    assert "Every address works, as far as we know." in page
    assert "isn’t told of mails that come back later" in page


def test_index_knows_when_it_is_told(told: Config, sign_in: SignIn, administrator: Person) -> None:
    assert "isn’t told of mails" not in sign_in(administrator).get(PAGE).text


def test_index_lists_apart_those_we_still_try(
    session: Session,
    settings: Config,
    sign_in: SignIn,
    administrator: Person,
    olu: Person,
    mail: Mail,
) -> None:
    came_back(session, settings, mail, status="4.2.2", words="452 full", now=utc_now())

    page = sign_in(administrator).get(PAGE).text

    assert "Every address works" in page
    after = page.partition("Mail came back, and we try again")[2]
    assert "Olu" in after and "The mailbox is full." in after and "452 full" in after


def test_index_knows_an_address_that_was_refused_at_once(
    session: Session, sign_in: SignIn, administrator: Person, olu: Person
) -> None:
    make.make_person(session, "Dee", is_bounced=True)
    make.make_person(session, "Gone", is_bounced=True, active=False)
    olu.is_bounced = True
    sent_to(session, olu, state=MailState.FAILED, sent_at=None, last_error="550 first")
    sent_to(session, olu, state=MailState.FAILED, sent_at=None, last_error="550 last")

    page = sign_in(administrator).get(PAGE).text

    assert "The mail server refused it." in page and "550 last" in page
    assert "550 first" not in page
    assert "isn’t kept any more" in page.replace("&#39;", "’") and "Dee" in page
    assert "Gone" not in page


def test_index_says_how_the_mailbox_stands(
    app: Flask, session: Session, settings: Config, sign_in: SignIn, administrator: Person
) -> None:
    app.config["LOOPKEEPER"] = replace(settings, bounce_imap_host="imap.example.org")
    browser, row = sign_in(administrator), BounceMailbox(next_look_at=make.NOW)
    try:
        assert "was last read" not in browser.get(PAGE).text
        row.read_at = make.NOW
        session.add(row)
        assert "was last read on 4 February 2026, 10:00" in browser.get(PAGE).text
        row.trouble = "no connection"
        page = browser.get(PAGE).text
    finally:
        app.config["LOOPKEEPER"] = settings
    assert "can’t be read since 4 February 2026, 10:00" in page and "no connection" in page


def test_index_asks_as_much_for_three_as_for_one(
    session: Session,
    settings: Config,
    sign_in: SignIn,
    administrator: Person,
    olu: Person,
    mail: Mail,
) -> None:
    def people(count: int, status: str) -> None:
        for _ in range(count):
            other = make.make_person(session)
            moment = utc_now()
            then = sent_to(session, other, sent_at=moment)
            came_back(session, settings, then, status=status, now=moment)

    browser = sign_in(administrator)
    people(1, "5.1.1")
    people(1, "4.2.2")
    make.make_person(session, is_bounced=True)
    with counted(session) as few:
        browser.get(PAGE)
    people(2, "5.1.1")
    people(2, "4.2.2")
    make.make_person(session, is_bounced=True)
    with counted(session) as many:
        page = browser.get(PAGE).text

    assert page.count("It works again") == 8
    assert len(few) == len(many)


def test_settle_writes_to_the_address_again(
    session: Session,
    settings: Config,
    sign_in: SignIn,
    administrator: Person,
    olu: Person,
    mail: Mail,
) -> None:
    came_back(session, settings, mail, now=utc_now())

    page = sign_in(administrator).post(
        f"/staff/people/{olu.id}/address-works", follow_redirects=True
    )

    session.refresh(olu)
    assert not olu.is_bounced
    assert "Mail goes to olu@example.org again." in page.text
    assert "Every address works" in page.text
    assert bounces(session)[0].settled_at is not None


def test_settle_of_nobody_is_not_found(sign_in: SignIn, administrator: Person) -> None:
    assert sign_in(administrator).post("/staff/people/999/address-works").status_code == 404


def test_stranger_and_owner_are_kept_out(
    client: FlaskClient, session: Session, sign_in: SignIn, olu: Person
) -> None:
    olu.is_bounced = True

    assert client.get(PAGE).status_code == 302
    assert sign_in(olu).get(PAGE).status_code == 403
    assert sign_in(olu).post(f"/staff/people/{olu.id}/address-works").status_code == 403
    session.refresh(olu)
    assert olu.is_bounced


def test_people_lead_to_the_page(session: Session, sign_in: SignIn, administrator: Person) -> None:
    assert session.get(Organisation, 1)
    assert f'href="{PAGE}"' in sign_in(administrator).get("/staff/people").text


def test_correcting_the_address_clears_the_mark(
    session: Session,
    settings: Config,
    sign_in: SignIn,
    administrator: Person,
    olu: Person,
    mail: Mail,
) -> None:
    came_back(session, settings, mail, now=utc_now())
    browser = sign_in(administrator)
    assert PAGE in browser.get(f"/staff/people/{olu.id}").text

    browser.post(f"/staff/people/{olu.id}", data={"name": "Olu", "email": "olu.new@example.org"})

    session.refresh(olu)
    assert (olu.email, olu.is_bounced) == ("olu.new@example.org", False)
    assert "Every address works" in browser.get(PAGE).text
