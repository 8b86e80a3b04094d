"""Every route, every persona: whoever may not is refused, whoever may is not."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.conftest import SignIn
from tests.conventions.access_table import ACCESS, OPEN, SIGN_IN, Persona
from tests.conventions.world import PARTICULAR, World, make_world

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def test_access_table_has_a_row_for_every_route_and_no_other(app: Flask) -> None:
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    rows = set(ACCESS) | SIGN_IN
    assert not routes - rows, "these routes need a row in access_table.py"
    assert not rows - routes, "these rows have no route any more"
    assert not set(ACCESS) & SIGN_IN


@pytest.mark.parametrize("endpoint", ACCESS)
def test_access_is_what_the_table_says(
    endpoint: str, app: Flask, world: World, sign_in: SignIn, client: FlaskClient
) -> None:
    # Those who are refused go first: what the others may do can change the world.
    personas = sorted(Persona, key=lambda persona: persona in ACCESS[endpoint])
    wrong = []
    for persona in personas:
        browser = client if persona is Persona.STRANGER else sign_in(world.people[persona])
        for method, address in _doors(app, endpoint, world):
            answer = browser.open(address, method=method)
            if not _as_expected(answer, endpoint, persona):
                to = answer.headers.get("Location", "")
                wrong.append(f"{persona}: {method} {address} gave {answer.status_code} {to}")
    assert not wrong, "\n".join(["", *wrong])


@pytest.mark.parametrize("endpoint", sorted(SIGN_IN))
def test_sign_in_pages_fail_for_nobody(
    endpoint: str, app: Flask, world: World, sign_in: SignIn
) -> None:
    for persona in Persona:
        person = world.people.get(persona)
        browser = sign_in(person) if person else app.test_client()
        for method, address in _doors(app, endpoint, world):
            assert browser.open(address, method=method).status_code < 500, (method, address)


def _doors(app: Flask, endpoint: str, world: World) -> Iterator[tuple[str, str]]:
    """Each method of each address of the endpoint."""
    routes = app.url_map.bind("")
    for rule in app.url_map.iter_rules(endpoint):
        for method in METHODS:
            if method in (rule.methods or ()):
                yield method, routes.build(endpoint, _values(rule, world), method=method)


def _values(rule: Rule, world: World) -> dict[str, object]:
    unknown = rule.arguments - set(world.values) - set(rule.defaults or {})
    assert not unknown, f"{rule.rule}: give {', '.join(unknown)} a value in world.py"
    values = dict(world.values) | PARTICULAR.get(rule.endpoint, {})
    return {name: values[name] for name in rule.arguments if name in values}


def _as_expected(answer: TestResponse, endpoint: str, persona: Persona) -> bool:
    sent_to_sign_in = urlsplit(answer.headers.get("Location", "")).path == "/staff/sign-in"
    refused = answer.status_code == 403 or sent_to_sign_in
    if persona in ACCESS[endpoint]:
        return not refused and answer.status_code < 500 and answer.status_code != 405
    if persona is Persona.STRANGER and endpoint not in OPEN_ENDPOINTS:
        return sent_to_sign_in
    return refused


OPEN_ENDPOINTS = {endpoint for endpoint, who in ACCESS.items() if who == OPEN}
