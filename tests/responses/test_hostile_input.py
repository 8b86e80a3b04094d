"""Whatever is sent to the phone form: a clear page, never a 5xx, and nothing lost."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markupsafe import escape
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import SignIn
from tests.responses.phone import filled, make_survey
from tracker.responses.models import Answer, SurveyResponse
from tracker.safeguarding.models import Flag, FlagEntry
from tracker.surveys.models import Survey

KINDS = ("short_text", "long_text", "one_choice", "several_choices", "scale", "yes_no", "ranking")
CHOICES = {"choices": [{"key": f"c{n}", "text": f"Choice {n}"} for n in (1, 2, 3)]}


@pytest.fixture
def survey(session: Session) -> Survey:
    survey = make_survey(session)
    for kind in (*KINDS, "number", "information"):
        make.make_question(session, survey, kind=kind, text=f"A {kind}", settings=CHOICES)
    survey.questions[0].is_required = False
    session.commit()
    return survey


WORDS = (
    "<script>alert(1)</script>",
    "'; DROP TABLE responses; --",
    "{{ 7 * 7 }}{% raw %}",
    "=HYPERLINK(0)",
    "🎸 مرحبا שלום ไทย ÅÅÅ ‮gnirts‬",
    "e\u0301" * 50,
    "a\x0bb\x1b[31mc\x7f",
    "\ufeff\ufffe\uffff",
    "line one\r\nline two\n\n",
    "  spaces  ",
)


@pytest.mark.parametrize("words", WORDS)
def test_words_come_through_whole(
    client: FlaskClient, session: Session, survey: Survey, words: str
) -> None:
    page = client.post("/s/abc234", data=filled(q1="", q2=words))

    kept = session.scalars(select(Answer.value)).all()
    assert page.status_code == 200
    assert kept == [words.replace("\r\n", "\n")]


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (b"a%00b", "ab"),
        (b"a%ED%A0%80b", "a\ufffdb"),
        (b"a%FFb", "a\ufffdb"),
        ("sì ".encode() + b"\xff", "sì \ufffd"),
    ],
)
def test_words_that_can_not_be_kept_are_shown_once_more_before_they_are_taken(
    client: FlaskClient, session: Session, survey: Survey, sent: bytes, shown: str
) -> None:
    page = client.post("/s/abc234", data=b"q2=" + sent, content_type=FORM)

    assert page.status_code == 400
    assert "A sign in what you wrote can’t be kept." in page.text
    assert f"{shown}</textarea>" in page.text
    assert session.scalars(select(Answer.value)).all() == []
    client.post("/s/abc234", data={"q2": shown})
    assert session.scalars(select(Answer.value)).all() == [shown]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", FORM, 400),
        (b'{"q2": "hello"}', "application/json", 415),
        (b"<q2>hello</q2>", "text/xml", 415),
        (b"q2=hello", "text/plain", 415),
        (b"q2=hello", "", 415),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x", 415),
        (b"no boundary", "multipart/form-data", 415),
        (b"&&&===%%%zz", FORM, 400),
        (b"\xff\xfe\x00", "application/octet-stream", 415),
        (b"q2=hello", f"{FORM}; charset=utf-7", 200),
        (b"q2=hello&" + b"x=&" * 10_000, FORM, 413),
    ],
)
def test_any_body_gets_a_clear_page(
    client: FlaskClient, survey: Survey, body: bytes, content_type: str, status: int
) -> None:
    page = client.post("/s/abc234", data=body, content_type=content_type)

    says = {
        200: "Thank you",
        400: "You haven&#39;t answered anything yet.",
        413: "That is too long to send",
        415: "We can’t read that kind of file or form",
    }
    assert page.status_code == status
    assert says[status].replace("’", "&#39;") in page.text.replace("’", "&#39;")


def test_multipart_comes_through_whole(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    words = "Ünïcödé 🎸 &amp; \u202egnirts\u202c"

    client.post("/s/abc234", data={"q2": words}, content_type="multipart/form-data")

    assert session.scalars(select(Answer.value)).all() == [words]


@pytest.mark.parametrize(
    "data",
    [
        {"q2": ["first", "second"]},
        {"q2[]": "x", "q2[0]": "y", "q2": "z"},
        {"__proto__": "x", "id": "7", "received_on": "2000-01-01", "q2": "z"},
        {"q1": "maybe", "q2": "kept"},
        {"q1": ["yes", "no"], "q2": "kept"},
        {"q7": ["c1"] * 500 + ["c9"], "q2": "kept"},
        {"q3": "1e400", "q2": "kept"},
        {"q3": "٣", "q2": "kept"},
        {"q3": "9" * 5000, "q2": "kept"},
        {"q10.c1": "1", "q10.c2": "1", "q10.c3": "x", "q2": "kept"},
        {"q12": "an answer to a page of information", "q2": "kept"},
        {f"q{n}": "z" for n in range(2, 3)} | {f"unknown{n}": "x" for n in range(900)},
        {"q2": "kept", "submission_id": ["not one", str(uuid4())]},
    ],
)
def test_odd_fields_are_taken_or_refused_with_everything_kept(
    client: FlaskClient, survey: Survey, data: dict[str, Any]
) -> None:
    page = client.post("/s/abc234", data=data)

    assert page.status_code in (200, 400)
    if page.status_code == 400:
        assert "kept" in page.text


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(client: FlaskClient, survey: Survey, method: str) -> None:
    assert getattr(client, method)("/s/abc234").status_code == 405


# Everything a body can decode to: no lone surrogates, they can't be sent.
TEXT = st.text(st.characters(codec="utf-8"), max_size=60)
KEYS = st.sampled_from(
    ["submission_id", *(f"q{n}" for n in range(1, 14)), "q10.c1", "q10.c2", "q10.c3", "csrf_token"]
)
VALUES = st.one_of(TEXT, st.sampled_from(["c1", "c2", "yes", "1", "2", "3", "-1", "1.5", ""]))
BODIES = st.lists(st.tuples(st.one_of(KEYS, TEXT), VALUES), max_size=25)


def test_any_form_is_answered_and_what_was_typed_is_stored_or_shown(
    app: Flask, session: Session, survey: Survey
) -> None:
    client = app.test_client()

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(BODIES)
    def answered(fields: list[tuple[str, str]]) -> None:
        marked = [*fields, ("q2", "the words that must stay")]
        if any(name == "q2" for name, _ in fields):
            marked = [*fields]
        page = client.post("/s/abc234", data=_multi(marked))
        assert page.status_code in (200, 400)
        if page.status_code == 400 and marked != fields:
            assert "the words that must stay" in page.text

    answered()


def _multi(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    gathered: dict[str, list[str]] = {}
    for name, value in fields:
        gathered.setdefault(name, []).append(value)
    return gathered


# Every script, marks that turn the direction, joined emoji, formulas; ends of lines are one sign.
WRITTEN = st.text(
    st.one_of(
        st.characters(codec="utf-8", exclude_characters="\0\r"),
        st.sampled_from("=+-@\t\u200d\u202e\u2066\u2069\u0301👩🏽\ufe0f<>&'\"\n"),
    ),
    min_size=1,
    max_size=300,
)


def test_what_is_read_in_the_inbox_is_what_was_written(
    app: Flask, session: Session, survey: Survey, sign_in: SignIn
) -> None:
    owner = survey.consultation.owner
    assert owner is not None
    child, browser = app.test_client(), sign_in(owner)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(WRITTEN.filter(str.strip))
    @example("SELF@RM")
    def comes_through(words: str) -> None:
        for rows in (FlagEntry, Flag, Answer, SurveyResponse):
            session.execute(delete(rows))
        body = urlencode({"q2": words.replace("\n", "\r\n")})
        assert child.post("/s/abc234", data=body, content_type=FORM).status_code == 200
        assert session.scalars(select(Answer.value)).all() == [words]
        inbox = browser.get(f"/staff/consultations/{survey.consultation_id}/responses").text
        # Words that sound like a worry are for the safeguarding lead alone.
        assert escape(words) in inbox or session.scalars(select(Flag.id)).all()

    comes_through()
