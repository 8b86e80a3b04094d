"""Forms are guarded by a token behind the sign-in and by their Origin outside it."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.test import EnvironBuilder

from tests import factories as make
from tests.conftest import SignIn
from tracker.accounts.policy import RoleName
from tracker.services.models import Organisation
from tracker.web.input import CleanRequest

SETTINGS = {
    "name": "Renamed",
    "nation": "england",
    "time_zone": "Europe/London",
    "goes_live_on": "2026-01-01",
}


@pytest.fixture
def guarded(app: Flask) -> Iterator[None]:
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.usefixtures("guarded")
def test_staff_form_needs_the_token_of_its_page(session: Session, sign_in: SignIn) -> None:
    kept = make.make_organisation(session, name="Before")
    browser = sign_in(make.make_person(session, "", RoleName.ADMINISTRATOR))
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/staff/settings").text)
    assert found

    for token in ({}, {"csrf_token": "forged"}):
        answer = browser.post("/staff/settings", data=SETTINGS | token)
        assert answer.status_code == 400
        assert "This page was open too long" in answer.text
        session.refresh(kept)
        assert kept.name == "Before"

    answer = browser.post("/staff/settings", data=SETTINGS | {"csrf_token": found[1]})
    assert answer.status_code == 302
    assert session.get_one(Organisation, 1, populate_existing=True).name == "Renamed"


@pytest.mark.usefixtures("guarded")
@pytest.mark.parametrize("address", ["/staff/sign-in", "/staff/reset-password", "/staff/sign-out"])
def test_sign_in_forms_need_a_token_too(client: FlaskClient, address: str) -> None:
    answer = client.post(address, data={"email": "a@example.org", "password": "x"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("origin", "refused"),
    [
        (None, False),
        ("null", False),
        ("", False),
        ("http://localhost", False),
        ("https://evil.example", True),
        ("http://localhost.evil.example", True),
        ("http://localhost:8080", True),
    ],
)
def test_public_form_refuses_another_sites_origin(
    session: Session, client: FlaskClient, origin: str | None, refused: bool
) -> None:
    make.make_organisation(session)
    headers = {} if origin is None else {"Origin": origin}
    answer = client.post("/answer", data={}, headers=headers)
    assert (answer.status_code == 403) is refused
    assert answer.status_code < 500


def _request(**kwargs: object) -> CleanRequest:
    return CleanRequest(EnvironBuilder(**kwargs).get_environ())  # type: ignore[arg-type]


def test_typed_text_loses_its_nul_and_keeps_the_rest() -> None:
    typed = {"a\0": "x\0y", "list": ["1\0", "2"]}
    request = _request(method="POST", data=typed, query_string={"q": "\0z"})
    assert request.form["a"] == "xy"
    assert request.form.getlist("list") == ["1", "2"]
    assert request.args["q"] == "z"
    request.get_data(parse_form_data=True)  # asks for the form again
    assert request.form["a"] == "xy"


def test_uploaded_files_keep_their_bytes() -> None:
    request = _request(method="POST", data={"f": (BytesIO(b"a\0b"), "a.bin"), "t": "\0"})
    assert request.files["f"].read() == b"a\0b"
    assert request.form["t"] == ""


@pytest.mark.parametrize(
    ("body", "kept", "is_altered"),
    [
        (b"w=caf%C3%A9", "café", False),
        ("w=café 🎸".encode(), "café 🎸", False),
        (b"w=a%00b", "ab", True),
        (b"w=a%ED%A0%80b", "a\ufffdb", True),
        (b"w=a%FFb", "a\ufffdb", True),
        (b"w=a\xff\xc3b", "a\ufffdb", True),
        (b"w=%ef%bf%bd", "\ufffd", False),
        (b"w=", "", False),
    ],
)
def test_form_keeps_all_but_what_no_database_can(body: bytes, kept: str, is_altered: bool) -> None:
    request = _request(method="POST", data=body, content_type="application/x-www-form-urlencoded")
    assert request.is_altered is is_altered
    assert request.form["w"] == kept


def test_form_with_very_many_fields_is_too_large() -> None:
    request = _request(
        method="POST", data=b"a&" * 10_000, content_type="application/x-www-form-urlencoded"
    )
    with pytest.raises(RequestEntityTooLarge):
        _ = request.form
