"""Takes the README's pictures of a running demo, given its address and a receipt that it printed:

PYTHONPATH=. .venv/bin/python docs/pictures/take.py http://127.0.0.1:8000 "four words of receipt"
"""

import re
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser import CHROMIUM, QUIET
from tracker.demo.operations import PASSWORD

HERE = Path(__file__).parent
PHONE = {"width": 360, "height": 640}


def sign_in(page: Page, who: str) -> None:
    page.goto("/staff/sign-in")
    page.fill("[name=email]", f"{who}@demo.example")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def take(page: Page, name: str) -> None:
    page.screenshot(path=HERE / f"{name}.png")


def main(site: str, receipt: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*QUIET, "--no-sandbox"]
        )
        page = browser.new_context(base_url=site, viewport=PHONE).new_page()
        take_public(page, receipt)
        take_staff(page)
        browser.close()


def take_public(page: Page, receipt: str) -> None:
    page.goto("/")
    take(page, "board")
    page.get_by_role("link", name="What should we do this summer?").click()
    page.locator("main a[href*='/s/']").first.click()
    take(page, "form")
    page.goto("/answer")
    page.locator("main input:not([type=hidden])").first.fill(receipt)
    page.locator("main form button").first.click()
    take(page, "answer")


def take_staff(page: Page) -> None:
    """The mail as it would look, the page behind its button, and the owner's desk."""
    sign_in(page, "admin")
    page.goto("/staff/outbox")
    mails = page.locator("main a", has_text="Getting to the youth centre")
    addresses = [mail.get_attribute("href") for mail in mails.all()]
    link = None
    for address in addresses:
        page.goto(f"{address}/html")
        if link := re.search(r'href="([^"]*/do/[^"/]+)"', page.content()):
            break
    assert link, "no mail has the button"
    take(page, "mail")
    page.goto(link.group(1))
    take(page, "say")
    page.context.clear_cookies()
    sign_in(page, "owner")
    take(page, "desk")


main(*sys.argv[1:])
