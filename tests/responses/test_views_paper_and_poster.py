"""Typing in, and the poster: what staff can do, and who can't."""

import io
import re
from typing import Any
from uuid import uuid4

import pytest
import segno
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import SignIn
from tests.factories import NOW
from tests.responses.staff import inbox_at, make_survey_of_owner
from tracker.accounts.models import Person
from tracker.responses.models import Source, SurveyResponse
from tracker.surveys.models import Survey


@pytest.fixture
def survey(session: Session) -> Survey:
    return make_survey_of_owner(session)


@pytest.fixture
def owner(survey: Survey) -> Person:
    assert survey.consultation.owner is not None
    return survey.consultation.owner


def test_type_in_stores_what_came_on_paper_and_is_ready_for_the_next(
    sign_in: SignIn, session: Session, survey: Survey, owner: Person
) -> None:
    browser = sign_in(owner)
    address = f"/staff/surveys/{survey.id}/type-in"
    assert "What could be better?" in browser.get(address).text

    page = browser.post(
        address, data={"source": "meeting", "q1": "A later bus"}, follow_redirects=True
    )

    stored = session.query(SurveyResponse).one()
    assert (stored.source, stored.receipt_hash) == (Source.MEETING, None)
    assert stored.answers[0].value == "A later bus"
    assert "Saved. Here is an empty form for the next one." in page.text
    assert re.search(r'value="meeting" checked', page.text)
    assert "A later bus" not in page.text


def test_type_in_asks_no_paper_to_answer_what_is_required(
    sign_in: SignIn, session: Session, survey: Survey, owner: Person
) -> None:
    sign_in(owner).post(f"/staff/surveys/{survey.id}/type-in", data={"source": "paper", "q2": "no"})

    assert [a.value for a in session.query(SurveyResponse).one().answers] == ["no"]


def test_type_in_stores_once_when_sent_twice(
    sign_in: SignIn, session: Session, survey: Survey, owner: Person
) -> None:
    data = {"source": "paper", "q1": "Twice", "submission_id": str(uuid4())}

    for _ in range(2):
        sign_in(owner).post(f"/staff/surveys/{survey.id}/type-in", data=data)

    assert session.query(SurveyResponse).count() == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"source": "paper"}, "Nothing is filled in yet."),
        ({"source": "paper", "q1": "Kept words", "q2": "maybe"}, "Not saved yet"),
        ({"source": "phone", "q1": "Kept words"}, "Not a valid choice"),
    ],
)
def test_type_in_keeps_what_was_typed_when_something_is_wrong(
    sign_in: SignIn,
    session: Session,
    survey: Survey,
    owner: Person,
    data: dict[str, str],
    words: str,
) -> None:
    page = sign_in(owner).post(f"/staff/surveys/{survey.id}/type-in", data=data)

    assert page.status_code == 400
    assert words in page.text
    assert data.get("q1", "") in page.text
    assert session.query(SurveyResponse).count() == 0


def test_type_in_takes_late_forms_and_says_what_that_means(
    sign_in: SignIn, session: Session, survey: Survey, owner: Person
) -> None:
    survey.consultation.closed_at = NOW

    page = sign_in(owner).get(f"/staff/surveys/{survey.id}/type-in").text

    assert "A late answer still counts" in page


@pytest.mark.parametrize(
    "values", [{"opened_at": None}, {"withdrawn_at": NOW, "withdrawn_reason": "No money"}]
)
def test_type_in_is_refused_for_a_draft_and_what_was_withdrawn(
    sign_in: SignIn, session: Session, survey: Survey, owner: Person, values: dict[str, Any]
) -> None:
    for name, value in values.items():
        setattr(survey.consultation, name, value)

    page = sign_in(owner).get(f"/staff/surveys/{survey.id}/type-in")

    assert page.status_code == 409
    assert f"/staff/surveys/{survey.id}/type-in" not in sign_in(owner).get(inbox_at(survey)).text


def test_type_in_is_not_for_strangers(sign_in: SignIn, session: Session, survey: Survey) -> None:
    stranger = sign_in(make.make_person(session))
    address = f"/staff/surveys/{survey.id}/type-in"

    assert stranger.get(address).status_code == 403
    assert stranger.post(address, data={"q1": "x", "source": "paper"}).status_code == 403
    assert session.query(SurveyResponse).count() == 0


def test_poster_shows_code_address_and_promise(
    sign_in: SignIn, survey: Survey, owner: Person
) -> None:
    page = sign_in(owner).get(f"/staff/surveys/{survey.id}/poster").text

    assert "localhost/<wbr>s/<wbr>abc234" in page
    assert "<svg" in page and 'class="qr"' in page
    assert "13 May 2026" in page and "18 February 2026" in page
    assert "Nobody can tell it’s you." in page
    assert "isn’t open yet" not in page


@pytest.mark.parametrize(
    ("values", "words"),
    [({"opened_at": None}, "isn’t open yet"), ({"closed_at": NOW}, "Take the posters down")],
)
def test_poster_says_when_the_address_does_not_work(
    sign_in: SignIn, survey: Survey, owner: Person, values: dict[str, Any], words: str
) -> None:
    for name, value in values.items():
        setattr(survey.consultation, name, value)

    assert words in sign_in(owner).get(f"/staff/surveys/{survey.id}/poster").text


@pytest.mark.parametrize(
    ("kind", "mimetype", "begins"),
    [("svg", "image/svg+xml", b"<?xml"), ("png", "image/png", b"\x89PNG")],
)
def test_qr_code_is_a_file_with_the_surveys_address(
    sign_in: SignIn, survey: Survey, owner: Person, kind: str, mimetype: str, begins: bytes
) -> None:
    page = sign_in(owner).get(f"/staff/surveys/{survey.id}/qr.{kind}")

    assert page.mimetype == mimetype and page.data.startswith(begins)
    assert f"abc234.{kind}" in page.headers["Content-Disposition"]
    if kind == "png":
        expected = io.BytesIO()
        code = segno.make_qr("http://localhost/s/abc234", error="m")
        code.save(expected, kind="png", scale=20, border=4)
        assert page.data == expected.getvalue()


@pytest.mark.parametrize("end", ["poster", "qr.svg", "qr.png"])
def test_poster_and_qr_code_are_not_for_strangers(
    sign_in: SignIn, session: Session, survey: Survey, owner: Person, end: str
) -> None:
    stranger = make.make_person(session)

    assert sign_in(stranger).get(f"/staff/surveys/{survey.id}/{end}").status_code == 403
    assert sign_in(owner).get(f"/staff/surveys/2147483648/{end}").status_code == 404
