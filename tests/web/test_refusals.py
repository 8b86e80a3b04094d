"""Every refusal is a clear page in the look of the surface it happened on."""

from collections.abc import Iterator

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.exceptions import Gone, default_exceptions

from tests import factories as make
from tests.conftest import SignIn
from tracker.accounts.guard import public
from tracker.accounts.policy import RoleName
from tracker.app import create_app
from tracker.db import db
from tracker.errors import Conflict, LoopkeeperError, NotAllowed, NotFound
from tracker.web.refusals import status_of

STAFF_LOOK = "govuk-template"


@pytest.fixture
def failing(app: Flask) -> Iterator[FlaskClient]:
    """A browser on an app with pages, on both surfaces, that fail in every way."""
    broken = create_app(app.config["LOOPKEEPER"])
    broken.config.update(WTF_CSRF_ENABLED=False)

    @public
    def fail(way: str) -> str:
        raise _error(way)

    for surface in ("", "/staff"):
        broken.add_url_rule(f"{surface}/fail/<way>", f"fail{surface}", fail)
    yield broken.test_client()
    with broken.app_context():
        db.engine.dispose()


def _error(way: str) -> Exception:
    errors: dict[str, Exception] = {
        "bug": ZeroDivisionError("secret detail"),
        "collision": IntegrityError("INSERT secret", {}, Exception()),
        "missing": NotFound("There is no such thing."),
        "forbidden": NotAllowed("Ask somebody else."),
        "conflict": Conflict("It has moved on."),
        "wrong": LoopkeeperError("Say it differently."),
        "ready": Gone(response=Response("made elsewhere", 410)),
    }
    return errors[way] if way in errors else default_exceptions[int(way)]()


@pytest.mark.parametrize("surface", ["", "/staff"])
@pytest.mark.parametrize(
    ("way", "status", "says"),
    [
        ("400", 400, "We couldn&#39;t read that"),
        ("401", 401, "Please sign in"),
        ("403", 403, "That isn&#39;t yours to see"),
        ("404", 404, "There is nothing here"),
        ("405", 405, "That can&#39;t be done here"),
        ("413", 413, "That was too long"),
        ("418", 418, "That didn&#39;t work"),
        ("429", 429, "Wait a few minutes"),
        ("500", 500, "That didn&#39;t work"),
        ("bug", 500, "Something went wrong at our end"),
        ("collision", 409, "Somebody did the same thing at the same moment"),
        ("missing", 404, "There is no such thing."),
        ("forbidden", 403, "Ask somebody else."),
        ("conflict", 409, "It has moved on."),
        ("wrong", 400, "Say it differently."),
    ],
)
def test_refusal_is_a_page_of_its_surface(
    failing: FlaskClient, surface: str, way: str, status: int, says: str
) -> None:
    answer = failing.get(f"{surface}/fail/{way}")
    assert answer.status_code == status
    assert says in answer.text
    assert answer.text.count("<h1") == 1
    assert (STAFF_LOOK in answer.text) is (surface == "/staff")
    assert "secret" not in answer.text and "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("x"), 404),
        (NotAllowed("x"), 403),
        (Conflict("x"), 409),
        (LoopkeeperError("x"), 400),
    ],
)
def test_status_of_follows_the_kind_of_refusal(error: LoopkeeperError, status: int) -> None:
    assert status_of(error) == status


def test_unknown_address_is_a_page_on_both_surfaces(client: FlaskClient) -> None:
    public_page, staff_page = client.get("/nothing"), client.get("/staff/nothing")
    assert public_page.status_code == staff_page.status_code == 404
    assert STAFF_LOOK not in public_page.text and STAFF_LOOK in staff_page.text


def test_wrong_method_is_a_page(client: FlaskClient) -> None:
    answer = client.delete("/staff/sign-in")
    assert answer.status_code == 405
    assert "use the buttons on the page" in answer.text


def test_form_beyond_the_limit_is_a_page(session: Session, sign_in: SignIn) -> None:
    make.make_organisation(session)
    browser = sign_in(make.make_person(session, "", RoleName.ADMINISTRATOR))
    answer = browser.post("/staff/settings", data={"name": "x" * 3_000_000})
    assert answer.status_code == 413
    assert "Make it shorter" in answer.text


@pytest.mark.parametrize("address", ["/staff/people/%00", "/board/%00", "/s/a%00b", "/%00"])
def test_nul_in_an_address_is_a_page_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code in (302, 404)


def test_refused_request_leaves_nothing_behind(session: Session, sign_in: SignIn) -> None:
    ada = make.make_person(session, "Ada", RoleName.ADMINISTRATOR)
    browser = sign_in(ada)
    assert browser.post(f"/staff/people/{ada.id}/deactivate").status_code == 409
    session.refresh(ada)
    assert ada.active


def test_redirect_to_the_slash_stays_a_redirect(client: FlaskClient) -> None:
    assert client.get("/staff").headers["Location"].endswith("/staff/")


def test_ready_made_answer_is_passed_on(failing: FlaskClient) -> None:
    answer = failing.get("/fail/ready")
    assert (answer.status_code, answer.text) == (410, "made elsewhere")
