"""Public pages in every language: the right `lang` and `dir`, and no English left in between."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import factories as make
from tests.board import scenes
from tests.languages.reading import pieces_of
from tracker.accounts.models import Person
from tracker.actions.models import Action
from tracker.actions.policy import Outcome
from tracker.clock import utc_now
from tracker.languages import languages
from tracker.responses.models import SetAsideReason, SurveyResponse
from tracker.subscriptions.models import Subscription
from tracker.subscriptions.operations import subscribe
from tracker.subscriptions.sealing import Errand, Seal
from tracker.surveys.models import Survey
from tracker.surveys.question_types import QUESTION_TYPES

CODES = ("cy", "pl", "ar", "ur")
# Names that stay as they are in every language.
NAMES = re.compile(
    r"Test Council|Loopkeeper|sam@example.org|Childline|Shout|SHOUT|Samaritans|NHS|Meic|Lifeline|Runaway Helpline|"
    r"English|Cymraeg|Polski|maple otter lantern seven|Escape|JavaScript|\{\w+\}"
)


@pytest.fixture
def addresses(app: Flask, session: Session) -> list[str]:
    """Every public page of a board with something on each shelf."""
    make.make_organisation(session)
    opened = utc_now() - timedelta(days=3)
    asked, _ = scenes.asked(session, 2, is_open=True, opened_at=opened, slug="open", title="Gweld")
    survey = make.make_survey(session, asked, title="Bws", code="bus2345")
    for kind in QUESTION_TYPES:
        make.make_question(session, survey, kind=kind, text="Bws?", settings=_settings(kind))
    answered, responses = scenes.asked(session, 9, slug="told", title="Nos")
    for outcome in Outcome:
        theme = scenes.heard(session, answered, f"Bws {outcome}", responses)
        scenes.answered(session, theme, outcome=outcome)
    waiting, others = scenes.asked(session, 9, slug="waiting", title="Dydd")
    scenes.heard(session, waiting, "Bws", others)
    scenes.asked(
        session, slug="gone", withdrawn_at=utc_now(), withdrawn_reason="Wedi mynd", title="Pnawn"
    )
    draft = make.make_survey(
        session, make.make_consultation(session, title="Bore"), code="draft234"
    )
    return [
        *("/", "/?q=nothing", "/answer", "/help", "/help/wales", "/help/scotland", "/nothing"),
        *("/board/open", "/board/told", "/board/waiting", "/board/gone", "/board/nothing"),
        *(f"/s/{code}" for code in ("bus2345", draft.code, "nothing")),
        *("/i", "/offline", "/saved"),
    ]


def _settings(kind: str) -> dict[str, object]:
    typed = {each.name: each.initial for each in QUESTION_TYPES[kind].setting_inputs}
    lines = {"choices": "Un\nDau\nTri"} if "choices" in typed else {}
    return QUESTION_TYPES[kind].read_settings(typed | lines, {})


def _english(page: str, code: str) -> list[str]:
    """The pieces said to be in `code` that are English: a sentence of ours, or Latin words."""
    unsaid = set(languages()["cy"].says)
    latin = re.compile(
        r"[A-Za-z]{3,}" if code in ("ar", "ur") else r"\b(?:the|your|you|is|of|and)\b"
    )
    found = []
    for language, text in pieces_of(page):
        if language != code:
            continue
        text = NAMES.sub("", unescape(text))
        is_same = languages()[code].translations.gettext(text) != text and text in unsaid
        if is_same or latin.search(text):
            found.append(text)
    return found


@pytest.mark.parametrize("code", CODES)
@pytest.mark.one_database
def test_public_pages_speak_each_language(
    client: FlaskClient, addresses: list[str], code: str
) -> None:
    direction = "rtl" if code in ("ar", "ur") else "ltr"
    left: dict[str, list[str]] = {}
    for address in addresses:
        page = client.get(address, headers={"Accept-Language": f"{code}, en;q=0.5"})
        assert f'<html lang="{code}" dir="{direction}"' in page.text, address
        assert page.headers["Content-Language"] == code
        assert "Accept-Language" in page.headers["Vary"]
        if english := _english(page.text, code):
            left[address] = english

    assert left == {}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.one_database
def test_what_follows_a_form_speaks_each_language(
    client: FlaskClient, addresses: list[str], code: str
) -> None:
    for page in _answers_to_forms(client, code):
        assert f'<html lang="{code}"' in page.text
        assert _english(page.text, code) == []


def _answers_to_forms(client: FlaskClient, code: str) -> list[TestResponse]:
    own = {"submission_id": str(uuid4())}
    address = f"/s/bus2345?lang={code}"
    return [
        client.post(address, data=own),
        client.post(address, data=own | {"q1": "Bws " * 2000}),
        client.post(f"/answer?lang={code}", data={"words": "not four words"}),
        client.post(f"/s/nothing?lang={code}", data=own),
    ]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.one_database
def test_pages_behind_four_words_a_mail_or_a_kiosk_speak_each_language(
    app: Flask, client: FlaskClient, session: Session, code: str
) -> None:
    survey = _answered_survey(app, session)
    left: dict[str, list[str]] = {}
    for pages in (_of_four_words, _of_a_subscriber, _of_a_kiosk):
        for name, page in pages(app, client, session, survey, code):
            assert f'<html lang="{code}"' in page.text, name
            if english := _english(page.text, code):
                left[name] = english

    assert left == {}


def _answered_survey(app: Flask, session: Session) -> Survey:
    """An open survey with one answer, which four words open, and a change that answers it."""
    make.make_organisation(session)
    asked = make.make_open_consultation(
        session, opened_at=utc_now() - timedelta(days=3), slug="open", title="Gweld"
    )
    survey = make.make_survey(session, asked, title="Bws", code="bus2345")
    question = make.make_question(session, survey, text="Bws?")
    response = make.make_response(session, survey, answers={question: "Bws"})
    scenes.give_words(response, app.config["LOOPKEEPER"].derived_key("receipts"))
    theme = scenes.heard(session, asked, "Bws", [response])
    scenes.answered(session, theme, outcome=Outcome.DONE, text="Bws")
    return survey


Pages = Iterator[tuple[str, TestResponse]]


def _of_four_words(
    app: Flask, client: FlaskClient, session: Session, survey: Survey, code: str
) -> Pages:
    def post(path: str, **typed: str) -> tuple[str, TestResponse]:
        page = client.post(f"{path}?lang={code}", data={"words": scenes.WORDS} | typed)
        return f"{path} {typed}", page

    yield post("/answer")
    yield post("/answer/correct")
    yield post("/answer/correct", submission_id=str(uuid4()), q1="")
    yield post("/answer/correct", submission_id=str(uuid4()), q1="Bws " * 2000)
    yield post("/answer/correct", submission_id=str(uuid4()), q1="Tram")
    yield post("/answer/withdraw")
    yield post("/answer/withdraw", words="not four words")
    yield post("/answer/withdraw", sure="yes")
    (stored,) = session.scalars(select(SurveyResponse))
    yield post("/s/bus2345", submission_id=str(stored.submission_id), q1="Bws")
    held = make.make_response(session, survey)
    held.set_aside, held.set_aside_on = SetAsideReason.HELD, make.TODAY
    scenes.give_words(held, app.config["LOOPKEEPER"].derived_key("receipts"))
    yield post("/answer")
    yield post("/answer/withdraw", sure="yes")
    yield post("/s/bus2345", submission_id=str(held.submission_id), q1="Bws")


def _of_a_subscriber(
    app: Flask, client: FlaskClient, session: Session, survey: Survey, code: str
) -> Pages:
    seal = Seal(app.config["LOOPKEEPER"])
    subscribe(session, survey.consultation, "sam@example.org", code, seal, now=utc_now())
    subscription = session.scalars(select(Subscription)).one()
    (action,) = session.scalars(select(Action))
    to = {errand: seal.link(errand, subscription.id) for errand in Errand}
    judge = f"/changed/{to[Errand.JUDGE]}/{action.id}"
    for path in ("/board/open/tell-me", f"/tell-me/{to[Errand.CONFIRM]}", "/tell-me/x", judge):
        yield path, client.get(f"{path}?lang={code}")
    for path, typed in (
        ("/board/open/tell-me", {"address": "nowhere"}),
        ("/board/open/tell-me", {"address": "kim@example.org"}),
        (f"/tell-me/{to[Errand.CONFIRM]}", {}),
        (judge, {"verdict": "no", "why": "Bws"}),
        ("/changed/x/1", {}),
        ("/stop/x", {}),
    ):
        yield path, client.post(f"{path}?lang={code}", data=typed)
    for method in ("GET", "POST", "GET"):
        path = f"/stop/{to[Errand.STOP]}?lang={code}"
        yield f"{method} {path}", client.open(path, method=method)


def _of_a_kiosk(
    app: Flask, client: FlaskClient, session: Session, survey: Survey, code: str
) -> Pages:
    kiosk = make.make_kiosk(session, survey, token="kiosk", name="Bws", asks_verdicts=True)
    known = ("/kiosk/kiosk", "/kiosk/kiosk/s/bus2345", "/kiosk/kiosk/changes")
    for path in (*known, "/kiosk/kiosk/s/nothing", "/kiosk/x"):
        yield path, client.get(f"{path}?lang={code}")
    kiosk.ended_on = make.TODAY
    yield "ended", client.get(f"/kiosk/kiosk?lang={code}")


@pytest.mark.one_database
def test_language_of_the_address_goes_before_that_of_the_browser(
    client: FlaskClient, addresses: list[str]
) -> None:
    page = client.get("/?lang=cy", headers={"Accept-Language": "ar"})

    assert '<html lang="cy" dir="ltr"' in page.text


@pytest.mark.one_database
def test_language_is_carried_by_every_link_and_form(
    client: FlaskClient, addresses: list[str]
) -> None:
    page = client.get("/?lang=cy").text
    own = re.findall(r'(?:href|action)="(/[^"]*)"', page)
    form = client.get("/s/bus2345?lang=cy").text

    assert all(
        "lang=cy" in link for link in own if not re.match(r"/(static|look|p)/|/[^/]*\.", link)
    )
    assert '<input type="hidden" name="lang" value="cy">' in page
    assert re.search(r'action="/s/bus2345\?[^"]*lang=cy', form)
    assert "lang=cy" not in client.get("/").text.replace("?lang=cy", "")


@pytest.mark.one_database
def test_english_that_was_chosen_is_carried_too(client: FlaskClient, addresses: list[str]) -> None:
    page = client.get("/?lang=en", headers={"Accept-Language": "cy"}).text

    assert '<html lang="en"' in page
    assert 'href="/answer?lang=en"' in page


@pytest.mark.parametrize("unknown", ["xx", "", "../..", "<script>", "%00", "e" * 2000])
@pytest.mark.one_database
def test_unknown_language_is_passed_over(
    client: FlaskClient, addresses: list[str], unknown: str
) -> None:
    page = client.get(f"/?lang={unknown}", headers={"Accept-Language": "xx, cy-GB;q=0.8"})

    assert page.status_code == 200
    assert '<html lang="cy"' in page.text


@pytest.mark.one_database
def test_organisation_speaks_first_with_those_who_ask_for_nothing(
    client: FlaskClient, session: Session
) -> None:
    make.make_organisation(session, language="cy")

    assert '<html lang="cy"' in client.get("/answer").text
    assert '<html lang="en"' in client.get("/answer", headers={"Accept-Language": "en"}).text


@pytest.mark.one_database
def test_every_page_offers_the_languages_by_their_own_names(
    client: FlaskClient, addresses: list[str]
) -> None:
    for address in ("/", "/help/wales", "/s/bus2345", "/nothing"):
        page = client.get(f"{address}?lang=pl&q=bus").text
        assert '<a href="?q=bus&amp;lang=ar" lang="ar" hreflang="ar" dir="rtl">العربية</a>' in page
        assert 'lang="pl" hreflang="pl" dir="ltr" aria-current="true">Polski</a>' in page
    assert "hreflang" not in client.post("/answer", data={"words": "a b c d"}).text


@pytest.mark.one_database
def test_pages_for_staff_stay_english(session: Session, sign_in: object) -> None:
    make.make_organisation(session)
    person: Person = make.make_person(session)
    page = sign_in(person).get("/staff/?lang=cy", headers={"Accept-Language": "ar"})  # type: ignore[operator]

    assert '<html lang="en"' in page.text
    assert "lang=cy" not in page.text


@pytest.mark.one_database
def test_nothing_is_remembered_about_the_language(
    client: FlaskClient, addresses: list[str]
) -> None:
    page = client.get("/?lang=cy")

    assert "Set-Cookie" not in page.headers
    assert '<html lang="en"' in client.get("/").text
