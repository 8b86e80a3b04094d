"""The languages of the public pages, as administrators see and extend them."""

from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import SignIn
from tests.languages.test_shelf import FRENCH
from tracker.accounts.policy import RoleName
from tracker.services.models import Organisation

HOME = "/staff/settings/languages"


@pytest.fixture
def browser(session: Session, sign_in: SignIn) -> FlaskClient:
    make.make_organisation(session)
    return sign_in(make.make_person(session, "Ada", RoleName.ADMINISTRATOR))


def _files(app: Flask) -> list[str]:
    folder = Path(app.config["LOOPKEEPER"].data) / "languages"
    return sorted(file.name for file in folder.glob("*")) if folder.exists() else []


def _upload(browser: FlaskClient, code: str, data: bytes) -> tuple[int, str]:
    page = browser.post(
        f"{HOME}/add", data={"code": code, "file": (BytesIO(data), "some.po")}, buffered=True
    )
    return page.status_code, unescape(page.text)


def test_index_shows_each_language_and_how_complete_it_is(browser: FlaskClient) -> None:
    page = browser.get(HOME).text

    assert 'Welsh <span lang="cy" dir="ltr">(Cymraeg)</span>' in page
    assert 'Arabic <span lang="ar" dir="rtl">(العربية)</span>' in page
    assert "100 %" in page


def test_index_saves_the_first_language(browser: FlaskClient, session: Session) -> None:
    assert browser.post(HOME, data={"language": "cy"}).status_code == 302
    assert session.get_one(Organisation, 1, populate_existing=True).language == "cy"

    assert browser.post(HOME, data={"language": "xx"}).status_code == 200
    assert session.get_one(Organisation, 1, populate_existing=True).language == "cy"


def test_add_puts_a_language_on_every_public_page(
    app: Flask, browser: FlaskClient, client: FlaskClient
) -> None:
    status, _ = _upload(browser, " FR ", FRENCH.encode())

    assert status == 302
    assert _files(app) == ["fr.po"]
    assert "It says 0 % of all sentences." in browser.get(HOME).text
    page = client.get("/answer?lang=fr").text
    assert '<html lang="fr" dir="ltr"' in page
    assert "Trouver de l’aide" in page
    assert '<span lang="en" dir="ltr">Your four words</span>' in page
    assert 'hreflang="fr" dir="ltr" aria-current="true">Français</a>' in page


@pytest.mark.parametrize(
    ("code", "data", "words"),
    [
        ("zz9plural", FRENCH.encode(), "is no language that we know"),
        ("en", FRENCH.encode(), "other than English"),
        ("x" * 40, FRENCH.encode(), "Field cannot be longer"),
        ("../fr", FRENCH.encode(), "is no language that we know"),
        ("fr", b"\xff\xfe\x00", "Save it as UTF-8"),
        ("fr", b"", "no sentence of ours"),
        ("fr", FRENCH.replace("%(num)s jours", "%(jours)s").encode(), "Mend these sentences first"),
    ],
)
def test_add_says_what_is_wrong_and_changes_nothing(
    app: Flask, browser: FlaskClient, code: str, data: bytes, words: str
) -> None:
    status, page = _upload(browser, code, data)

    assert status == 400
    assert words in page
    assert _files(app) == []


def test_add_asks_for_a_file(browser: FlaskClient) -> None:
    page = browser.post(f"{HOME}/add", data={"code": "fr"})

    assert page.status_code == 400
    assert "Choose the file that your translator gave you." in page.text


def test_remove_takes_the_language_out_again(
    app: Flask, browser: FlaskClient, client: FlaskClient
) -> None:
    _upload(browser, "fr", FRENCH.encode())
    assert "Take out your file for French?" in browser.get(f"{HOME}/fr/remove").text

    assert browser.post(f"{HOME}/fr/remove").status_code == 302

    assert _files(app) == []
    assert '<html lang="en"' in client.get("/answer?lang=fr").text
    for gone in ("fr", "cy", "..%2fcy"):
        assert browser.post(f"{HOME}/{gone}/remove").status_code == 404


def test_sentences_are_given_to_translators(browser: FlaskClient) -> None:
    page = browser.get(f"{HOME}/sentences.pot")

    assert 'msgid "Get help"' in page.text
    assert page.headers["Content-Disposition"] == "attachment; filename=loopkeeper.pot"


def test_stranger_changes_nothing(app: Flask, session: Session, sign_in: SignIn) -> None:
    make.make_organisation(session)
    stranger = sign_in(make.make_person(session))

    assert stranger.get(HOME).status_code == 403
    assert _upload(stranger, "fr", FRENCH.encode())[0] == 403
    assert _files(app) == []
