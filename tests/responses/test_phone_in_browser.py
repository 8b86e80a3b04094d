"""The phone form in a real Chromium: what no request can show."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.browser import fill_in, press
from tests.conftest import OpenPage
from tracker.responses.models import SurveyResponse
from tracker.surveys.models import Survey

pytestmark = pytest.mark.browser

CHOICES = {
    "choices": [{"key": f"c{n}", "text": f"A choice with the number {n}"} for n in (1, 2, 3)]
}
KINDS = ("one_choice", "several_choices", "scale", "yes_no", "ranking", "number", "short_text")


@pytest.fixture
def survey(session: Session) -> Survey:
    make.make_organisation(session)
    consultation = make.make_open_consultation(session, title="What should the club be like?")
    survey = make.make_survey(session, consultation, code="abc234")
    make.make_question(session, survey, text="What could be better?", is_required=True)
    for kind in KINDS:
        make.make_question(session, survey, kind=kind, text=f"About {kind}", settings=CHOICES)
    session.commit()
    return survey


def stored(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(SurveyResponse)) or 0


def send(page: Page) -> None:
    press(page.get_by_role("button", name="Send", exact=True))


def receipt(page: Page) -> list[str]:
    return page.locator(".receipt li").all_inner_texts()


@pytest.mark.parametrize("script", [True, False])
def test_back_finds_what_was_typed_and_sending_again_makes_no_second_response(
    session: Session, survey: Survey, open_page: OpenPage, script: bool
) -> None:
    page = open_page("/s/abc234", script=script)
    fill_in(page, {"q1": "Longer hours"})
    send(page)
    first = receipt(page)

    page.go_back()
    assert page.input_value("[name=q1]") == "Longer hours"
    send(page)

    assert page.locator("h1").inner_text() == "We already have it"
    assert receipt(page) == first
    assert stored(session) == 1


def test_what_somebody_else_writes_on_the_same_phone_is_not_lost(
    session: Session, survey: Survey, open_page: OpenPage
) -> None:
    page = open_page("/s/abc234", script=False)
    page.fill("[name=q1]", "Longer hours")
    send(page)
    page.go_back()
    page.fill("[name=q1]", "Music, says the next one")
    send(page)

    press(page.get_by_role("button", name="Send it as a new answer"))

    assert page.locator("h1").inner_text() == "Thank you. We have your answer."
    assert stored(session) == 2


def test_double_click_makes_one_response(
    session: Session, survey: Survey, open_page: OpenPage
) -> None:
    page = open_page("/s/abc234")
    fill_in(page, {"q1": "Longer hours"})

    page.get_by_role("button", name="Send", exact=True).dblclick()
    page.wait_for_selector(".receipt")

    assert len(receipt(page)) == 4
    assert stored(session) == 1


def test_a_mistake_is_linked_to_its_question(survey: Survey, open_page: OpenPage) -> None:
    page = open_page("/s/abc234", script=False)
    page.fill("[name=q8]", "Kept")
    send(page)

    page.locator("#mistakes a").click()

    assert page.url.endswith("#q1")
    assert page.input_value("[name=q8]") == "Kept"


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize(("width", "text_size"), [(320, "100%"), (360, "200%"), (1280, "100%")])
def test_pages_fit_the_screen_and_axe_finds_nothing(
    survey: Survey, open_page: OpenPage, width: int, text_size: str, dark: bool
) -> None:
    page = open_page("/s/abc234", width=width, dark=dark)
    for step in ("start", *KINDS, "check", "mistakes", "thanks", "help", "not found"):
        if step == "mistakes":
            page.locator("[data-survey]").evaluate("form => form.q1.value = ''")
            send(page)
        elif step == "thanks":
            fill_in(page, {"q1": "Longer hours"})
            send(page)
            # The words are drawn by lot; these are as wide as any.
            page.locator(".receipt").evaluate(
                "all => [...all.children].forEach(word => { word.textContent = 'mushroom' })"
            )
        elif step in ("help", "not found"):
            page.goto("/help" if step == "help" else "/s/nope")
        page.evaluate("size => { document.documentElement.style.fontSize = size }", text_size)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, step
        assert Axe().run(page).response["violations"] == [], step
        if step == "start":
            page.get_by_role("link", name="Start").click()
            page.fill("[name=q1]", "Longer hours")
        if step in ("start", *KINDS):
            page.get_by_role("button", name="Next").click()


def test_targets_are_large_enough_for_a_thumb(survey: Survey, open_page: OpenPage) -> None:
    page = open_page("/s/abc234", script=False)

    heights = page.locator("label.choice, .answer, button, .top a, .bottom a").evaluate_all(
        "all => all.filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().height)"
    )

    assert len(heights) > 15
    assert min(heights) >= 48


def test_right_to_left_mirrors_the_page(survey: Survey, open_page: OpenPage) -> None:
    page = open_page("/s/abc234")
    page.evaluate("document.documentElement.dir = 'rtl'")

    help_link = page.get_by_role("link", name="Get help", exact=True).bounding_box()

    assert help_link is not None and help_link["x"] < 100
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_first_visit_is_tiny_and_asks_nobody_else(
    app: Flask, survey: Survey, open_page: OpenPage, live_server: str
) -> None:
    asked: list[str] = []
    page = open_page("/help")
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/s/abc234")
    page.wait_for_load_state("networkidle")

    assert {url.startswith(live_server) for url in asked} == {True}
    assert page.context.cookies() == []
    assert len(asked) <= 3
    phone, packed = app.test_client(), {"Accept-Encoding": "gzip"}
    # Without the headers, and this survey asks more than ten questions: bench.page_weight is exact.
    assert sum(len(phone.get(url, headers=packed).data) for url in asked) < 14_600
