"""Looking changes nothing; a form counts once."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import Config
from tests.capabilities.scenes import Scene
from tests.capabilities.sending import PRESS, answer, race, recorded, versions
from tracker.actions.models import Action
from tracker.capabilities.models import SentForm
from tracker.db import Base


@pytest.fixture
def untouched(scene: Scene) -> Iterator[None]:
    """Every table holds the same rows after the test as before it."""
    before = rows(scene.session)
    yield
    scene.session.rollback()
    assert rows(scene.session) == before


def rows(session: Session) -> dict[str, list[str]]:
    session.expire_all()
    return {
        table.name: sorted(str(row) for row in session.execute(select(table)))
        for table in Base.metadata.sorted_tables
    }


@pytest.mark.usefixtures("untouched")
def test_looking_changes_nothing_however_often_and_by_whom(
    client: FlaskClient, scene: Scene, settings: Config
) -> None:
    pages = ("", "/cannot", "/until", "/snooze", "/hand-over", f"/done/{uuid4()}", "/fresh-link")
    headers = [{}, {"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}]
    for person in (scene.owner, scene.contact, scene.lead):
        for page in pages:
            address = scene.link(settings, person) + page
            for extra in headers:
                assert client.get(address, headers=extra).status_code < 500
                assert client.head(address, headers=extra).status_code < 500
                assert client.options(address, headers=extra).status_code < 500


def test_looking_at_a_pending_answer_changes_nothing(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    version = recorded(client, scene, link)
    before = rows(scene.session)
    scene.session.commit()

    for page in ("", "/stop", "/change"):
        for _ in range(3):
            client.get(f"{link}/pending/{version.id}{page}")
            client.head(f"{link}/pending/{version.id}{page}")

    assert rows(scene.session) == before


def test_a_form_from_another_site_is_refused(client: FlaskClient, scene: Scene, link: str) -> None:
    page = client.post(link, data=answer(scene), headers={"Origin": "https://evil.example"})

    assert page.status_code == 403 and versions(scene) == []


def test_every_accepted_form_is_kept_once(client: FlaskClient, scene: Scene, link: str) -> None:
    recorded(client, scene, link)

    form = scene.session.scalars(select(SentForm)).one()
    assert (form.person_id, form.consultation_id) == (scene.owner.id, scene.consultation.id)
    assert scene.session.scalar(select(func.count(Action.id))) == 1


def test_change_and_stop_at_one_moment_leave_one_outcome(
    app: Flask, scene: Scene, link: str, settings: Config
) -> None:
    client = app.test_client()
    version = recorded(client, scene, link)
    change = {
        **PRESS,
        "form_id": str(uuid4()),
        "one-choice": "already",
        "one-there": "The room upstairs is free every Tuesday.",
    }
    address = f"{link}/pending/{version.id}"
    stop = f"{scene.link(settings, scene.contact)}/pending/{version.id}/stop"

    replies = race(app, scene, (f"{address}/change", change), (stop, PRESS), (stop, PRESS))

    assert {reply.status_code for reply in replies} <= {303, 422}
    first, *others = versions(scene)
    assert first.stopped_at is not None and len(others) <= 1
