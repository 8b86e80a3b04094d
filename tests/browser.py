"""A real Chromium for the tests, and the site served to it on loopback."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from playwright.sync_api import Browser, Locator, sync_playwright
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


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address at which `app` answers, on a free port of loopback."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
