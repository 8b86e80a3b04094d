"""axe finds nothing, on every page that can be opened: the demo's, at all its stages.

Public pages in other languages, with larger letters and without script: `bench.public_pages`.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy.orm import Session

from tests.browser import fill_in, press, served
from tests.every_page import PASSWORD, Pages, complaints, live_through_demo

# Coverage is measured by smaller tests: here it would only cost time.
pytestmark = [pytest.mark.browser, pytest.mark.one_database, pytest.mark.no_cover]


def test_axe_finds_nothing(app: Flask, session: Session, browser: Browser) -> None:
    pages = live_through_demo(app, session)

    with served(app) as site:
        found = [
            *_look_at_staff_pages(browser, site, pages.staff),
            *_look_at_public_pages(browser, site, pages, "light"),
            *_look_at_public_pages(browser, site, pages, "dark"),
        ]

    assert len(pages.staff) > 80
    assert len(pages.public) > 20
    assert found == []


def _look_at_staff_pages(browser: Browser, site: str, addresses: Sequence[str]) -> Iterator[str]:
    context = browser.new_context(base_url=site, viewport={"width": 360, "height": 640})
    page = context.new_page()
    page.goto("/staff/sign-in")
    yield from complaints(page)
    page.fill("[name=email]", "everybody@example.org")
    page.fill("[name=password]", PASSWORD)
    press(page.get_by_role("button", name="Sign in"))
    assert page.url.endswith("/staff/")
    for address in addresses:
        page.goto(address)
        yield from complaints(page)
    context.close()


def _look_at_public_pages(browser: Browser, site: str, pages: Pages, scheme: Any) -> Iterator[str]:
    context = browser.new_context(
        base_url=site, viewport={"width": 360, "height": 640}, color_scheme=scheme
    )
    page = context.new_page()
    for address in pages.public:
        page.goto(address)
        yield from complaints(page)
    yield from _look_at_what_follows_a_form(context, page, pages.code, pages.receipt)
    context.close()


def _look_at_what_follows_a_form(
    context: BrowserContext, page: Page, code: str, receipt: str
) -> Iterator[str]:
    page.goto(f"/s/{code}")
    yield from _look_at_each_screen(page)
    press(page.get_by_role("button", name="Send"))  # nothing answered: a refusal
    yield from complaints(page)
    first = page.locator("main input[type=radio]").first.get_attribute("name")
    page.goto(f"/s/{code}")
    fill_in(page, {str(first): 0})
    press(page.get_by_role("button", name="Send"))
    yield from complaints(page)
    for words in ("not four words", receipt):
        page.goto("/answer")
        page.locator("main input:not([type=hidden])").first.fill(words)
        press(page.locator("main form button").first)
        yield from complaints(page)
    assert context.cookies() == []


def _look_at_each_screen(page: Page) -> Iterator[str]:
    page.get_by_role("link", name="Start").click()
    while page.locator("[data-do=next]").is_visible():
        yield from complaints(page)
        page.locator("[data-do=next]").click()
    yield from complaints(page)
