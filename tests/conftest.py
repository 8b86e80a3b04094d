"""What every test can ask for: the app on each database, a session, a client, people who sign in.

Both databases always: whatever uses `app` runs on SQLite and on PostgreSQL. `--database sqlite`
(or postgresql) runs one of them while working; `make test` runs both.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from sqlalchemy import Table
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import config
from tests import postgres
from tests.browser import chromium, served
from tracker.accounts.models import Person
from tracker.app import create_app
from tracker.db import Base, current_session, db
from tracker.languages import own_catalogues, use_own_catalogues
from tracker.web.limits import limiter

DATABASES = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=DATABASES, help="run on this database alone")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        only = metafunc.config.getoption("--database")
        names = (only,) if only else DATABASES
        if metafunc.definition.get_closest_marker("one_database"):
            names = names[:1]
        metafunc.parametrize("database", names, scope="session", indirect=True)


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> str:
    """The name of the database this test runs on."""
    return str(request.param)


@pytest.fixture(scope="session")
def database_url(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty database of this kind, for this test process alone."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'test.db'}"
        return
    with postgres.fresh_database() as url:
        yield url


@pytest.fixture(scope="session")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> config.Config:
    return config.from_environ(
        {
            "LOOPKEEPER_SECRET_KEY": "a secret for the tests, long enough to be accepted",
            "LOOPKEEPER_DATABASE_URL": database_url,
            "LOOPKEEPER_DATA": str(tmp_path_factory.mktemp("data")),
            "LOOPKEEPER_BASE_URL": "http://localhost",
            "LOOPKEEPER_MAIL_FROM": "loop@example.org",
        }
    )


@pytest.fixture(scope="session")
def _app(settings: config.Config) -> Iterator[Flask]:
    app = create_app(settings)
    app.test_client_class = Browser
    # Some tests switch these on; the others test what lies behind them.
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    app.config["SPAM_CHECKS"] = False
    app.extensions["loopkeeper.kept_pages"].keep_for(0)  # tests change a row and look at once
    with app.app_context():
        Base.metadata.create_all(db.engine)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(_app: Flask) -> Iterator[Flask]:
    """The application on an empty database."""
    data = Path(_app.config["LOOPKEEPER"].data)
    # There is one folder of catalogues in a process: the one of the application made last.
    if own_catalogues() != data / "languages":
        use_own_catalogues(data / "languages")
    yield _app
    with _app.app_context():
        empty_tables()
    limiter.reset()
    for left in data.iterdir():
        if left.is_dir():
            shutil.rmtree(left)


def empty_tables() -> None:
    """Delete every row and count from 1 again; on PostgreSQL far quicker than TRUNCATE."""
    session = current_session()
    tables = Base.metadata.sorted_tables
    statements = [f'DELETE FROM "{table.name}"' for table in reversed(tables)]
    if session.get_bind().dialect.name == "postgresql":
        counted = [table.name for table in tables if _has_counter(table)]
        statements += [
            f"SELECT setval(pg_get_serial_sequence('{n}', 'id'), 1, false)" for n in counted
        ]
        session.connection().exec_driver_sql("; ".join(statements))
    else:
        for statement in ("PRAGMA defer_foreign_keys=ON", *statements):
            session.connection().exec_driver_sql(statement)
    session.commit()


def _has_counter(table: Table) -> bool:
    key = table.columns.get("id")
    return key is not None and key is table.autoincrement_column


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The test's own session. Every request of a test's browser commits it first, see `Browser`."""
    with app.app_context():
        engine = db.engine
    with Session(engine) as own:
        app.extensions["tests.session"] = own
        yield own
        del app.extensions["tests.session"]


class Browser(FlaskClient):
    """A browser that lets requests see what the test wrote, and the test what requests wrote."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        own: Session | None = self.application.extensions.get("tests.session")
        if own is not None:
            own.commit()
        return super().open(*args, **kwargs)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser nobody has signed in with."""
    return app.test_client()


SignIn = Callable[[Person], FlaskClient]


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """`sign_in(person)` gives a browser in which that person is signed in."""

    def signed_in(person: Person) -> FlaskClient:
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = person.fs_uniquifier
            cookie["_fresh"] = True
            cookie["fs_cc"] = "set"
            cookie["fs_paa"] = datetime.now(UTC).timestamp()
        return browser

    return signed_in


@pytest.fixture
def live_server(app: Flask) -> Iterator[str]:
    """The address of the site, served for real. Commit the test's session before opening a page."""
    with served(app) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    with chromium() as started:
        yield started


OpenPage = Callable[..., Page]
# Milliseconds that a browser may take over one step: a machine that is busy must not fail a test.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def open_page(browser: Chromium, live_server: str) -> Iterator[OpenPage]:
    """`open_page("/path", script=False, width=1280)`: a fresh browser on that page.

    A phone of 360 × 640 unless told otherwise. Any error of a page's script fails the test.
    """
    contexts = []
    errors: list[str] = []

    def opened(
        path: str = "/",
        *,
        script: bool = True,
        width: int = 360,
        height: int = 640,
        dark: bool = False,
    ) -> Page:
        context = browser.new_context(
            base_url=live_server,
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []


def pytest_configure(config: pytest.Config) -> None:
    # How long an example takes says how busy the machine is, not whether the code is right.
    hypothesis.settings.register_profile("loopkeeper", deadline=None)
    hypothesis.settings.load_profile("loopkeeper")
    os.environ.pop("LOOPKEEPER_DEMO", None)
