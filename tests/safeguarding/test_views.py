import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from config import ROOT
from tests import factories as make
from tests.conftest import OpenPage
from tracker.working_days import Nation


def test_help_shows_the_organisations_own_nation(client: FlaskClient, session: Session) -> None:
    make.make_organisation(session, nation=Nation.WALES)

    page = client.get("/help").text

    assert "Meic" in page and 'href="tel:08088023456"' in page
    assert "These numbers are for Wales." in page


@pytest.mark.parametrize(
    ("address", "number", "other"),
    [
        ("/help/england", 'href="tel:111"', "Meic"),
        ("/help/wales", "080880 23456", "Lifeline"),
        ("/help/scotland", "NHS 24", "then option 2"),
        ("/help/northern-ireland", "0808 808 8000", "NHS 111"),
    ],
)
def test_help_shows_the_nation_asked_for(
    client: FlaskClient, session: Session, address: str, number: str, other: str
) -> None:
    make.make_organisation(session)

    page = client.get(address).text

    assert number in page and 'href="tel:08001111"' in page and 'href="tel:999"' in page
    assert other not in page


@pytest.mark.parametrize("address", ["/help/atlantis", "/help/%F0%9F%8C%8A", "/help/" + "x" * 3000])
def test_help_is_given_whatever_the_address_says(
    client: FlaskClient, session: Session, address: str
) -> None:
    make.make_organisation(session)

    page = client.get(address)

    assert page.status_code == 200
    assert "These numbers are for England." in page.text


def test_help_is_given_before_there_is_an_organisation(
    client: FlaskClient, session: Session
) -> None:
    assert 'href="tel:08001111"' in client.get("/help").text


def test_help_leads_to_the_other_nations_and_away(client: FlaskClient, session: Session) -> None:
    make.make_organisation(session)

    page = client.get("/help").text

    for nation in ("wales", "scotland", "northern-ireland"):
        assert f'href="/help/{nation}"' in page
    assert re.search(r'href="https://www\.bbc\.co\.uk/weather" rel="noreferrer"', page)


def test_leave_goes_where_the_organisation_says_on_every_public_page(
    client: FlaskClient, session: Session
) -> None:
    make.make_organisation(session, leave_address="https://search.example.org/")
    consultation = make.make_open_consultation(session)
    survey = make.make_survey(session, consultation, code="abc234")
    make.make_question(session, survey)

    for address in ("/", "/help", "/answer", "/s/abc234", "/s/nope", f"/board/{consultation.slug}"):
        page = client.get(address).text
        ways = re.findall(r'<a href="([^"]*)" rel="noreferrer">Leave this page quickly</a>', page)
        assert ways == ["https://search.example.org/"], address


def test_leave_script_is_the_same_in_a_survey() -> None:
    """A survey has one script, so that it has one request: the lines are in both."""
    static = ROOT / "tracker/static"
    lines = (static / "leave.js").read_text()

    assert lines[lines.index("(() =>") :] in (static / "survey.js").read_text()


@pytest.mark.browser
@pytest.mark.one_database
def test_leave_by_escape_or_press_leaves_nothing_to_go_back_to(
    session: Session, open_page: OpenPage
) -> None:
    make.make_organisation(session, leave_address="https://away.example.org/")
    survey = make.make_survey(session, make.make_open_consultation(session), code="abc234")
    make.make_question(session, survey)
    session.commit()
    for start in ("/help", "/s/abc234"):
        page = open_page("/")
        page.route("https://away.example.org/**", lambda route: route.fulfill(body="<h1>Sun</h1>"))
        page.goto(start)
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        assert "once more" in page.get_by_role("status").first.inner_text()
        page.keyboard.press("a")
        page.keyboard.press("Escape")
        assert page.url.endswith(start)  # another key in between: nothing happens

        with page.expect_navigation(url="https://away.example.org/"):
            page.keyboard.press("Escape")
            page.keyboard.press("Escape")
        page.go_back()
        assert not page.url.endswith(start)

        page.goto(start)
        with page.expect_navigation(url="https://away.example.org/"):
            page.get_by_role("link", name="Leave this page quickly").click()
        page.go_back()
        assert not page.url.endswith(start)


def test_help_needs_no_script_and_sets_no_cookie(client: FlaskClient, session: Session) -> None:
    page = client.get("/help")

    scripts = re.findall(r"<script[^>]*>", page.text)
    assert [re.search(r"[a-z]+\.js", script)[0] for script in scripts] == ["leave.js"]  # type: ignore[index]
    assert "Set-Cookie" not in page.headers
    assert not re.search(r'src="(?:https?:)?//', page.text)


@pytest.mark.browser
def test_help_stands_in_the_same_place_on_every_public_page(
    session: Session, open_page: OpenPage
) -> None:
    make.make_organisation(session)
    survey = make.make_survey(session, make.make_open_consultation(session), code="abc234")
    make.make_question(session, survey)
    session.commit()
    page = open_page("/help", script=False)
    places = []

    for address in ("/help", "/help/wales", "/s/abc234", "/s/nope"):
        page.goto(address)
        places.append(page.get_by_role("link", name="Get help", exact=True).bounding_box())

    assert places[0] is not None
    assert all(place == places[0] for place in places)
    assert places[0]["height"] >= 48
