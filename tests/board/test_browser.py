"""The board and the story of an answer, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tests.board.scenes import WORDS, answered, asked, give_words, heard, judged
from tests.browser import press
from tests.conftest import OpenPage
from tests.factories import NOW
from tracker.actions.policy import Outcome
from tracker.verdicts.policy import VerdictValue

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _world(session: Session, settings: Config) -> None:
    make.make_organisation(session)
    consultation, responses = asked(session, 30, slug="evenings", title="Your evenings")
    themes = [
        heard(session, consultation, "Stay open later", responses[:20]),
        heard(session, consultation, "A pool", responses[:9]),
        heard(session, consultation, "A quiet room", responses[20:]),
    ]
    later = answered(session, themes[0], outcome=Outcome.DONE, text="Open until 8 pm.")
    answered(session, themes[1], outcome=Outcome.CANNOT, text="There will be no pool.")
    judged(session, later, responses[:12], VerdictValue.YES)
    give_words(responses[0], settings.derived_key("receipts"))
    asked(session, is_open=True)
    asked(session, 3, withdrawn_at=NOW, withdrawn_reason="The land was sold.")
    session.commit()


def ask_for_answer(page: Page) -> None:
    page.get_by_label("Your four words").fill(WORDS)
    press(page.get_by_role("button", name="Show me"))


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("address", ["/", "/board/evenings", "/answer", "answer told"])
def test_board_is_open_to_everybody(open_page: OpenPage, address: str, dark: bool) -> None:
    page = open_page(address if address.startswith("/") else "/answer", dark=dark)
    if address == "answer told":
        ask_for_answer(page)

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("address", ["/", "/board/evenings", "/answer"])
def test_board_never_scrolls_sideways(open_page: OpenPage, address: str) -> None:
    page = open_page(address, width=320)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_answer_is_found_and_judged_with_no_script_and_no_cookie(open_page: OpenPage) -> None:
    page = open_page("/answer", script=False)

    ask_for_answer(page)
    expect(page.get_by_role("heading", name="Where your answer is now")).to_be_visible()
    expect(page.get_by_role("img", name="3 of 4: changed. Being followed up.")).to_have_count(0)
    press(page.get_by_role("button", name="A bit"))

    expect(page.locator("main").get_by_role("status")).to_contain_text("Thank you.")
    expect(page.get_by_role("button", name="A bit")).to_have_attribute("aria-pressed", "true")
    assert page.url.endswith("/answer")
    assert page.context.cookies() == []


def test_front_page_leads_to_what_was_done(open_page: OpenPage) -> None:
    page = open_page("/")

    page.get_by_text("Find something").click()
    page.get_by_label("What about").fill("evenings")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Your evenings").click()

    expect(page.get_by_text("Open until 8 pm.")).to_be_visible()
    expect(page.get_by_text("No answer yet.")).to_be_visible()
