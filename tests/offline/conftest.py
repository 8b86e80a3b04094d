"""A site whose connection can be cut, for the tests of what happens then."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext
from werkzeug.serving import BaseWSGIServer, make_server

from tests.conftest import PATIENCE


class Site:
    """The app on a port of loopback that can be taken away and given back."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._server: BaseWSGIServer | None = None
        self._port = 0
        self.connect()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def connect(self) -> None:
        self._server = make_server("127.0.0.1", self._port, self.app, threaded=True)
        self._port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """From now on nobody answers at the address."""
        if self._server is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = None


@pytest.fixture
def site(app: Flask) -> Iterator[Site]:
    opened = Site(app)
    yield opened
    opened.cut()


@pytest.fixture
def phone(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A phone's browser: what it keeps outlives its tabs. A script's error fails the test."""
    context = browser.new_context(base_url=site.address, viewport={"width": 360, "height": 640})
    context.set_default_timeout(PATIENCE)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert errors == []
