"""The pages on which an administrator chooses how the public pages look."""

import re
from html import unescape
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories as make
from tests.brand.test_logos import drawn
from tests.conftest import SignIn
from tracker.accounts.policy import RoleName
from tracker.brand.policy import STANDARD, Look, Paper
from tracker.brand.queries import present_logo, present_look

LOOK = "/staff/settings/look"
PURPLE = {"brand": "#5B2A86", "accent": "00a3e0", "paper": "tinted"}


@pytest.fixture
def browser(session: Session, sign_in: SignIn) -> FlaskClient:
    make.make_organisation(session, name="Test Council")
    return sign_in(make.make_person(session, "Ada", RoleName.ADMINISTRATOR))


def kept(session: Session) -> Look:
    session.expire_all()
    return present_look(session)


def test_edit_shows_the_look_as_it_is(browser: FlaskClient) -> None:
    page = browser.get(LOOK).text

    assert 'value="#0b5563"' in page and "As it is now" in page
    assert "brand=%230b5563" in page and "scheme=dark" in page
    assert "None yet" in page


def test_edit_shows_a_look_before_it_is_saved(session: Session, browser: FlaskClient) -> None:
    page = browser.post(LOOK, data=PURPLE | {"look": "1"}).text

    assert "As it would be: not saved yet" in page
    assert "brand=%235b2a86" in page
    assert kept(session) == STANDARD


def test_edit_saves_a_look(session: Session, browser: FlaskClient) -> None:
    page = browser.post(LOOK, data=PURPLE, follow_redirects=True).text

    assert "Your pages have these colours now." in page
    assert kept(session) == Look("#5b2a86", "#00a3e0", Paper.TINTED)


def test_edit_offers_the_nearest_colour_that_can_be_read_as_one_press(
    session: Session, browser: FlaskClient
) -> None:
    page = browser.post(LOOK, data=PURPLE | {"brand": "#ffcc00"}).text

    assert "Words in #ffcc00 are hard to read" in unescape(page)
    offered = re.findall(r'name="instead" value="(#\w+)"', page)
    assert kept(session) == STANDARD
    browser.post(LOOK, data=PURPLE | {"brand": "#ffcc00", "instead": offered[0]})
    assert kept(session).brand == offered[0] != STANDARD.brand


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"brand": "teal"}, "Enter a colour as #"),
        ({"brand": "#fff;}*{}"}, "Enter a colour as #"),
        ({"accent": ""}, "Enter a colour as #"),
        ({"paper": "velvet"}, "Not a valid choice"),
    ],
)
def test_edit_refuses_what_is_no_colour(
    session: Session, browser: FlaskClient, wrong: dict[str, str], said: str
) -> None:
    page = browser.post(LOOK, data=PURPLE | wrong)

    assert page.status_code == 200 and said in page.text
    assert kept(session) == STANDARD


def test_logo_is_looked_at_and_then_used(session: Session, browser: FlaskClient) -> None:
    assert "Send another one" not in browser.get(f"{LOOK}/logo").text
    sent = {"file": (BytesIO(drawn(300, 100)), "our logo.png")}
    page = browser.post(f"{LOOK}/logo", data=sent).text

    assert "It isn’t used yet" in page
    assert 'alt="Test Council"' in page
    assert present_logo(session) is None
    carried = re.findall(r'name="sealed" value="([^"]+)"', page)[0]
    browser.post(f"{LOOK}/logo", data={"keep": "1", "sealed": unescape(carried)})
    logo = present_logo(session)
    assert logo is not None and (logo.width, logo.height) == (132, 44)
    assert "Take it off" in browser.get(LOOK).text


def test_logo_that_was_tampered_with_is_not_used(session: Session, browser: FlaskClient) -> None:
    page = browser.post(
        f"{LOOK}/logo", data={"keep": "1", "sealed": "x.1.1.AAAA"}, follow_redirects=True
    )

    assert "The logo was lost on the way" in page.text
    assert present_logo(session) is None


@pytest.mark.parametrize("content", [None, b"hello"])
def test_logo_says_what_is_wrong_with_a_file(
    session: Session, browser: FlaskClient, content: bytes | None
) -> None:
    sent = {"file": (BytesIO(content), "x.png")} if content else {}
    page = browser.post(f"{LOOK}/logo", data=sent)

    assert page.status_code == 200
    assert "There is a problem" in page.text
    assert present_logo(session) is None


def test_remove_logo_and_reset_take_things_off(session: Session, browser: FlaskClient) -> None:
    page = browser.post(f"{LOOK}/logo", data={"file": (BytesIO(drawn(99, 99)), "x.png")}).text
    carried = unescape(re.findall(r'name="sealed" value="([^"]+)"', page)[0])
    browser.post(f"{LOOK}/logo", data={"keep": "1", "sealed": carried})
    browser.post(LOOK, data=PURPLE)

    browser.post(f"{LOOK}/logo/remove")
    session.expire_all()
    assert present_logo(session) is None
    assert kept(session).brand == "#5b2a86"
    assert "Your colours and your logo" in browser.get(f"{LOOK}/reset").text
    browser.post(f"{LOOK}/reset")
    assert kept(session) == STANDARD


def test_sample_is_a_public_page_in_the_look_asked_for(browser: FlaskClient) -> None:
    page = browser.get(f"{LOOK}/sample?brand=%235b2a86&scheme=dark").text
    assert "sample.css?brand=%235b2a86&amp;scheme=dark" in page

    light = browser.get(f"{LOOK}/sample.css?brand=%235b2a86").text
    dark = browser.get(f"{LOOK}/sample.css?brand=%235b2a86&scheme=dark").text
    assert "color-scheme:light;" in light and "--brand:#5b2a86;" in light
    assert "color-scheme:dark;" in dark and "--brand:#5b2a86;" not in dark


@pytest.mark.parametrize(
    "query", ["", "brand=x;}&accent=%00&paper=9&scheme=a", "brand=" + "f" * 999]
)
def test_sample_css_takes_whatever_it_is_asked_as_the_standard(
    browser: FlaskClient, query: str
) -> None:
    sheet = browser.get(f"{LOOK}/sample.css?{query}").text

    assert "--brand:#0b5563;" in sheet and "--paper:#fffdf8;" in sheet


@pytest.mark.parametrize("address", ["/", "/help"])
def test_public_pages_carry_the_look_in_their_one_stylesheet(
    session: Session, browser: FlaskClient, client: FlaskClient, address: str
) -> None:
    def stylesheet() -> str:
        (found,) = re.findall(r'<link rel="stylesheet" href="([^"]+)"', client.get(address).text)
        return str(found)

    before = stylesheet()
    plain = client.get(before)
    browser.post(LOOK, data=PURPLE)
    after = stylesheet()

    own = client.get(after)
    assert before != after
    assert own.text.startswith(plain.text) and "--brand:#5b2a86;" in own.text
    assert "immutable" in own.headers["Cache-Control"]
    # A page that was open meanwhile gets today's look, and no browser keeps it under the old name.
    assert client.get(before).text == own.text
    assert client.get(before).headers["Cache-Control"] == "no-cache"
    packed = client.get(after, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    browser.post(f"{LOOK}/reset")
    assert stylesheet() == before
