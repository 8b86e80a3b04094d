"""Spam checks in front of the phone form: nothing typed is ever lost to them."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.abuse.test_policy import solve
from tests.responses.phone import filled, make_survey, responses, words_on
from tracker.abuse.gate import watch
from tracker.abuse.policy import Kind, Seal, make_seal, read_seal
from tracker.clock import utc_now
from tracker.surveys.models import Survey
from tracker.web.limits import guess_key


@pytest.fixture(autouse=True)
def on_guard(app: Flask) -> Iterator[None]:
    app.config["SPAM_CHECKS"] = True
    watch.forget()
    yield
    app.config["SPAM_CHECKS"] = False
    watch.forget()


@pytest.fixture
def survey(session: Session) -> Survey:
    return make_survey(session)


def key(app: Flask) -> str:
    return str(app.config["LOOPKEEPER"].derived_key("seal"))


def seal(app: Flask, submission_id: str, ago: timedelta, kind: Kind = Kind.FORM) -> str:
    return make_seal(UUID(submission_id), Seal(kind, utc_now() - ago), key(app))


def hidden(page: str) -> dict[str, str]:
    """The fields that a page carries unseen."""
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in pairs}


def moment_in(app: Flask, page: str) -> datetime:
    carried = hidden(page)
    read = read_seal(carried["seal"], UUID(carried["submission_id"]), [key(app)])
    assert read is not None
    return read.moment


def test_form_carries_a_seal_and_a_box_that_nobody_sees(
    app: Flask, client: FlaskClient, survey: Survey
) -> None:
    page = client.get("/s/abc234").text

    assert abs(moment_in(app, page) - utc_now()) < timedelta(seconds=5)
    trap = re.search(r'<p class="trap".*?</p>', page)
    assert trap and 'aria-hidden="true"' in trap[0] and 'tabindex="-1"' in trap[0]


def test_form_takes_an_answer_that_was_read_first(
    app: Flask, client: FlaskClient, session: Session, survey: Survey
) -> None:
    data = filled()
    data["seal"] = seal(app, data["submission_id"], timedelta(minutes=2))

    assert "Thank you" in client.post("/s/abc234", data=data).text
    assert len(responses(session)) == 1


@pytest.mark.parametrize(
    ("ago", "more"),
    [
        (timedelta(0), {}),  # quicker than anybody reads
        (None, {}),
        (timedelta(minutes=2), {"website": "https://spam.example"}),
        (timedelta(minutes=2), {"seal": "f0.0123456789abcdef"}),
        (timedelta(minutes=2), {"submission_id": str(uuid4())}),
        (timedelta(days=99), {}),
    ],
)
def test_form_asks_for_one_more_press_and_loses_nothing(
    app: Flask,
    client: FlaskClient,
    session: Session,
    survey: Survey,
    ago: timedelta | None,
    more: dict[str, str],
) -> None:
    data: dict[str, Any] = filled(q2='Later "buses" <b>\nplease', q3="4")
    if ago is not None:
        data["seal"] = seal(app, data["submission_id"], ago)
    data |= more

    page = client.post("/s/abc234", data=data)

    assert page.status_code == 400
    assert "One more press, please" in page.text
    assert "Later &#34;buses&#34; &lt;b&gt;\nplease" in page.text
    assert responses(session) == []
    carried = hidden(page.text)
    assert "website" not in carried
    assert page.headers["Loopkeeper-Seal"] == carried["seal"]
    thanks = client.post("/s/abc234", data=carried)
    assert "Thank you" in thanks.text
    assert len(responses(session)) == 1
    again = client.post("/s/abc234", data=carried)
    assert words_on(again.text) == words_on(thanks.text) != []


def test_press_lets_in_whoever_has_pressed_even_if_a_browser_fills_in_every_box(
    app: Flask, client: FlaskClient, session: Session, survey: Survey
) -> None:
    data = filled(website="filled in by a browser")
    data["seal"] = seal(app, data["submission_id"], timedelta(minutes=2))
    carried = hidden(client.post("/s/abc234", data=data).text)

    client.post("/s/abc234", data=carried | {"website": "again"})

    assert len(responses(session)) == 1


def test_mistakes_come_before_the_press_and_mending_needs_none(
    app: Flask, client: FlaskClient, session: Session, survey: Survey
) -> None:
    data = filled(q3="many")

    page = client.post("/s/abc234", data=data)

    assert "Nearly there" in page.text
    mended = data | {"q3": "3", "seal": hidden(page.text)["seal"]}
    assert "Thank you" in client.post("/s/abc234", data=mended).text


def test_another_answer_from_the_same_page_needs_one_press_alone(
    app: Flask, client: FlaskClient, session: Session, survey: Survey
) -> None:
    data = filled()
    data["seal"] = seal(app, data["submission_id"], timedelta(minutes=2))
    client.post("/s/abc234", data=data)
    page = client.post("/s/abc234", data=data | {"q2": "I am the next one"}).text

    client.post("/s/abc234", data=hidden(page))

    assert len(responses(session)) == 2


def _ask_for_a_sum(session: Session, survey: Survey) -> None:
    survey.proof_until = utc_now() + timedelta(hours=1)
    session.commit()


def test_form_asks_for_a_sum_while_it_is_switched_on(
    app: Flask, client: FlaskClient, session: Session, survey: Survey
) -> None:
    _ask_for_a_sum(session, survey)
    data = filled(q2="Later buses")
    data["seal"] = seal(app, data["submission_id"], timedelta(minutes=2))

    page = client.post("/s/abc234", data=data)

    assert page.status_code == 429
    assert "A short wait, please" in page.text and "Later buses" in page.text
    assert responses(session) == []
    carried = hidden(page.text)
    solved = carried | {"proof": solve(carried["seal"])}
    assert "Thank you" in client.post("/s/abc234", data=solved).text
    # One proof is worth one response.
    other = solved | {"submission_id": str(uuid4())}
    assert client.post("/s/abc234", data=other).status_code == 429
    assert len(responses(session)) == 1


def test_form_lets_in_without_a_sum_whoever_has_waited(
    app: Flask, client: FlaskClient, session: Session, survey: Survey
) -> None:
    _ask_for_a_sum(session, survey)
    page = client.post("/s/abc234", data=filled()).text
    assert re.search(r"Wait (59|60) seconds. Then press the button.", page)
    carried = hidden(page)

    early = client.post("/s/abc234", data=carried)
    assert early.status_code == 429
    assert hidden(early.text)["seal"] == carried["seal"]  # pressing early costs no time
    carried["seal"] = seal(app, carried["submission_id"], timedelta(0), Kind.WAIT)
    assert "Thank you" in client.post("/s/abc234", data=carried).text


def test_sum_is_asked_for_until_the_hour_it_was_switched_on_for(
    app: Flask, client: FlaskClient, session: Session, survey: Survey
) -> None:
    survey.proof_until = utc_now() - timedelta(seconds=1)
    data = filled()
    data["seal"] = seal(app, data["submission_id"], timedelta(minutes=2))

    assert "Thank you" in client.post("/s/abc234", data=data).text


def test_sum_is_asked_of_a_connection_that_sends_too_much_and_of_no_other(
    app: Flask, client: FlaskClient, session: Session, survey: Survey
) -> None:
    data = filled()
    data["seal"] = seal(app, data["submission_id"], timedelta(minutes=2))
    with app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        for _ in range(500):
            watch.arrived(survey.id, guess_key(), utc_now())

    assert client.post("/s/abc234", data=data).status_code == 429
    there = {"REMOTE_ADDR": "192.0.2.77"}
    assert client.post("/s/abc234", data=data, environ_base=there).status_code == 200
