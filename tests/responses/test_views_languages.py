"""The phone form in the language asked for; answers keep the language they were given in."""

from html import unescape
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import SignIn
from tracker.clock import utc_now
from tracker.responses.models import SurveyResponse
from tracker.surveys.models import Survey

ARABIC = {
    "title": "الحافلة",
    "purpose": "لماذا",
    "decision": "ماذا",
    "decided_by": "من",
    "not_up_for_change": "المبنى",
    "readers": "شخصان",
}


@pytest.fixture
def survey(session: Session) -> Survey:
    """Open, written in English and wholly translated into Arabic."""
    make.make_organisation(session)
    asked = make.make_open_consultation(session, title="The bus", opened_at=utc_now())
    asked.translations = {
        "ar": {name: {"of": getattr(asked, name), "is": said} for name, said in ARABIC.items()}
    }
    made = make.make_survey(session, asked, title="The bus", code="bus2345", languages=["ar", "cy"])
    made.translations = {"ar": {"title": {"of": "The bus", "is": "الحافلة"}}}
    translated = {"text": {"of": "How is it?", "is": "كيف هي؟"}}
    make.make_question(session, made, text="How is it?", translations={"ar": translated})
    make.make_question(
        session,
        made,
        kind="yes_no",
        text="Late?",
        translations={"ar": {"text": {"of": "Late?", "is": "متأخرة؟"}}},
    )
    return made


def _languages(session: Session) -> list[str]:
    return list(session.scalars(select(SurveyResponse.language)))


def test_form_is_in_the_language_asked_for(client: FlaskClient, survey: Survey) -> None:
    page = unescape(client.get("/s/bus2345?lang=ar").text)

    assert '<html lang="ar" dir="rtl"' in page
    assert all(words in page for words in (*ARABIC.values(), "كيف هي؟", "متأخرة؟", "نعم"))
    assert 'name="language" value="ar"' in page
    assert "not in this language" not in page


def test_form_says_so_where_the_survey_is_not_in_that_language(
    client: FlaskClient, survey: Survey
) -> None:
    page = unescape(client.get("/s/bus2345?lang=cy").text)

    assert '<html lang="cy" dir="ltr"' in page
    assert "Dyw’r cwestiynau hyn ddim yn yr iaith hon eto." in page
    assert '<span lang="en" dir="ltr">English</span>' in page
    assert '<h1><span lang="en" dir="ltr">The bus</span></h1>' in page
    assert 'class="question-text" lang="en" dir="ltr"' in page
    assert '<span dir="auto">Ie</span>' in page  # our own words stay in the page's language
    assert 'name="language" value="en"' in page


@pytest.mark.parametrize(
    ("address", "field", "kept"),
    [
        ("/s/bus2345?sent=&lang=ar", "ar", "ar"),
        ("/s/bus2345?sent=", "ar", "ar"),
        ("/s/bus2345?sent=&lang=ar", None, "ar"),
        ("/s/bus2345?sent=&lang=cy", "en", "en"),
        ("/s/bus2345?sent=", "cy", "en"),
        ("/s/bus2345?sent=", "nonsense" * 50, "en"),
        ("/s/bus2345?sent=", None, "en"),
    ],
)
def test_answer_keeps_the_language_its_questions_were_read_in(
    client: FlaskClient,
    session: Session,
    survey: Survey,
    address: str,
    field: str | None,
    kept: str,
) -> None:
    typed = {"submission_id": str(uuid4()), "q1": "جيدة"} | ({"language": field} if field else {})

    _send(client, address, typed)

    assert _languages(session) == [kept]


def _send(client: FlaskClient, address: str, typed: dict[str, str]) -> str:
    """Sent, and pressed once more where that is asked for."""
    page = client.post(address, data=typed)
    if seal := page.headers.get("Loopkeeper-Seal"):
        page = client.post(address, data=typed | {"seal": seal})
    assert page.status_code == 200
    return unescape(page.text)


def test_answer_sent_again_in_another_language_keeps_the_first(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    typed = {"submission_id": str(uuid4()), "q1": "جيدة", "language": "ar"}

    thanks = _send(client, "/s/bus2345?sent=&lang=ar", typed)
    assert "شكرًا. وصلتنا إجابتك." in thanks
    assert '<ol class="receipt" aria-label="كلماتك الأربع" lang="en" dir="ltr">' in thanks
    _send(client, "/s/bus2345?sent=&lang=cy", typed | {"language": "en"})

    assert _languages(session) == ["ar"]


def test_inbox_says_in_which_language_somebody_answered(
    session: Session, survey: Survey, sign_in: SignIn
) -> None:
    words, late = survey.questions
    make.make_response(session, survey, language="ar", answers={words: "جيدة", late: "yes"})
    owner = survey.consultation.owner
    assert owner
    page = sign_in(owner).get(f"/staff/consultations/{survey.consultation_id}/responses").text

    assert ", in Arabic" in page
    assert '<dd dir="auto" lang="ar">جيدة</dd>' in page
    assert '<dd dir="auto">Yes</dd>' in page


def test_board_shows_the_translation_and_marks_what_is_not_translated(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    about = survey.consultation
    arabic = unescape(client.get(f"/board/{about.slug}?lang=ar").text)
    about.purpose = "We want to know more."
    changed = unescape(client.get(f"/board/{about.slug}?lang=ar").text)

    assert "<h1>الحافلة</h1>" in arabic
    assert "<p>لماذا</p>" in arabic
    assert '<p><span lang="en" dir="ltr">We want to know more.</span></p>' in changed
