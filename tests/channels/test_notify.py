"""GOV.UK Notify as its API documentation says it answers, and as no server should."""

import re
from typing import Any

import pytest

from tests.channels.conftest import KEY
from tests.channels.server import Service
from tracker.channels.notify import (
    LONGEST_TEXT,
    NotifyEmailTransport,
    NotifyTextTransport,
    as_text,
)
from tracker.clock import seconds_running
from tracker.mail.errors import (
    LineLost,
    MailError,
    PermanentMailError,
    ServerUnavailable,
    TemporaryMailError,
    UnknownOutcomeError,
)

API_KEY = "loopkeeper-0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f-1a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"
TEMPLATE = "2a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"


def emails(service: Service, limit: float = 5) -> NotifyEmailTransport:
    return NotifyEmailTransport(key=API_KEY, template=TEMPLATE, url=service.address, limit=limit)


def texts(service: Service, limit: float = 5) -> NotifyTextTransport:
    return NotifyTextTransport(key=API_KEY, template=TEMPLATE, url=service.address, limit=limit)


def refusal(status: int, kind: str, words: str) -> dict[str, Any]:
    return {"status_code": status, "errors": [{"error": kind, "message": words}]}


def test_email_carries_subject_words_and_reference(service: Service, message: bytes) -> None:
    service.status, service.body = 201, {"id": "x"}
    with emails(service) as line:
        line.send(message, sender="loop@example.org", recipient="olu@example.org")
    [posted] = service.posted
    assert posted.path == "/v2/notifications/email"
    assert re.fullmatch(r"Bearer [\w-]+\.[\w-]+\.[\w-]+", posted.headers["authorization"])
    assert posted.body == {
        "email_address": "olu@example.org",
        "template_id": TEMPLATE,
        "personalisation": {
            "subject": "2 loops wait for you",
            "body": "Bus: 27 waït\nhttp://localhost/do/x",
        },
        "reference": KEY,
    }


def test_text_carries_words_and_reference(service: Service, message: bytes) -> None:
    service.status, service.body = 201, {"id": "x"}
    texts(service).send(message, sender="", recipient="+447700900123")
    [posted] = service.posted
    assert posted.path == "/v2/notifications/sms"
    assert posted.body == {
        "phone_number": "+447700900123",
        "template_id": TEMPLATE,
        "personalisation": {"body": "Bus: 27 waït\nhttp://localhost/do/x"},
        "reference": KEY,
    }


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (
            400,
            refusal(400, "ValidationError", "phone_number Not enough digits"),
            PermanentMailError,
            "400 ValidationError: phone_number Not enough digits",
        ),
        (
            400,
            refusal(400, "BadRequestError", "Missing personalisation: body"),
            ServerUnavailable,
            "400 BadRequestError: Missing personalisation: body",
        ),
        (403, refusal(403, "AuthError", "Invalid token"), ServerUnavailable, "403 AuthError"),
        (429, refusal(429, "TooManyRequestsError", "limits"), TemporaryMailError, "429 TooMany"),
        (429, refusal(429, "RateLimitError", "10 per s"), TemporaryMailError, "429 RateLimit"),
        (500, refusal(500, "Exception", "Internal"), TemporaryMailError, "500 Exception"),
        (503, "<html>down", TemporaryMailError, "503"),
        (404, "no JSON", ServerUnavailable, "404"),
        (403, {"message": "Forbidden"}, ServerUnavailable, "403 Forbidden"),
    ],
    ids=["phone", "template", "key", "daily", "rate", "internal", "down", "nothing", "message"],
)
def test_refusals_are_told_apart(
    service: Service,
    message: bytes,
    status: int,
    body: Any,
    kind: type[MailError],
    words: str,
) -> None:
    service.status, service.body = status, body
    with pytest.raises(MailError, match=f"^{re.escape(words)}") as refused:
        texts(service).send(message, sender="", recipient="+447700900123")
    assert type(refused.value) is kind


def test_yes_in_words_that_cannot_be_read_is_a_yes(service: Service, message: bytes) -> None:
    service.status, service.body = 201, "created"
    emails(service).send(message, sender="", recipient="olu@example.org")
    assert len(service.posted) == 1


@pytest.mark.parametrize("how", ["silent", "trickling", "cutting"])
def test_nobody_knows_what_became_of_it_after_a_broken_line(
    service: Service, message: bytes, how: str
) -> None:
    service.misbehaves, began = how, seconds_running()
    with pytest.raises(UnknownOutcomeError, match=r"GOV\.UK Notify"):
        emails(service, limit=0.5).send(message, sender="", recipient="olu@example.org")
    assert seconds_running() - began < 2
    assert len(service.posted) == 1


def test_nothing_was_handed_over_where_nobody_listens(message: bytes) -> None:
    nowhere = Service("http://127.0.0.1:9")
    with pytest.raises(LineLost, match=r"NewConnectionError: GOV\.UK Notify"):
        emails(nowhere).send(message, sender="", recipient="olu@example.org")


def test_text_is_cut_between_two_loops() -> None:
    piece = "27 young people are waiting: Bus\nSay what happened: http://localhost/do/" + "x" * 100
    cut = as_text("\n\n".join([piece] * 9))
    assert len(cut) <= LONGEST_TEXT
    assert cut.count(piece) == 3
    assert cut.endswith("There is more: look in Loopkeeper.")
    assert as_text(piece) == piece
    assert len(as_text("y" * 5000)) == LONGEST_TEXT
