"""The page that says how the reminders are, and the same as metrics."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tests.conftest import SignIn
from tests.counting import counted
from tracker.accounts.policy import RoleName
from tracker.clock import utc_now
from tracker.reminders.models import Beat, Mail, MailKind, MailState

TOKEN = "a token that only the monitor knows"


def given_up(session: Session) -> Mail:
    mail = Mail(
        kind=MailKind.NOTICE,
        notice_key="k/1",
        recipient=make.make_person(session, "Olu"),
        state=MailState.FAILED,
        queued_at=make.NOW,
        not_before=make.NOW,
        last_error="550 nobody here",
    )
    session.add(mail)
    session.flush()
    return mail


def test_page_says_that_all_is_well(session: Session, sign_in: SignIn) -> None:
    make.make_organisation(session)
    session.add(Beat(name="tick", at=utc_now(), failures=""))
    browser = sign_in(make.make_person(session, "Ada", RoleName.ADMINISTRATOR))

    page = browser.get("/staff/health").text

    assert "All is well." in page
    assert "less than a minute ago" in page
    assert "Mend the mails" not in page


def test_page_says_what_stands_still_and_what_was_given_up(
    session: Session, sign_in: SignIn
) -> None:
    make.make_organisation(session, is_sending=False)
    make.make_closed_consultation(session)
    session.add(Beat(name="tick", at=utc_now() - timedelta(hours=2), failures=""))
    given_up(session)
    browser = sign_in(make.make_person(session, "Ada", RoleName.ADMINISTRATOR))

    page = browser.get("/staff/health").text

    assert "Something is due, and no worker looks at it." in page
    assert "2 hours ago" in page
    assert "Sending is switched off." in page
    assert "Mend the mails that were given up" in page


def test_page_names_the_parts_that_failed(session: Session, sign_in: SignIn) -> None:
    make.make_organisation(session)
    session.add(Beat(name="tick", at=utc_now(), failures="closing, looking"))
    browser = sign_in(make.make_person(session, "Lee", RoleName.PARTICIPATION_LEAD))

    assert "A part of the last look failed: closing, looking." in browser.get("/staff/health").text


def test_page_takes_as_many_statements_for_many_mails(session: Session, sign_in: SignIn) -> None:
    make.make_organisation(session)
    browser = sign_in(make.make_person(session, "Ada", RoleName.ADMINISTRATOR))
    with counted(session) as few:
        browser.get("/staff/health")
    for _ in range(3):
        make.make_closed_consultation(session)
    given_up(session)
    with counted(session) as many:
        browser.get("/staff/health")

    assert len(few) == len(many)


@pytest.fixture
def watched(app: Flask, settings: Config) -> Iterator[Flask]:
    """The application with a token for the monitor, until the end of the test."""
    app.config["LOOPKEEPER"] = replace(settings, metrics_token=TOKEN)
    yield app
    app.config["LOOPKEEPER"] = settings


def test_metrics_are_the_same_in_numbers(watched: Flask, session: Session) -> None:
    make.make_organisation(session)
    make.make_closed_consultation(session)
    session.add(Beat(name="tick", at=make.NOW, failures="closing"))
    given_up(session)
    session.commit()

    answer = watched.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    assert answer.content_type.startswith("text/plain")
    lines = set(answer.text.splitlines())
    ticked = next(line for line in lines if line.startswith("loopkeeper_last_tick_seconds "))
    assert float(ticked.split()[1]) == make.NOW.timestamp()
    for line in (
        "loopkeeper_stalled 1.0",
        "loopkeeper_last_tick_failed 1.0",
        "loopkeeper_looks_due 1.0",
        "loopkeeper_mails_given_up 1.0",
        "loopkeeper_sending 1.0",
    ):
        assert line in lines
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "given", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer é"]
)
def test_metrics_are_for_the_token_alone(watched: Flask, given: str) -> None:
    answer = watched.test_client().get("/metrics", headers={"Authorization": given})

    assert answer.status_code == 404
    assert "loopkeeper_" not in answer.text


def test_metrics_are_nowhere_without_a_token(app: Flask) -> None:
    answer = app.test_client().get("/metrics", headers={"Authorization": "Bearer "})

    assert answer.status_code == 404
