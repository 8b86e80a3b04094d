"""`flask demo load` in the terminal: once, and only in a demo."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import factories as make


@pytest.fixture
def demo(app: Flask) -> Iterator[Flask]:
    """The application as a demo."""
    settings = app.config["LOOPKEEPER"]
    app.config["LOOPKEEPER"] = replace(settings, demo=True)
    yield app
    app.config["LOOPKEEPER"] = settings


def test_load_refuses_outside_a_demo(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["demo", "load"])

    assert result.exit_code == 1
    assert "LOOPKEEPER_DEMO=1" in result.output


def test_load_fills_an_empty_demo_and_tells_how_to_sign_in(demo: Flask) -> None:
    first = demo.test_cli_runner().invoke(args=["demo", "load"])
    second = demo.test_cli_runner().invoke(args=["demo", "load"])

    assert first.exit_code == 0, first.output
    assert "Making the demo, day by day" in first.output
    assert "owner@demo.example" in first.output
    assert first.output.count("try this receipt") == 3
    assert "easy read, ages 6 to 9, in English, Arabic and Welsh" in first.output
    assert re.search(r"/kiosk/\w{24}  a kiosk.*The PIN to leave it is 2580", first.output)
    # The second time nothing is made, and the same is told.
    assert second.output.splitlines() == first.output.splitlines()[1:]


def test_load_leaves_what_is_there_as_it_is(demo: Flask, session: Session) -> None:
    make.make_organisation(session, name="Somebody's own")
    make.make_person(session, "Ann")
    session.commit()

    result = demo.test_cli_runner().invoke(args=["demo", "load"])

    assert result.exit_code == 0
    assert "Making the demo" not in result.output
    assert "ann@example.org" in result.output
