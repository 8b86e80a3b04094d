"""Every public page in every language: `python -m bench.public_pages [--screenshots FOLDER]`.

A real Chromium opens each of them in light and dark, with letters of the usual and of twice the size,
with script and without: axe must find nothing, and nothing may scroll sideways (320 px wide at the
usual size, 360 px at twice the size). In each language the form is then answered with the keyboard
alone, from the first screen to the four words. Exits with 1 if anything was found.
"""

import argparse
import logging
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route
from sqlalchemy.orm import Session

from bench import serving
from tests.browser import chromium, fill_in, press, served
from tests.every_page import Pages, complaints, live_through_demo
from tracker.db import db

LANGUAGES = ("en", "cy", "ar", "ur", "pl")
SCHEMES = ("light", "dark")
SEND = "button[data-sending]"
_SCRIPT = re.compile(r"<script\b.*?</script>|</?noscript>", re.DOTALL)
_ENLARGE = "size => { document.documentElement.style.fontSize = size }"
WIDTHS = {1: 320, 2: 360}  # text size → pixels


@dataclass(frozen=True)
class Cell:
    """One way to look at a page."""

    language: str
    scheme: Any
    text_size: int
    has_script: bool

    def __str__(self) -> str:
        script = "script" if self.has_script else "plain"
        return f"{self.language}-{self.scheme}-{self.text_size}00-{script}"

    @property
    def width(self) -> int:
        return WIDTHS[self.text_size]


@dataclass
class Eye:
    """A browser that looks as the cell says, and writes down what is wrong."""

    cell: Cell
    page: Page
    found: list[str]
    looked_at: int = 0
    album: Path | None = None

    def visit(self, address: str) -> None:
        self.page.goto(address)
        self.look()

    def look(self) -> None:
        """Hold the page as it is now against everything asked of it."""
        self.looked_at += 1
        self.page.evaluate(_ENLARGE, f"{self.cell.text_size}00%")
        wide = int(self.page.evaluate("document.documentElement.scrollWidth"))
        if wide > self.cell.width:
            self.found.append(f"{self.cell} {self.page.url}: {wide} px wide")
        if self.album:
            name = f"{self.cell}-{self.looked_at:03}.png"
            self.page.screenshot(path=self.album / name, full_page=True)
        self.found += [f"{self.cell} {each}" for each in complaints(self.page)]


@contextmanager
def eye(browser: Browser, site: str, cell: Cell, album: Path | None) -> Iterator[Eye]:
    context = browser.new_context(
        base_url=site,
        viewport={"width": cell.width, "height": 640},
        color_scheme=cell.scheme,
        locale=cell.language,
        service_workers="block",
    )
    if not cell.has_script:
        context.route("**", _without_script)
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield Eye(cell, page, [], album=album)
    assert context.cookies() == [], "a cookie was set"
    context.close()


def _without_script(route: Route) -> None:
    """The page as a browser without script builds it: axe is a script itself, and in a browser that
    runs none it never answers.
    """
    if route.request.resource_type != "document":
        route.continue_()
        return
    answer = route.fetch(max_redirects=0)
    plain = _SCRIPT.sub("", answer.text()) if answer.status < 300 or answer.status >= 400 else ""
    route.fulfill(response=answer, body=plain)


def look_at_all(seen: Eye, pages: Pages) -> None:
    """Each public page, then those that only follow a form."""
    for address in pages.public:
        if seen.cell.language == "en" or not address.startswith("/do/"):
            seen.visit(address)  # behind a mail's links all speak English
    own = _walk_the_form(seen, pages.code)
    for words in ("not four words", pages.receipt):
        _ask_where(seen, words)
        seen.look()
    for action in ("correct", "withdraw"):
        _ask_where(seen, own)
        press(seen.page.locator(f"form[action*='/answer/{action}'] button"))
        seen.look()
    slug = next(each for each in pages.public if each.endswith("/tell-me"))
    seen.page.goto(slug)
    press(seen.page.locator("main form button").first)
    seen.look()


def _walk_the_form(seen: Eye, code: str) -> str:
    """To the four words, which are returned."""
    page = seen.page
    page.goto(f"/s/{code}")
    if seen.cell.has_script:
        page.locator("a[href='#questions']").click()
        while page.locator("[data-do=next]").is_visible():
            seen.look()
            page.locator("[data-do=next]").click()
        seen.look()
    press(page.locator(SEND))
    seen.look()  # nothing was answered: a refusal
    page.goto(f"/s/{code}")
    fill_in(page, {_first_question(page): 0})
    press(page.locator(SEND))
    seen.look()
    return " ".join(page.locator(".receipt li").all_inner_texts())


def _first_question(page: Page) -> str:
    return str(page.locator("main input[type=radio]").first.get_attribute("name"))


def _ask_where(seen: Eye, words: str) -> None:
    seen.page.goto("/answer")
    seen.page.locator("main input:not([type=hidden])").first.fill(words)
    press(seen.page.locator("main form button").first)


def by_keyboard(page: Page, code: str) -> int:
    """Answer with the keyboard alone: how many keys until the four words stood there."""
    page.goto(f"/s/{code}")
    keys, is_answered = 0, False
    while page.locator(".receipt").count() == 0:
        if keys > 400:
            raise RuntimeError(f"no four words after {keys} keys at {page.url}")
        page.keyboard.press("Tab")
        keys += 1
        what = str(page.evaluate(_UNDER_THE_FOCUS))
        if what == "radio" and not is_answered:
            page.keyboard.press("Space")
            is_answered = True
        elif what in ("start", "next"):
            page.keyboard.press("Enter")
        elif what == "send":
            with page.expect_navigation():
                page.keyboard.press("Enter")
        else:
            continue
        keys += 1
    return keys


_UNDER_THE_FOCUS = """() => {
  const at = document.activeElement;
  if (at.matches("a[href='#questions']")) return "start";
  if (at.matches("[data-do=next]")) return "next";
  if (at.matches("input[type=radio]")) return "radio";
  return at.matches("[data-sending]") ? "send" : "";
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--languages", nargs="+", default=LANGUAGES, choices=LANGUAGES)
    parser.add_argument("--screenshots", type=Path, help="a folder to put them into")
    asked = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    if asked.screenshots:
        asked.screenshots.mkdir(parents=True, exist_ok=True)
    found: list[str] = []
    with (
        tempfile.TemporaryDirectory() as scratch,
        serving.site(Path(scratch) / "site", "sqlite", {"LOOPKEEPER_SPAM_CHECKS": "0"}) as place,
    ):
        with place.app.app_context(), Session(db.engine) as session:
            pages = live_through_demo(place.app, session)
        with served(place.app) as site, chromium() as browser:
            for cell in _cells(asked.languages):
                found += _look(browser, site, cell, pages, asked.screenshots)
            for language in asked.languages:
                _press_keys(browser, site, language, pages.code)
    print(*found, sep="\n")
    print(f"{len(found)} findings")
    sys.exit(bool(found))


def _cells(languages: list[str]) -> Iterator[Cell]:
    for values in product(languages, SCHEMES, WIDTHS, (True, False)):
        yield Cell(*values)


def _look(browser: Browser, site: str, cell: Cell, pages: Pages, album: Path | None) -> list[str]:
    began = time.monotonic()
    with eye(browser, site, cell, album) as seen:
        look_at_all(seen, pages)
    took = time.monotonic() - began
    print(f"{cell!s:<22} {seen.looked_at:4} pages {len(seen.found):4} findings {took:6.0f} s")
    return seen.found


def _press_keys(browser: Browser, site: str, language: str, code: str) -> None:
    for has_script in (True, False):
        cell = Cell(language, "light", 1, has_script)
        with eye(browser, site, cell, None) as seen:
            print(f"{cell!s:<22} answered with {by_keyboard(seen.page, code)} keys")


if __name__ == "__main__":
    main()
