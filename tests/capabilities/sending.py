"""What the tests of these pages send, and what they look at afterwards."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import Client, TestResponse

from tests.capabilities.scenes import Scene
from tracker.actions.models import ActionVersion
from tracker.clock import utc_now
from tracker.reminders.models import Mail

# What the button itself sends. A program that sends a form off leaves it out.
PRESS = {"press": "yes"}
# Not tomorrow: a run may begin before midnight and end after it, and in summer London gets there first.
SOON = (utc_now() + timedelta(days=3)).date()
GOOD = "From 3 February the centre is open until 8 pm on Fridays."


def answer(scene: Scene, **values: str) -> dict[str, Any]:
    """The form that says the bus theme is done; `values` put in or replace fields."""
    key = f"t{scene.bus.id}"
    sent = {
        **PRESS,
        "form_id": str(uuid4()),
        f"{key}-choice": "done",
        f"{key}-did": GOOD,
        f"{key}-did_on": utc_now().date().isoformat(),
    }
    return sent | values


def versions(scene: Scene) -> list[ActionVersion]:
    scene.session.expire_all()
    return list(scene.session.scalars(select(ActionVersion).order_by(ActionVersion.id)))


def mails(scene: Scene) -> list[Mail]:
    return list(scene.session.scalars(select(Mail).order_by(Mail.id)))


def recorded(client: FlaskClient, scene: Scene, link: str) -> ActionVersion:
    client.post(link, data=answer(scene))
    return versions(scene)[-1]


def text_of(page: TestResponse) -> str:
    """What the page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def race(app: Flask, scene: Scene, *posts: tuple[str, dict[str, Any]]) -> list[TestResponse]:
    """Send the forms at the same moment, each from its own thread."""
    scene.session.commit()
    barrier = Barrier(len(posts))

    def send(post: tuple[str, dict[str, Any]]) -> TestResponse:
        barrier.wait()
        return Client(app).post(post[0], data=post[1])

    with ThreadPoolExecutor(len(posts)) as pool:
        return list(pool.map(send, posts))
