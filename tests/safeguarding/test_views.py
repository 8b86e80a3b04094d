import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

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


def test_help_needs_no_script_and_sets_no_cookie(client: FlaskClient, session: Session) -> None:
    page = client.get("/help")

    assert "<script" not in page.text
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
