"""`flask setup` on an empty database, on a full one, and with mistakes in it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories as make
from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.services.models import Organisation

SETUP = ["setup", "--name", "Riverside", "--admin-email", "Ada@Example.org"]


def test_setup_prints_a_link_that_sets_the_password(
    app: Flask, session: Session, client: FlaskClient
) -> None:
    done = app.test_cli_runner().invoke(args=[*SETUP, "--nation", "wales"])
    assert done.exit_code == 0, done.output
    first, link = done.output.strip().splitlines()
    assert first.startswith("Riverside is set up. Ada@Example.org chooses a password here")
    assert session.get_one(Organisation, 1).nation == "wales"
    person = session.query(Person).one()
    assert person.email == "ada@example.org"
    assert person.role_names == {RoleName.ADMINISTRATOR}

    words = "three words in a row"
    path = link.removeprefix("http://localhost")
    client.post(path, data={"password": words, "password_confirm": words})
    form = {"email": "ada@example.org", "password": words}
    assert client.post("/staff/sign-in", data=form).status_code == 302
    assert client.get("/staff/people").status_code == 200


def test_setup_refuses_a_second_time(app: Flask, session: Session) -> None:
    make.make_organisation(session, name="First")
    session.commit()
    done = app.test_cli_runner().invoke(args=SETUP)
    assert done.exit_code == 1
    assert "set up already" in done.output
    assert session.get_one(Organisation, 1).name == "First"
    assert session.query(Person).count() == 0


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        (["--name", " "], "--name: Enter the organisation's name"),
        (["--name", "x" * 121], "--name: Make the name shorter"),
        (["--admin-email", "ada"], "--admin-email: Enter an e-mail address"),
        (["--admin-name", ""], "--admin-name: Enter the person's name"),
        (["--time-zone", "Mars/Base"], "--time-zone: We don't know this time zone."),
        (["--nation", "france"], "'france' is not one of"),
    ],
)
def test_setup_names_the_option_that_is_wrong(
    app: Flask, session: Session, mistake: list[str], says: str
) -> None:
    done = app.test_cli_runner().invoke(args=[*SETUP, *mistake])
    assert done.exit_code == 2
    assert says in done.output
    assert session.get(Organisation, 1) is None


def test_sending_is_switched_off_and_on(app: Flask, session: Session) -> None:
    make.make_organisation(session)
    session.commit()
    runner = app.test_cli_runner()

    said = [runner.invoke(args=["sending", "off"]).output]
    off = session.get_one(Organisation, 1, populate_existing=True).is_sending
    session.commit()
    said.append(runner.invoke(args=["sending", "on"]).output)

    assert off is False
    assert session.get_one(Organisation, 1, populate_existing=True).is_sending is True
    assert said == ["Sending is off.\n", "Sending is on.\n"]


def test_sending_says_what_to_do_before_there_is_an_organisation(app: Flask) -> None:
    refused = app.test_cli_runner().invoke(args=["sending", "off"])

    assert refused.exit_code == 1
    assert "flask setup" in refused.output
