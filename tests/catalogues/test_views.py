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
from tracker.consultations.translated import public_texts
from tracker.services.models import Organisation

HOME = "/staff/settings/languages"
OFFERED = f"{HOME}/offered"


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


def test_offer_switches_languages_off_and_on(
    browser: FlaskClient, client: FlaskClient, session: Session
) -> None:
    assert "Switched off" not in browser.get(HOME).text

    browser.post(OFFERED, data={"languages": ["cy", "pl"]})
    page = browser.get(HOME).text
    assert "The languages of your public pages are saved." in page
    assert page.count("Switched off") == 2
    assert '<option value="ar"' not in page  # nor can it be the first language
    assert session.get_one(Organisation, 1, populate_existing=True).languages_off == ["ar", "ur"]
    assert '<html lang="en"' in client.get("/answer?lang=ar").text

    browser.post(OFFERED, data={"languages": ["ar", "cy", "pl", "ur"]})
    assert session.get_one(Organisation, 1, populate_existing=True).languages_off == []
    assert '<html lang="ar"' in client.get("/answer?lang=ar").text


@pytest.mark.parametrize(
    ("first", "ticked", "words"),
    [
        ("cy", ["ar"], "Welsh is your first language. Choose another one first."),
        ("en", ["ar", "xx"], "not a valid choice"),
        ("en", ["en"], "not a valid choice"),  # it has no box: it always stays
    ],
)
def test_offer_refuses_and_changes_nothing(
    browser: FlaskClient, session: Session, first: str, ticked: list[str], words: str
) -> None:
    own = session.get_one(Organisation, 1)
    own.language = first

    page = browser.post(OFFERED, data={"languages": ticked})

    assert page.status_code == 400
    assert words in unescape(page.text)
    session.expire_all()
    assert own.languages_off == []


def test_offer_asks_once_more_where_an_open_survey_is_read_in_it(
    browser: FlaskClient, session: Session
) -> None:
    own = session.get_one(Organisation, 1)
    for about in (make.make_open_consultation(session), make.make_consultation(session)):
        about.translations = {
            "cy": {name: {"of": words, "is": "Bws"} for name, words in public_texts(about).items()}
        }
        said = {"cy": {"title": {"of": "Bus", "is": "Bws"}}}
        make.make_survey(session, about, title="Bus", languages=["cy", "pl"], translations=said)
    ticked = {"languages": ["ar", "pl", "ur"]}

    page = unescape(browser.post(OFFERED, data=ticked).text)
    assert page.count("“Bus” in Welsh, open until 18 February 2026") == 1
    assert '<h1 class="govuk-heading-l">Switch off Welsh?</h1>' in page
    assert page.count('name="languages"') == 3
    session.expire_all()
    assert own.languages_off == []

    assert browser.post(OFFERED, data=ticked | {"sure": "y"}).status_code == 302
    session.expire_all()
    assert own.languages_off == ["cy"]
    # What is off already is asked about no more, nor what isn't complete.
    assert browser.post(OFFERED, data={"languages": ["ar", "ur"]}).status_code == 302


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
    assert stranger.post(OFFERED, data={"languages": ["cy"]}).status_code == 403
    assert session.get_one(Organisation, 1, populate_existing=True).languages_off == []
    assert _upload(stranger, "fr", FRENCH.encode())[0] == 403
    assert _files(app) == []
