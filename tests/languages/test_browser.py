"""Pages that run from right to left, in a real browser."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import OpenPage
from tracker.clock import utc_now

pytestmark = [pytest.mark.browser, pytest.mark.one_database, pytest.mark.no_cover]
NARROW = 320


def _scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def _complaints(page: Page) -> list[str]:
    return [
        f"{rule['id']}: {node['html'][:120]}"
        for rule in Axe().run(page).response["violations"]
        for node in rule["nodes"]
    ]


def test_arabic_pages_run_from_right_to_left(session: Session, open_page: OpenPage) -> None:
    make.make_organisation(session)
    opened = utc_now() - timedelta(days=1)
    asked = make.make_open_consultation(session, title="The bus", opened_at=opened)
    survey = make.make_survey(session, asked, title="The bus", code="bus2345")
    make.make_question(session, survey, text="How is it?")
    session.commit()
    page = open_page("/?lang=ar", width=NARROW)

    for address in ("/?lang=ar", "/s/bus2345?lang=ar", "/help/wales?lang=ur"):
        page.goto(address)
        assert not _scrolls_sideways(page), address
        assert _complaints(page) == [], address
    page.goto("/?lang=ar")
    page.set_viewport_size({"width": 640, "height": 640})
    help_link = page.locator(".top-help").bounding_box()
    home = page.locator(".top-home").bounding_box()
    assert help_link and home and help_link["x"] < home["x"]
    page.get_by_role("link", name="The bus").click()
    page.wait_for_url("**lang=ar")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.context.cookies() == []
