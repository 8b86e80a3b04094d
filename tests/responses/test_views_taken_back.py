"""A form that is sent again after its answer was taken back: it says so, and keeps nothing."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories import NOW
from tests.responses.phone import filled, make_survey, responses, words_on
from tracker.clock import utc_now
from tracker.responses.models import Answer, SetAsideReason
from tracker.surveys.models import Survey


@pytest.fixture
def survey(session: Session) -> Survey:
    return make_survey(session)


def take_back(client: FlaskClient, data: dict[str, Any]) -> None:
    words = " ".join(words_on(client.post("/s/abc234", data=data).text))
    client.post("/answer/withdraw", data={"words": words, "sure": "yes"})


def written(session: Session) -> list[object]:
    session.expire_all()
    return list(session.scalars(select(Answer.value)))


def carried_on(page: TestResponse) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))


def test_form_sent_again_says_that_it_was_taken_back_and_keeps_nothing(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    data = filled()
    take_back(client, data)

    page = client.post("/s/abc234", data=data)

    assert (page.status_code, page.headers["Answer-Kept"]) == (409, "no")
    assert "This answer was taken back" in page.text
    assert "What it said was deleted" in page.text
    assert "What was sent now was not kept." in page.text
    assert "already have it" not in page.text and words_on(page.text) == []
    assert '<a class="button" href="/s/abc234">Start again with an empty page</a>' in page.text
    assert ">Later buses<" not in page.text  # not for the eyes of the next one on this phone
    assert "Set-Cookie" not in page.headers
    assert len(responses(session)) == 1 and written(session) == []


def test_form_with_mistakes_says_it_too(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    data = filled()
    take_back(client, data)

    page = client.post("/s/abc234", data=data | {"q1": "", "q3": "many"})

    assert page.status_code == 409 and "This answer was taken back" in page.text
    assert written(session) == []


def test_what_was_typed_can_still_be_sent_as_a_new_answer(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    data = filled()
    take_back(client, data)

    carried = carried_on(client.post("/s/abc234", data=data | {"q2": "I am the next one"}))
    assert carried["submission_id"] != data["submission_id"]
    thanks = client.post("/s/abc234", data=carried)

    assert "Thank you. We have your answer." in thanks.text
    assert len(words_on(thanks.text)) == 4
    assert sorted(map(str, written(session))) == ["I am the next one", "yes"]


def test_form_without_a_word_has_nothing_to_send_on(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    data = filled()
    take_back(client, data)

    page = client.post("/s/abc234", data={"submission_id": data["submission_id"]})

    assert page.status_code == 409
    assert "<form" not in page.text


def test_answer_that_the_safeguarding_lead_keeps_is_not_said_to_be_deleted(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    """Neither is it said who has it: somebody else may hold the phone by now."""
    data = filled()
    words = " ".join(words_on(client.post("/s/abc234", data=data).text))
    (kept,) = responses(session)
    kept.set_aside, kept.set_aside_on = SetAsideReason.HELD, NOW.date()
    client.post("/answer/withdraw", data={"words": words, "sure": "yes"})

    page = client.post("/s/abc234", data=data)

    assert "This answer was taken back" in page.text
    assert "deleted" not in page.text and "keeping children safe" not in page.text


def test_closed_survey_shows_what_happened_in_place_of_a_new_form(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    data = filled()
    take_back(client, data)
    survey.consultation.closed_at = utc_now() - timedelta(days=3)

    page = client.post("/s/abc234", data=data)

    assert page.status_code == 409 and "This answer was taken back" in page.text
    assert "We aren’t taking any more answers." in page.text
    assert "Start again" not in page.text


def test_survey_by_invitation_sends_for_a_new_one(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    data = filled()
    take_back(client, data)
    survey.by_invitation = True

    page = client.post("/s/abc234", data=data)

    assert "Each invitation is good for one answer." in page.text
    assert "Start again" not in page.text
