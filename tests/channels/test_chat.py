"""Chats through apprise: an ntfy server on loopback that answers well and badly, and the other doors."""

import logging
import re

import pytest

from tests.channels.server import Service
from tests.channels.test_policy import POWER, SLACK, TEAMS
from tracker.channels.addresses import chat_target
from tracker.channels.chat import ChatTransport, _as_apprise_knows_it, _maker
from tracker.clock import seconds_running
from tracker.mail.errors import (
    LineLost,
    MailError,
    PermanentMailError,
    TemporaryMailError,
    UnknownOutcomeError,
)


def chat(service: Service, limit: float = 5) -> ChatTransport:
    return ChatTransport(service.address, limit=limit)


def test_message_reaches_the_topic(service: Service, message: bytes) -> None:
    with chat(service) as line:
        line.send(message, sender="", recipient=f"{service.address}/our-loops")
    [posted] = service.posted
    assert posted.body == {
        "topic": "our-loops",
        "title": "2 loops wait for you",
        "message": "Bus: 27 waït\nhttp://localhost/do/x",
    }


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, PermanentMailError),  # not followed: it may lead into the house
        (400, PermanentMailError),
        (403, PermanentMailError),
        (404, PermanentMailError),
        (408, TemporaryMailError),
        (429, TemporaryMailError),
        (500, TemporaryMailError),
        (503, TemporaryMailError),
    ],
)
def test_refusals_are_told_apart(
    service: Service, message: bytes, status: int, kind: type[MailError]
) -> None:
    service.status, service.body = status, "no JSON"
    with pytest.raises(MailError, match=f"^{status} from ntfy$") as refused:
        chat(service).send(message, sender="", recipient=f"{service.address}/our-loops")
    assert type(refused.value) is kind
    assert len(service.posted) == 1  # apprise tries nothing twice


@pytest.mark.parametrize("how", ["silent", "trickling", "cutting"])
def test_nobody_knows_what_became_of_it_after_a_broken_line(
    service: Service, message: bytes, how: str
) -> None:
    service.misbehaves, began = how, seconds_running()
    with pytest.raises(UnknownOutcomeError, match="ntfy"):
        chat(service, limit=0.5).send(message, sender="", recipient=f"{service.address}/our-loops")
    assert seconds_running() - began < 2
    assert len(service.posted) == 1


def test_nothing_was_handed_over_where_nobody_listens(message: bytes) -> None:
    with pytest.raises(LineLost, match="ntfy didn’t answer"):
        ChatTransport("http://127.0.0.1:9").send(
            message, sender="", recipient="http://127.0.0.1:9/our-loops"
        )


def test_address_that_is_not_allowed_any_more_is_refused_for_good(message: bytes) -> None:
    with pytest.raises(PermanentMailError, match="Paste the whole address"):
        ChatTransport("https://ntfy.sh").send(
            message, sender="", recipient="http://127.0.0.1:9/our-loops"
        )


def test_address_apprise_cannot_read_is_refused_for_good(message: bytes) -> None:
    odd = TEAMS.replace("sig=AbC_d-e", "sig=")
    with pytest.raises(PermanentMailError, match="Microsoft Teams takes no such address"):
        ChatTransport("https://ntfy.sh").send(message, sender="", recipient=odd)


@pytest.mark.parametrize(
    ("typed", "plugin", "leads_to"),
    [
        (SLACK, "NotifySlack", "T1A2B3C4D"),
        (TEAMS, "NotifyWorkflows", "prod-12.uksouth.logic.azure.com"),
        (POWER, "NotifyWorkflows", "default0a.1b.environment.api.powerplatform.com"),
        ("https://ntfy.sh/our-loops", "NotifyNtfy", "ntfy.sh"),
    ],
    ids=["slack", "teams", "power-automate", "ntfy"],
)
def test_apprise_knows_each_door(typed: str, plugin: str, leads_to: str) -> None:
    target = chat_target(typed, "https://ntfy.sh")
    made = _maker()(_as_apprise_knows_it(target, 9.0))
    assert type(made).__name__ == plugin
    assert leads_to in made.url()
    assert (made.socket_connect_timeout, made.socket_read_timeout) == (5.0, 9.0)
    assert (made.redirects, made.retry) == (False, 0)


class _Log(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.words = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.words += record.getMessage()


def test_address_and_words_are_in_no_log_and_no_error(
    service: Service, message: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    service.status, log = 404, _Log()
    logging.getLogger().addHandler(log)
    with caplog.at_level(logging.DEBUG), pytest.raises(PermanentMailError) as refused:
        chat(service).send(message, sender="", recipient=f"{service.address}/secret-topic")
    logging.getLogger().removeHandler(log)
    assert "secret-topic" not in str(refused.value)
    assert log.words and not re.search("secret-topic|27 waït", log.words)
