"""The phone form: what respondents see and send."""

import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tests.counting import counted
from tests.responses.phone import filled, make_survey, responses, words_on
from tracker.clock import utc_now
from tracker.consultations.policy import Anonymity
from tracker.responses.models import Source
from tracker.responses.queries import response_by_receipt
from tracker.surveys.models import Survey


@pytest.fixture
def survey(session: Session) -> Survey:
    return make_survey(session)


def test_form_says_everything_before_the_first_question(
    client: FlaskClient, survey: Survey
) -> None:
    page = client.get("/s/abc234")

    before, _, _ = page.text.partition("Would you come?")
    for words in (
        "<h1>Bus to the youth centre</h1>",
        "3 questions · about 2 minutes<",
        "Nobody can tell it’s you",
        "You’ll hear what changed by <strong>13 May 2026</strong>",
        "Two youth workers",  # who reads it
        "What to change next year",  # the decision
        "The head of the service",  # who decides
        "The building",  # what can't change
        "Until 4 February 2028",  # how long it is kept
        "We can’t tell who you are, so we can’t send help.",
        'href="tel:08001111"',
        'href="/help/england"',
    ):
        assert words in before
    assert page.status_code == 200


def test_form_is_honest_when_answers_are_named(client: FlaskClient, session: Session) -> None:
    make_survey(session, anonymity=Anonymity.NAMED)

    page = client.get("/s/abc234").text

    assert "The people who read it can tell it’s you" in page
    assert "Nobody can tell" not in page
    assert "can’t tell who you are" not in page


def test_form_marks_made_up_answers(client: FlaskClient, session: Session) -> None:
    make_survey(session, is_synthetic=True)

    assert "The answers in it are made up" in client.get("/s/abc234").text


def test_form_shows_the_survey_title_when_it_is_another(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    survey.title = "Easy read"

    assert "Easy read" in client.get("/s/abc234").text


def test_form_has_a_fresh_submission_id_each_time(client: FlaskClient, survey: Survey) -> None:
    found = [
        re.findall(r'name="submission_id" value="([^"]+)"', client.get("/s/abc234").text)[0]
        for _ in range(3)
    ]

    assert len({UUID(each) for each in found}) == 3


@pytest.mark.parametrize("address", ["/s/ABC234", "/s/abc234"])
def test_form_is_found_in_capitals_too(client: FlaskClient, survey: Survey, address: str) -> None:
    assert "Bus to the youth centre" in client.get(address).text


@pytest.mark.parametrize("code", ["nope", "abc234x" * 90, "%00", "%F0%9F%9A%8C", "a'--"])
def test_form_is_not_found_at_another_code(client: FlaskClient, survey: Survey, code: str) -> None:
    page = client.get(f"/s/{code}")

    assert page.status_code == 404
    assert "nothing here" in page.text


def test_form_is_not_open_yet_in_a_draft(client: FlaskClient, session: Session) -> None:
    make_survey(session, opened_at=None, promise_on=None, anonymity=None)

    page = client.get("/s/abc234")

    assert page.status_code == 404
    assert "This isn’t open yet" in page.text
    assert "Bus to the youth centre" not in page.text


def test_form_says_that_it_is_closed(client: FlaskClient, session: Session) -> None:
    make_survey(session, closed_at=utc_now())

    page = client.get("/s/abc234")

    assert page.status_code == 410
    assert "This is closed now" in page.text
    assert 'href="/"' in page.text and 'href="/help/england"' in page.text


def test_form_says_why_it_was_withdrawn(client: FlaskClient, session: Session) -> None:
    make_survey(session, withdrawn_at=utc_now(), withdrawn_reason="The council paid for it.")

    page = client.get("/s/abc234")

    assert page.status_code == 410
    assert "The council paid for it." in page.text


def test_form_stores_an_answer_and_gives_a_receipt(
    client: FlaskClient, session: Session, survey: Survey, settings: Config
) -> None:
    page = client.post("/s/abc234", data=filled(q3="7"))

    stored = responses(session)[0]
    assert {a.question.key: a.value for a in stored.answers} == {
        "q1": "yes",
        "q2": "Later buses",
        "q3": 7,
    }
    assert (stored.source, stored.language) == (Source.PHONE, "en")
    words = words_on(page.text)
    assert len(words) == 4
    key = settings.derived_key("receipts")
    assert response_by_receipt(session, " ".join(words), key) is stored
    assert page.status_code == 200


@pytest.mark.parametrize(("language", "reads"), [("en", 3), ("pl", 4)])
def test_form_reads_little_to_take_an_answer(
    client: FlaskClient, session: Session, survey: Survey, language: str, reads: int
) -> None:
    """Survey, questions and organisation, for the answer and for its thanks: neither the people
    behind it nor anything twice. In another language than English, whether that one is spoken here.
    """
    client.post("/s/abc234", data=filled())  # the wording rules are known from now on

    with counted(session) as statements:
        page = client.post("/s/abc234", data=filled(), headers={"Accept-Language": language})

    assert len(words_on(page.text)) == 4
    assert sum(each.startswith("SELECT") for each in statements) == reads


def test_form_thanks_with_help_first(client: FlaskClient, survey: Survey) -> None:
    page = client.post("/s/abc234", data=filled()).text

    order = ["0800 1111", "Thank you. We have your answer.", 'class="receipt"', "promise.ics"]
    places = [page.index(each) for each in order]
    assert places == sorted(places)
    assert "Nobody can get them for you if they are lost." in page
    assert "13 May 2026" in page


def test_form_keeps_the_receipt_out_of_addresses_and_headers(
    client: FlaskClient, survey: Survey
) -> None:
    # Always the same words, and none of them the name of a header or of an address by chance.
    page = client.post("/s/abc234", data=filled(submission_id=str(UUID(int=7))))

    words = words_on(page.text)
    addresses = re.findall(r'(?:href|action|src)="([^"]*)"', page.text)
    assert page.headers["Cache-Control"] == "no-store"
    assert len(words) == 4
    assert [word for word in words if word in str(page.headers) + "".join(addresses)] == []


def test_form_can_be_kept_by_the_browser_for_going_back(
    client: FlaskClient, survey: Survey
) -> None:
    page = client.get("/s/abc234")

    assert page.headers["Cache-Control"] == "private, no-cache"
    # A browser drops the page at the very address that a form is sent to.
    assert 'action="/s/abc234?sent="' in page.text


def test_form_sets_no_cookie_and_loads_nothing_from_elsewhere(
    client: FlaskClient, app: Flask, survey: Survey
) -> None:
    data = filled()
    pages = [
        client.get("/s/abc234"),
        client.post("/s/abc234", data={}),
        client.post("/s/abc234", data=data),
        client.post("/s/abc234", data=data),
        client.get("/s/nope"),
        client.get("/s/abc234/promise.ics"),
    ]

    for page in pages:
        assert "Set-Cookie" not in page.headers
        outside = re.findall(r'<\w+[^>]*(?:src|href|action)="(?:https?:)?//[^>]*>', page.text)
        # A link to press, never a request: the way out of a page that nobody else should see.
        assert {*outside} <= {'<a href="https://www.bbc.co.uk/weather" rel="noreferrer">'}
    assert "csrf" not in pages[0].text


def test_form_is_the_same_for_staff_who_are_signed_in(
    sign_in: Any, session: Session, survey: Survey
) -> None:
    browser = sign_in(make.make_person(session, "Olu"))

    page = browser.post("/s/abc234", data=filled())

    assert "Thank you" in page.text and "Olu" not in page.text


def test_form_never_mentions_a_promise_that_was_not_made(
    client: FlaskClient, session: Session
) -> None:
    make_survey(session, promise_on=None)

    assert "You’ll hear" not in client.get("/s/abc234").text
    assert "calendar" not in client.post("/s/abc234", data=filled()).text


def test_promise_is_one_all_day_entry(client: FlaskClient, survey: Survey) -> None:
    page = client.get("/s/abc234/promise.ics")

    events = Calendar.from_ical(page.data).walk("VEVENT")
    assert page.mimetype == "text/calendar"
    assert [str(e["SUMMARY"]) for e in events] == ["Find out what changed: Bus to the youth centre"]
    assert [str(e.decoded("dtstart")) for e in events] == ["2026-05-13"]
    assert str(events[0]["UID"]) == "promise-abc234@localhost"


@pytest.mark.parametrize("values", [{"opened_at": None}, {"promise_on": None}])
def test_promise_is_not_found_when_there_is_none(
    client: FlaskClient, session: Session, values: dict[str, Any]
) -> None:
    make_survey(session, **values)

    assert client.get("/s/abc234/promise.ics").status_code == 404
