"""The phone form: whatever goes wrong, nothing typed is lost and nothing is kept twice."""

import re
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories as make
from tests.responses.phone import filled, make_survey, responses, words_on
from tracker.clock import utc_now
from tracker.responses.policy import GRACE
from tracker.surveys.models import Survey


@pytest.fixture
def survey(session: Session) -> Survey:
    return make_survey(session)


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
    assert words_on(page.text) == []  # the first one's receipt isn't for the next one's eyes
    carried = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    assert carried["submission_id"] != data["submission_id"]
    assert carried["q2"] == "I am the next one &amp; &lt;b&gt;I&lt;/b&gt; want music"
    client.post("/s/abc234", data=data | {"submission_id": carried["submission_id"], "q2": "Music"})
    assert len(responses(session)) == 2


def test_form_has_no_words_to_give_again_when_the_key_has_changed(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    bus, better, _ = survey.questions
    stored = make.make_response(
        session,
        survey,
        receipt_hash="made with another key",
        answers={bus: "yes", better: "Later buses"},
    )

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


# Signs of the first private area of Unicode, and both ends of what is no character.
RARE = "".join(map(chr, range(0xE000, 0xE200))) + "\ufdd0\ufdef\uffff\U000f0000\U0010ffff"


@pytest.mark.parametrize("language", ["en", "cy", "ar"])
def test_form_keeps_the_rarest_signs_byte_for_byte(
    client: FlaskClient, session: Session, survey: Survey, language: str
) -> None:
    data = filled(q1="", q2=RARE)

    page = client.post(f"/s/abc234?lang={language}", data=data)

    assert page.status_code == 400
    assert f"{RARE}</textarea>".encode() in page.data
    client.post(f"/s/abc234?lang={language}", data=data | {"q1": "yes"})
    assert RARE in [answer.value for answer in responses(session)[0].answers]


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
