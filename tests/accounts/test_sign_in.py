"""Signing in and out, resets by mail, the second step, and how often one may guess."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from passlib.totp import TOTP  # type: ignore[import-untyped]
from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tests.accounts.letters import letters, link_in, text_of
from tests.conftest import SignIn
from tracker.accounts.models import Person
from tracker.accounts.sign_in import RotatingTotp

PASSWORD = "correct horse battery"
NEW_PASSWORD = "three quiet otters"
WRONG = "The e-mail address or the password isn't right."


@pytest.fixture
def person(app: Flask, session: Session) -> Person:
    make.make_organisation(session)
    with app.app_context():
        return make.make_person(session, "Owen Owner", password=hash_password(PASSWORD))


def sign_in_as(client: FlaskClient, email: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/staff/sign-in", data={"email": email, "password": password} | more)


def test_sign_in_leads_to_the_desk_and_out_again(client: FlaskClient, person: Person) -> None:
    assert sign_in_as(client, person.email).headers["Location"] == "/staff/"
    assert "Owen Owner" in client.get("/staff/account").text
    assert client.post("/staff/sign-out").headers["Location"] == "/staff/sign-in"
    assert client.get("/staff/account").status_code == 302


def test_sign_in_takes_the_address_in_any_case(client: FlaskClient, person: Person) -> None:
    assert sign_in_as(client, person.email.upper()).status_code == 302


def test_sign_in_leads_back_to_the_page_one_wanted(client: FlaskClient, person: Person) -> None:
    to_sign_in = client.get("/staff/account?from=mail").headers["Location"]
    page = client.get(to_sign_in).text
    assert 'value="/staff/account?from=mail"' in page
    answer = sign_in_as(client, person.email, next="/staff/account?from=mail")
    assert answer.headers["Location"] == "/staff/account?from=mail"


@pytest.mark.parametrize(
    "next_page",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\x00/"],
)
def test_sign_in_never_leads_to_another_site(
    client: FlaskClient, person: Person, next_page: str
) -> None:
    answer = sign_in_as(client, person.email, next=next_page)
    assert answer.status_code < 500
    assert not re.match(r"[^/]|/[/\\]", answer.headers.get("Location", ""))


def test_sign_in_says_the_same_to_a_wrong_password_and_an_unknown_address(
    client: FlaskClient, session: Session, person: Person
) -> None:
    invited = make.make_person(session, "Ivy Invited")
    pages = []
    for email in (person.email, "nobody@example.org", invited.email):
        page = unescape(sign_in_as(client, email, "not the password").text)
        assert WRONG in page
        pages.append(re.sub(r'value="[^"]*"', "", page))
    assert len(set(pages)) == 1


def test_sign_in_keeps_out_whoever_left(
    client: FlaskClient, session: Session, person: Person
) -> None:
    person.active = False
    assert WRONG in unescape(sign_in_as(client, person.email).text)
    assert client.get("/staff/account").status_code == 302


@pytest.mark.parametrize("typed", ["", "not an address", "a\0b@example.org", "x" * 100_000])
def test_sign_in_survives_odd_addresses(client: FlaskClient, person: Person, typed: str) -> None:
    answer = sign_in_as(client, typed)
    assert answer.status_code == 200
    assert "There is a problem" in answer.text


@pytest.mark.parametrize("email", ["owen.owner@example.org", "nobody@example.org"])
def test_sign_in_refuses_a_password_without_end(
    client: FlaskClient, person: Person, email: str
) -> None:
    answer = sign_in_as(client, email, "x" * 100_000)
    assert answer.status_code == 413
    assert "That password is too long" in answer.text


def test_sign_in_stops_ten_guesses_at_one_name_and_stores_no_address(
    client: FlaskClient, session: Session, person: Person
) -> None:
    for _ in range(10):
        assert sign_in_as(client, person.email, "a guess").status_code == 200
    answer = sign_in_as(client, person.email, "a guess")
    assert answer.status_code == 429
    assert "Too many tries" in answer.text and "Wait a few minutes" in answer.text
    # Somebody else behind the same address may still sign in; the person from elsewhere too.
    other = make.make_person(session, "Bea", password=person.password)
    assert sign_in_as(client, other.email).status_code == 302
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    form = {"email": person.email, "password": PASSWORD}
    answer = client.application.test_client().post(
        "/staff/sign-in", data=form, environ_base=elsewhere
    )
    assert answer.headers["Location"] == "/staff/"


def test_sign_in_stops_twenty_guesses_from_one_address(client: FlaskClient, person: Person) -> None:
    answers = [sign_in_as(client, f"{n}@example.org").status_code for n in range(21)]
    assert answers == [200] * 20 + [429]


def test_sign_in_counts_only_wrong_tries(client: FlaskClient, person: Person) -> None:
    for _ in range(11):
        assert sign_in_as(client, person.email).status_code == 302
        client.post("/staff/sign-out")


def test_forgot_password_sends_a_link_that_works_once(
    app: Flask, client: FlaskClient, person: Person
) -> None:
    client.post("/staff/reset-password", data={"email": person.email})
    (letter,) = letters(app)
    assert letter["Subject"] == "Set a new password for Loopkeeper"
    assert "Hello Owen Owner" in text_of(letter)
    link = link_in(letter)
    form = {"password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD}
    answer = client.post(link, data=form, follow_redirects=True)
    assert "Your password is set. Sign in with it." in answer.text
    assert "Your Loopkeeper password was set" in [mail["Subject"] for mail in letters(app)]
    again = client.get(link, follow_redirects=True)
    assert "That link has been used or replaced." in again.text
    assert sign_in_as(client, person.email).status_code == 200
    assert sign_in_as(client, person.email, NEW_PASSWORD).status_code == 302


def test_forgot_password_says_the_same_whoever_asks(
    app: Flask, client: FlaskClient, session: Session, person: Person
) -> None:
    gone = make.make_person(session, "Gus", active=False)
    for email in (person.email, gone.email, "nobody@example.org"):
        page = client.post("/staff/reset-password", data={"email": email}).text
        assert f"If {email} belongs to a member of staff, a link is on its way" in page
    assert [letter["To"] for letter in letters(app)] == [person.email]


def test_forgot_password_builds_its_link_from_the_settings_not_the_request(
    app: Flask, client: FlaskClient, person: Person
) -> None:
    forged = {"Host": "evil.example"}
    client.post("/staff/reset-password", data={"email": person.email}, headers=forged)
    (letter,) = letters(app)
    assert "evil.example" not in letter.as_string()
    assert "http://localhost/staff/reset-password/" in text_of(letter)


def test_forgot_password_stops_a_flood_of_mails(client: FlaskClient, person: Person) -> None:
    form = {"email": "nobody@example.org"}
    answers = [client.post("/staff/reset-password", data=form).status_code for _ in range(11)]
    assert answers[-1] == 429 and set(answers[:-1]) == {200}


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ("short", "short", "Use at least 12 characters."),
        ("eleven char", "eleven char", "Use at least 12 characters."),
        (NEW_PASSWORD, "something else", "The two passwords are different."),
        ("", "", "Enter a password"),
    ],
)
def test_reset_password_says_what_is_wrong(
    app: Flask, client: FlaskClient, person: Person, first: str, second: str, says: str
) -> None:
    client.post("/staff/reset-password", data={"email": person.email})
    link = link_in(letters(app)[0])
    page = client.post(link, data={"password": first, "password_confirm": second})
    assert says in page.text


@pytest.mark.parametrize("token", ["x", "x" * 5000, "WyJhIl0.x.y", "%00", "ä"])
def test_reset_password_leads_on_from_a_link_that_is_none(
    client: FlaskClient, person: Person, token: str
) -> None:
    answer = client.get(f"/staff/reset-password/{token}")
    assert answer.status_code in (302, 404)


def test_change_password_needs_the_old_one_and_tells_its_owner(
    app: Flask, client: FlaskClient, person: Person
) -> None:
    sign_in_as(client, person.email)
    new = {"new_password": NEW_PASSWORD, "new_password_confirm": NEW_PASSWORD}
    page = client.post("/staff/account/password", data=new | {"password": "wrong wrong wrong"})
    assert "That isn't your password." in unescape(page.text)
    answer = client.post("/staff/account/password", data=new | {"password": PASSWORD})
    assert answer.headers["Location"] == "/staff/account"
    assert "Your password is changed." in client.get("/staff/account").text
    assert letters(app)[0]["Subject"] == "Your Loopkeeper password was changed"


def test_change_password_signs_out_everywhere_else(
    app: Flask, client: FlaskClient, person: Person
) -> None:
    elsewhere = app.test_client()
    sign_in_as(elsewhere, person.email)
    sign_in_as(client, person.email)
    form = {
        "password": PASSWORD,
        "new_password": NEW_PASSWORD,
        "new_password_confirm": NEW_PASSWORD,
    }
    client.post("/staff/account/password", data=form)
    assert client.get("/staff/account").status_code == 200
    assert elsewhere.get("/staff/account").status_code == 302


def switch_on(client: FlaskClient) -> str:
    """Set up two-step sign-in; the key that an authenticator app would keep."""
    page = client.post("/staff/account/two-step", data={"setup": "authenticator"}).text
    found = re.search(r'class="staff-code">([A-Z0-9-]+)<', page)
    action = re.search(r'action="(/staff/account/two-step/[^"]+)"', page)
    assert found and action
    key = found[1].replace("-", "")
    answer = client.post(action[1], data={"code": code_of(key)})
    assert answer.headers["Location"] == "/staff/account"
    return key


def code_of(key: str) -> str:
    return str(TOTP(key=key).generate().token)


def test_two_step_asks_for_a_code_after_the_password(client: FlaskClient, person: Person) -> None:
    sign_in_as(client, person.email)
    key = switch_on(client)
    assert "Two-step sign-in is on." in client.get("/staff/account").text
    client.post("/staff/sign-out")

    answer = sign_in_as(client, person.email, next="/staff/account")
    assert answer.headers["Location"].startswith("/staff/sign-in/code")
    assert client.get("/staff/account").status_code == 302
    asked = client.get(answer.headers["Location"])
    assert "The six figures your authenticator app shows now" in asked.text
    wrong = client.post(answer.headers["Location"], data={"code": "000000"})
    assert "That code isn't right." in unescape(wrong.text)
    right = client.post(answer.headers["Location"], data={"code": code_of(key)})
    assert right.headers["Location"] == "/staff/account"
    assert client.get("/staff/account").status_code == 200


def test_two_step_can_be_switched_off_again(client: FlaskClient, person: Person) -> None:
    sign_in_as(client, person.email)
    switch_on(client)
    assert "Switch it off" in client.get("/staff/account/two-step").text
    answer = client.post(
        "/staff/account/two-step", data={"setup": "disable"}, follow_redirects=True
    )
    assert "Two-step sign-in is off." in answer.text
    client.post("/staff/sign-out")
    assert sign_in_as(client, person.email).headers["Location"] == "/staff/"


def test_two_step_setup_refuses_a_wrong_code(client: FlaskClient, person: Person) -> None:
    sign_in_as(client, person.email)
    page = client.post("/staff/account/two-step", data={"setup": "authenticator"}).text
    action = re.search(r'action="(/staff/account/two-step/[^"]+)"', page)
    assert action
    answer = client.post(action[1], data={"code": "1"}, follow_redirects=True)
    assert "That code isn't right." in unescape(answer.text)
    assert "Off." in client.get("/staff/account").text


def test_two_step_setup_offers_no_other_way(client: FlaskClient, person: Person) -> None:
    sign_in_as(client, person.email)
    page = client.post("/staff/account/two-step", data={"setup": "sms", "phone": "1"})
    assert "Choose one of the buttons on the page" in page.text


def test_two_step_setup_asks_for_the_password_after_a_while(
    client: FlaskClient, person: Person
) -> None:
    sign_in_as(client, person.email)
    with client.session_transaction() as cookie:
        cookie["fs_paa"] -= timedelta(hours=25).total_seconds()
        cookie.pop("fs_gexp", None)
    answer = client.get("/staff/account/two-step")
    assert answer.headers["Location"].startswith("/staff/account/confirm?next=")
    asked = client.get(answer.headers["Location"])
    assert "Your password once more" in asked.text
    form = {"password": PASSWORD, "next": "/staff/account/two-step"}
    on = client.post("/staff/account/confirm", data=form)
    assert on.headers["Location"] == "/staff/account/two-step"


def test_two_step_stops_guesses_at_the_code(client: FlaskClient, person: Person) -> None:
    sign_in_as(client, person.email)
    switch_on(client)
    client.post("/staff/sign-out")
    sign_in_as(client, person.email)
    answers = [
        client.post("/staff/sign-in/code", data={"code": f"{n:06}"}).status_code for n in range(11)
    ]
    assert answers[-1] == 429


def test_recovery_code_signs_in_once(client: FlaskClient, session: Session, person: Person) -> None:
    sign_in_as(client, person.email)
    switch_on(client)
    page = client.post("/staff/account/recovery-codes", data={"generate_new_codes": "1"}).text
    codes = re.findall(r'class="staff-code">([0-9a-f-]{14})<', page)
    assert len(codes) == 8
    session.refresh(person)
    assert codes[0] not in str(person.mf_recovery_codes), "codes are kept encrypted"
    assert "You have 8 recovery codes." in client.get("/staff/account").text
    assert codes[0] in client.get("/staff/account/recovery-codes?show_codes=1").text
    client.post("/staff/sign-out")

    for code, lets_in in ((codes[0], True), (codes[0], False), (codes[1], True)):
        sign_in_as(client, person.email)
        assert "Use a recovery code" in client.get("/staff/sign-in/recovery-code").text
        answer = client.post("/staff/sign-in/recovery-code", data={"code": code})
        assert (answer.status_code == 302) is lets_in
        if not lets_in:
            assert "or it has been used" in answer.text
        client.post("/staff/sign-out")


def test_no_code_page_tells_those_who_look_after_the_site(
    app: Flask, client: FlaskClient, person: Person
) -> None:
    sign_in_as(client, person.email)
    switch_on(client)
    client.post("/staff/sign-out")
    sign_in_as(client, person.email)
    page = client.post("/staff/sign-in/no-code", data={"help_setup": "help"})
    assert "They will get in touch with you." in page.text
    letter = letters(app)[-1]
    assert letter["To"] == "loop@example.org"
    assert f"/staff/people/{person.id}" in text_of(letter)


def test_sign_in_with_data_of_the_wrong_kind_is_refused(
    client: FlaskClient, person: Person
) -> None:
    bodies: list[Any] = [{"email": 1, "password": []}, [], "x", {"email": {"a": 1}}]
    for body in bodies:
        answer = client.post("/staff/sign-in", json=body)
        assert 400 <= answer.status_code < 500


def test_signed_in_person_is_sent_on_from_the_sign_in_page(
    session: Session, sign_in: SignIn
) -> None:
    browser = sign_in(make.make_person(session))
    assert browser.get("/staff/sign-in").headers["Location"] == "/staff/"


def test_totp_made_under_an_earlier_secret_key_still_works(app: Flask, settings: Config) -> None:
    old, new = "a" * 64, "b" * 64
    before = RotatingTotp({old[:8]: old}, "Loopkeeper")
    kept = before.generate_totp_secret()
    after = RotatingTotp({new[:8]: new, old[:8]: old}, "Loopkeeper")
    assert after.get_totp_b32_key(kept) == before.get_totp_b32_key(kept)
    assert new[:8] in after.generate_totp_secret()
