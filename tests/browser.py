"""A real Chromium for the tests, and the site served to it on loopback."""

import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import Flask
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from werkzeug.serving import make_server

# Debian's Chromium where there is one, else the one that Playwright installed.
CHROMIUM = shutil.which("chromium")
QUIET = ["--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium. A missing one is an error: `make test` installs it."""
    args = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        yield browser
        browser.close()


def press(what: Locator) -> None:
    """Press what leads to another page and wait for that page: a plain click returns at once, and
    what a test reads next may still be the old page.
    """
    with what.page.expect_navigation():
        what.click()


def fill_in(page: Page, answers: Mapping[str, str | int]) -> None:
    """Answer a survey up to the button "Send", by the buttons that a young person presses.

    `answers` are by question key: what to write, or which choice to tick, counted from 0. With
    script it walks the screens to the check; without, all of it stands on one page.
    """
    page.evaluate(_FILL_IN, dict(answers))


_FILL_IN = """answers => {
  const at = () => document.documentElement.dataset.at;
  const fill = (key) => {
    const controls = document.getElementsByName(key);
    if (typeof answers[key] === "number") controls[answers[key]].click();
    else {
      controls[0].value = answers[key];
      controls[0].dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  if (!at()) return Object.keys(answers).forEach(fill);
  if (at() === "start") document.querySelector("a[href='#questions']").click();
  for (let screens = 0; at() === "question"; screens += 1) {
    if (screens > 99) throw new Error("The check is never reached");
    const question = document.querySelector(".question:not([hidden])");
    if (question.id in answers) fill(question.id);
    document.querySelector("[data-do=next]").click();
  }
}"""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address at which `app` answers, on a free port of loopback."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
