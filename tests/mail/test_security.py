"""Flask-Security's mails leave by our own transport."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tests.mail.server import Received, free_port, smtp_server
from tracker.mail.security import MailNotSent, SecurityMail


@pytest.fixture
def without_server(app: Flask) -> Iterator[Flask]:
    yield app
    app.config["LOOPKEEPER"] = app.extensions.pop("tests.settings", app.config["LOOPKEEPER"])


def use_server(app: Flask, host: str, port: int) -> None:
    settings: Config = app.config["LOOPKEEPER"]
    app.extensions["tests.settings"] = settings
    app.config["LOOPKEEPER"] = replace(
        settings, smtp_host=host, smtp_port=port, smtp_security="none", smtp_timeout=3
    )


def test_reset_of_a_password_sends_a_mail_with_a_link(
    app: Flask, session: Session, client: FlaskClient, settings: Config
) -> None:
    make.make_organisation(session)
    make.make_person(session, "Olu", password="hash")
    client.post("/staff/reset-password", data={"email": "olu@example.org"})
    (mail,) = (settings.data / "mails").iterdir()
    received = Received("", "", mail.read_bytes())
    assert received.message["To"] == "olu@example.org"
    assert received.message["From"] == "Loopkeeper <loop@example.org>"
    assert "/staff/reset-password/" in received.text


def test_send_mail_goes_through_smtp(without_server: Flask) -> None:
    with smtp_server() as inbox:
        use_server(without_server, inbox.host, inbox.port)
        with without_server.app_context():
            SecurityMail(without_server).send_mail(
                "reset", "Hello", ("Olu", "olu@example.org"), "x@y.z", "text", None
            )
    assert inbox.received[0].message["To"] == "Olu <olu@example.org>"
    assert inbox.received[0].text.strip() == "text"


def test_send_mail_says_so_in_plain_words_when_no_server_takes_it(
    without_server: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    use_server(without_server, "127.0.0.1", free_port())
    with without_server.app_context(), pytest.raises(MailNotSent, match="ask for it again"):
        SecurityMail(without_server).send_mail("reset", "Hello", "o@x.org", "x@y.z", None, "<p>")
    assert "the reset mail was not sent" in caplog.text
