"""Taking an answer back and changing it, on the pages: never a word in an address, nothing lost."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.board.scenes import WORDS, give_words
from tests.factories import NOW, TODAY
from tracker.clock import utc_now
from tracker.responses.models import Answer, SetAsideReason, SurveyResponse
from tracker.surveys.models import Question, Survey

TOLD = {"words": WORDS}


@pytest.fixture
def survey(session: Session) -> Survey:
    make.make_organisation(session)
    survey = make.make_survey(session, make.make_open_consultation(session))
    make.make_question(session, survey, key="q1", text="What could be better?")
    make.make_question(
        session,
        survey,
        key="q2",
        kind="ranking",
        text="What first?",
        settings={"choices": [{"key": f"c{n}", "text": f"Thing {n}"} for n in (1, 2, 3)]},
    )
    make.make_question(session, survey, key="q3", kind="number", text="How old?", is_required=True)
    make.make_question(
        session,
        survey,
        key="q4",
        kind="several_choices",
        text="Which days?",
        settings={"choices": [{"key": f"c{n}", "text": f"Day {n}"} for n in (1, 2, 3)]},
    )
    return survey


@pytest.fixture
def response(app: Flask, session: Session, survey: Survey) -> SurveyResponse:
    q1, q2, q3, q4 = survey.questions
    answers = {q1: "A later\nbus & <tram>", q2: ["c2", "c3", "c1"], q3: 12, q4: ["c1", "c3"]}
    made = make.make_response(session, survey, answers=answers)
    give_words(made, app.config["LOOPKEEPER"].derived_key("receipts"))
    return made


def said(session: Session, response: SurveyResponse) -> dict[str, object]:
    session.expire_all()
    query = (
        select(Question.key, Answer.value)
        .join(Question, Question.id == Answer.question_id)
        .where(Answer.response_id == response.id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def test_answer_offers_both(client: FlaskClient, response: SurveyResponse) -> None:
    page = client.post("/answer", data=TOLD).text
    assert "Change my answer" in page and "Take my answer back" in page
    assert "later" not in page  # never the answer itself


@pytest.mark.one_database
@pytest.mark.parametrize("path", ["/answer/withdraw", "/answer/correct"])
def test_an_address_without_words_asks_for_them(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.location) == (302, "/answer")


@pytest.mark.one_database
@pytest.mark.parametrize("path", ["/answer/withdraw", "/answer/correct"])
def test_wrong_words_open_nothing_and_stay(
    client: FlaskClient, response: SurveyResponse, path: str
) -> None:
    answer = client.post(path, data={"words": "kite kite kite kite", "sure": "yes"})
    assert answer.status_code == 422
    assert 'value="kite kite kite kite"' in answer.text


@pytest.mark.one_database
def test_wrong_words_are_counted_together(client: FlaskClient, response: SurveyResponse) -> None:
    for path in ["/answer", "/answer/withdraw", "/answer/correct"] * 7:
        answer = client.post(path, data={"words": "kite kite kite kite"})
    assert answer.status_code == 429


def test_withdraw_asks_first_and_deletes_nothing(
    session: Session, client: FlaskClient, response: SurveyResponse
) -> None:
    answer = client.post("/answer/withdraw", data=TOLD)
    assert "Take your answer back?" in answer.text and "This can’t be undone." in answer.text
    assert "Set-Cookie" not in answer.headers
    assert len(said(session, response)) == 4


def test_withdraw_deletes_it_for_good(
    session: Session, client: FlaskClient, response: SurveyResponse
) -> None:
    answer = client.post("/answer/withdraw", data=TOLD | {"sure": "yes"})
    assert "We have deleted what you wrote." in answer.text
    assert "You can answer again there" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert said(session, response) == {}
    assert client.post("/answer", data=TOLD).status_code == 422
    assert client.post("/answer/withdraw", data=TOLD | {"sure": "yes"}).status_code == 422


def test_withdraw_says_who_keeps_a_worry(
    session: Session, client: FlaskClient, response: SurveyResponse
) -> None:
    response.set_aside, response.set_aside_on = SetAsideReason.SAFEGUARDING, TODAY
    answer = client.post("/answer/withdraw", data=TOLD | {"sure": "yes"})
    assert "the grown-up whose job is keeping children safe" in answer.text
    assert "0800 1111" in answer.text
    assert len(said(session, response)) == 4


def test_correct_shows_the_answer_as_it_was_sent(
    client: FlaskClient, response: SurveyResponse
) -> None:
    answer = client.post("/answer/correct", data=TOLD)
    page = answer.text
    assert "This is the answer you sent." in page
    assert "A later\nbus &amp; &lt;tram&gt;</textarea>" in page
    assert re.search(r'name="q3" value="12"', page)
    assert re.findall(r'value="(c\d)" checked', page) == ["c1", "c3"]
    assert re.findall(r"<option selected>(\d)</option>", page) == ["3", "1", "2"]
    assert 'action="/answer/correct"' in page and f'name="words" value="{WORDS}"' in page
    assert "Set-Cookie" not in answer.headers
    assert "no-store" in answer.headers["Cache-Control"]


FORM = {
    **TOLD,
    "submission_id": "3f0b8e0e-0000-4000-8000-000000000000",
    "q1": "A tram",
    "q2.c1": "1",
    "q2.c2": "2",
    "q2.c3": "3",
    "q3": "13",
}


def test_correct_takes_what_is_sent_and_the_words_stay_good(
    session: Session, client: FlaskClient, response: SurveyResponse
) -> None:
    answer = client.post("/answer/correct", data=FORM)
    assert "Your answer is changed." in answer.text
    assert "Nobody has read it again yet." in answer.text
    assert said(session, response) == {"q1": "A tram", "q2": ["c1", "c2", "c3"], "q3": 13}
    assert "You changed it." in client.post("/answer", data=TOLD).text


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"q3": "old"}, "Write just a number here, like 7."),
        ({"q3": ""}, "We need an answer to this one."),
        ({"q9": "what was typed for a question that went"}, "what was typed for a question"),
    ],
)
def test_correct_loses_nothing_when_something_is_to_mend(
    session: Session, client: FlaskClient, response: SurveyResponse, sent: dict[str, str], says: str
) -> None:
    answer = client.post("/answer/correct", data=FORM | sent)
    assert answer.status_code == 400
    assert says in answer.text and "A tram</textarea>" in answer.text
    assert f'name="words" value="{WORDS}"' in answer.text
    assert said(session, response)["q3"] == 12


def test_correct_without_an_answer_changes_nothing(
    session: Session, client: FlaskClient, survey: Survey, response: SurveyResponse
) -> None:
    survey.questions[2].is_required = False
    data = TOLD | {"submission_id": "x"}
    answer = client.post("/answer/correct", data=data)
    assert answer.status_code == 400
    assert len(said(session, response)) == 4


def test_correct_is_not_offered_once_it_has_closed(
    session: Session, client: FlaskClient, survey: Survey, response: SurveyResponse
) -> None:
    survey.consultation.closed_at = NOW - timedelta(days=2)
    assert "Change my answer" not in client.post("/answer", data=TOLD).text
    page = client.post("/answer/correct", data=TOLD).text
    assert "This answer can’t be changed any more." in page
    sent = client.post("/answer/correct", data=FORM)
    assert sent.status_code == 410
    assert "A tram" in sent.text  # what was typed can be copied
    assert len(said(session, response)) == 4


def test_correct_that_was_open_when_it_closed_is_still_taken(
    session: Session, client: FlaskClient, survey: Survey, response: SurveyResponse
) -> None:
    survey.consultation.closed_at = utc_now() - timedelta(hours=1)
    assert "Your answer is changed." in client.post("/answer/correct", data=FORM).text


@pytest.mark.one_database
def test_correct_refuses_more_than_can_be_read(
    client: FlaskClient, response: SurveyResponse
) -> None:
    answer = client.post("/answer/correct", data=FORM | {"q1": "x" * 3_000_000})
    assert answer.status_code == 413


@pytest.mark.one_database
@pytest.mark.parametrize("path", ["/answer/withdraw", "/answer/correct"])
def test_no_address_ever_holds_the_words(
    client: FlaskClient, response: SurveyResponse, path: str
) -> None:
    page = client.post(path, data=TOLD).text
    assert not [link for link in re.findall(r'(?:href|action)="([^"]*)"', page) if "acorn" in link]
