"""What the tests of channels share: a web service, and a message as the outbox keeps it."""

from collections.abc import Iterator

import pytest

from tests.channels.server import Service, web_service
from tests.factories import NOW
from tracker.mail.message import compose, stamp
from tracker.mail.render import RenderedMail

KEY = "<0f1e2d3c4b5a69788796a5b4c3d2e1f0@example.org>"


@pytest.fixture
def service() -> Iterator[Service]:
    with web_service() as running:
        yield running


@pytest.fixture
def message() -> bytes:
    words = RenderedMail(
        "2 loops wait for you", "Bus: 27 waït\nhttp://localhost/do/x\n", "<p>…</p>"
    )
    return stamp(
        compose(words, key="a key", date=NOW),
        to_name="Olu",
        to="olu@example.org",
        sender_name="Loopkeeper",
        sender="loop@example.org",
        message_id=KEY,
    )
