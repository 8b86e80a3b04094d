"""The phone form: what respondents see and send."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tracker.clock import utc_now
from tracker.consultations.policy import Anonymity
from tracker.responses.models import Source, SurveyResponse
from tracker.responses.policy import GRACE
from tracker.responses.queries import response_by_receipt
from tracker.surveys.models import Survey


@pytest.fixture
def survey(session: Session) -> Survey:
    return make_survey(session)


def make_survey(session: Session, **values: Any) -> Survey:
    """A survey with a required choice, a long text and a number, at /s/abc234."""
    make.make_organisation(session)
    values = {"title": "Bus to the youth centre"} | values
    survey = make.make_survey(session, make.make_open_consultation(session, **values))
    survey.code = "abc234"
    make.make_question(session, survey, kind="yes_no", text="Would you come?", is_required=True)
    make.make_question(session, survey, text="What could be better?")
    make.make_question(session, survey, kind="number", text="How many stops?")
    return survey


def responses(session: Session) -> list[SurveyResponse]:
    session.expire_all()
    return list(session.scalars(select(SurveyResponse)))


def filled(**values: Any) -> dict[str, Any]:
    return {"submission_id": str(uuid4()), "q1": "yes", "q2": "Later buses"} | values


def words_on(page: str) -> list[str]:
    receipt = re.search(r'<ol class="receipt".*?</ol>', page, re.DOTALL)
    return re.findall(r"<li>(\w+)</li>", receipt[0]) if receipt else []


def test_form_says_everything_before_the_first_question(
    client: FlaskClient, survey: Survey
) -> None:
    page = client.get("/s/abc234")

    before, _, _ = page.text.partition("Would you come?")
    for words in (
        "<h1>Bus to the youth centre</h1>",
        "3 questions, about 2 minutes<",
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
    page = client.post("/s/abc234", data=filled())

    assert page.headers["Cache-Control"] == "no-store"
    for word in words_on(page.text):
        assert word not in str(page.headers)
        assert not re.search(rf'(href|action|src)="[^"]*\b{word}\b', page.text)


def test_form_gives_the_same_receipt_when_sent_twice(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    data = filled()

    first = client.post("/s/abc234", data=data).text
    again = client.post("/s/abc234", data=data).text

    assert len(responses(session)) == 1
    assert "We already have it" in again
    assert words_on(again) == words_on(first) != []
    assert "somebody else" not in again


def test_form_offers_to_keep_what_somebody_else_sent_from_the_same_page(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    data = filled()
    client.post("/s/abc234", data=data)

    page = client.post("/s/abc234", data=data | {"q2": "I am the next one & <b>I</b> want music"})

    assert "Is this from somebody else?" in page.text
    carried = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    assert carried["submission_id"] != data["submission_id"]
    assert carried["q2"] == "I am the next one &amp; &lt;b&gt;I&lt;/b&gt; want music"
    client.post("/s/abc234", data=data | {"submission_id": carried["submission_id"], "q2": "Music"})
    assert len(responses(session)) == 2


def test_form_has_no_words_to_give_again_when_the_key_has_changed(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    stored = make.make_response(session, survey, receipt_hash="made with another key")

    page = client.post("/s/abc234", data=filled(submission_id=str(stored.submission_id))).text

    assert "We can’t show its four words here again." in page
    assert words_on(page) == []


def test_form_keeps_everything_typed_when_something_is_wrong(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    data = filled(q1="", q2="Later buses <please>", q3="many")

    page = client.post("/s/abc234", data=data)

    assert page.status_code == 400
    assert "Nearly there" in page.text
    assert 'href="#q1"' in page.text and 'href="#q3"' in page.text
    assert "Later buses &lt;please&gt;</textarea>" in page.text
    assert 'value="many"' in page.text
    assert f'value="{data["submission_id"]}"' in page.text
    assert responses(session) == []


def test_form_asks_for_one_answer_when_all_is_blank(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    survey.questions[0].is_required = False
    data = {"submission_id": str(uuid4()), "q2": "   \n ", "q3": ""}

    page = client.post("/s/abc234", data=data)

    assert page.status_code == 400
    assert "You haven&#39;t answered anything yet." in page.text
    assert data["submission_id"] in page.text
    assert responses(session) == []


@pytest.mark.parametrize("submission_id", [None, "", "7", "x" * 5000, "' OR 1=1 --"])
def test_form_takes_a_missing_or_odd_submission_id_as_a_new_one(
    client: FlaskClient, session: Session, survey: Survey, submission_id: str | None
) -> None:
    data = filled(submission_id=submission_id)
    if submission_id is None:
        del data["submission_id"]

    page = client.post("/s/abc234", data=data)

    assert "Thank you" in page.text
    assert len(responses(session)) == 1


def test_form_takes_an_answer_in_the_day_after_closing(
    client: FlaskClient, session: Session
) -> None:
    make_survey(session, closed_at=utc_now() - GRACE / 2)

    assert "Thank you" in client.post("/s/abc234", data=filled()).text
    assert len(responses(session)) == 1


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"closed_at": utc_now() - GRACE}, 410),
        ({"withdrawn_at": utc_now(), "withdrawn_reason": "Why not"}, 410),
        ({"opened_at": None}, 404),
    ],
)
def test_form_shows_what_was_typed_when_it_came_too_late(
    client: FlaskClient, session: Session, values: dict[str, Any], status: int
) -> None:
    make_survey(session, **values)

    page = client.post("/s/abc234", data=filled(q3="not a number", q99="Gone question"))

    assert page.status_code == status
    assert "What you wrote" in page.text
    for words in ("Later buses", "Yes", "not a number", "Gone question"):
        assert words in page.text
    assert responses(session) == []


def test_form_shows_what_was_typed_for_a_question_that_has_gone(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    page = client.post("/s/abc234", data=filled(q9="My best idea"))

    assert page.status_code == 400
    assert "This survey has changed" in page.text
    assert "My best idea" in page.text and "Later buses" in page.text
    assert 'name="q9"' not in page.text  # so that it is taken the next time
    assert responses(session) == []


def test_form_answers_a_form_that_is_too_long(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    page = client.post("/s/abc234", data=filled(q2="x" * (2 * 1024 * 1024)))

    assert page.status_code == 413
    assert "Go back to the page before this one" in page.text
    assert responses(session) == []


def test_form_shows_a_very_long_answer_again(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    page = client.post("/s/abc234", data=filled(q2="x" * (1024 * 1024)))

    assert page.status_code == 400
    assert "That is a bit too long" in page.text
    assert "x" * (1024 * 1024) in page.text
    assert responses(session) == []


def test_form_refuses_a_form_from_another_site(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    headers = {"Origin": "https://elsewhere.example"}

    page = client.post("/s/abc234", data=filled(), headers=headers)

    assert page.status_code == 403
    assert responses(session) == []


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
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page.text)
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
