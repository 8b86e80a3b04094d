"""A language that the organisation has switched off: no public page speaks it or offers it."""

import re
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories as make
from tests.responses.phone import responses
from tracker.clock import utc_now
from tracker.surveys.models import Survey

SAID = {
    "title": "حافلة",
    "purpose": "لماذا",
    "decision": "ماذا",
    "decided_by": "من",
    "not_up_for_change": "المبنى",
    "readers": "اثنان",
}


@pytest.mark.parametrize(
    ("off", "asked", "accepted", "spoken"),
    [
        # what is switched off, what the address says, what the browser likes, what is spoken
        ([], "ar", "", "ar"),
        (["ar"], "ar", "", "en"),
        (["ar"], "AR-eg", "", "en"),
        (["ar"], "cy", "ar", "cy"),
        (["ar"], "ar", "cy", "cy"),
        (["ar"], "", "ar", "en"),
        (["ar"], "", "ar, cy;q=0.5", "cy"),
        (["ar"], "", "ar, en;q=0.5, cy;q=0.4", "en"),
        (["ar", "ur", "cy", "pl"], "", "pl, ur;q=0.5", "en"),
        (["en"], "en", "cy", "en"),  # English always stays, whatever a row says
        (["xx"], "cy", "", "cy"),
    ],
)
def test_switched_off_language_is_never_chosen(
    client: FlaskClient, session: Session, off: list[str], asked: str, accepted: str, spoken: str
) -> None:
    make.make_organisation(session, languages_off=off)

    for method in (client.get, client.post):
        page = method(f"/answer?lang={asked}", headers={"Accept-Language": accepted})

        assert f'<html lang="{spoken}"' in page.text
        assert page.headers["Content-Language"] == spoken


@pytest.mark.parametrize(
    ("off", "offered"),
    [
        ([], ["en", "ar", "cy", "pl", "ur"]),
        (["ar"], ["en", "cy", "pl", "ur"]),
        (["ar", "en"], ["en", "cy", "pl", "ur"]),
        (["ar", "cy", "pl", "ur"], []),  # a list of one is no choice
    ],
)
def test_switched_off_language_is_not_on_the_list(
    client: FlaskClient, session: Session, off: list[str], offered: list[str]
) -> None:
    make.make_organisation(session, languages_off=off)
    survey = _survey(session)
    make.make_kiosk(session, survey, token="token")

    for address in ("/", "/help/wales", "/s/bus2345", "/kiosk/token", "/nothing"):
        page = client.get(f"{address}?lang=ar").text
        assert re.findall(r'hreflang="(\w+)"', page.partition("<body")[2]) == offered, address


def test_switched_off_first_language_is_not_spoken_either(
    client: FlaskClient, session: Session
) -> None:
    make.make_organisation(session, language="cy", languages_off=["cy"])

    assert '<html lang="en"' in client.get("/answer").text


def test_open_survey_is_read_as_it_was_written_and_comes_back(
    client: FlaskClient, session: Session
) -> None:
    organisation = make.make_organisation(session, languages_off=["ar"])
    _survey(session)

    assert "حافلة" not in client.get("/s/bus2345?lang=ar").text
    organisation.languages_off = []
    assert "حافلة" in client.get("/s/bus2345?lang=ar").text


@pytest.mark.parametrize("language", ["ar", "en"])
def test_answer_begun_before_still_arrives_with_the_language_it_was_asked_in(
    client: FlaskClient, session: Session, language: str
) -> None:
    organisation = make.make_organisation(session)
    _survey(session)
    assert f'name="language" value="{language}"' in client.get(f"/s/bus2345?lang={language}").text
    organisation.languages_off = ["ar"]

    form = {"submission_id": str(uuid4()), "q1": "نعم", "language": language}
    page = client.post(f"/s/bus2345?lang={language}", data=form)

    assert '<html lang="en"' in page.text and "Thank you" in page.text
    (response,) = responses(session)
    assert response.language == language


def test_survey_written_in_it_is_still_asked_with_english_around_it(
    client: FlaskClient, session: Session
) -> None:
    make.make_organisation(session, languages_off=["ar"])
    survey = _survey(session)
    survey.consultation.language = "ar"
    survey.questions[0].text = "كيف؟"

    page = client.get("/s/bus2345?lang=ar").text

    assert '<html lang="en"' in page
    assert re.search(r'<h2 class="question-text" lang="ar" dir="rtl"><label[^>]*>كيف؟', page)


def _survey(session: Session) -> Survey:
    """An open survey, complete in Arabic."""
    about = make.make_open_consultation(session, opened_at=utc_now())
    about.translations = {
        "ar": {name: {"of": getattr(about, name), "is": said} for name, said in SAID.items()}
    }
    survey = make.make_survey(session, about, code="bus2345", title="Bus", languages=["ar"])
    survey.translations = {"ar": {"title": {"of": "Bus", "is": "حافلة"}}}
    said = {"ar": {"text": {"of": "How?", "is": "كيف؟"}}}
    make.make_question(session, survey, text="How?", translations=said)
    return survey
