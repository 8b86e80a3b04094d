"""What providers post: signatures good and bad, their forms read, and everything else refused."""

import hmac
import json
from typing import Any

import pytest

from tests.bounces.letters import MESSAGE_ID, OLU
from tracker.bounces.policy import PROVIDERS, BadPost, BounceKind, Post, Report, kind_of

SECRET = "a secret that is shared, long enough to be one"
NOW = 1_770_200_000.0
BARE_ID = MESSAGE_ID.strip("<>")


def signed_own(body: bytes, stamp: str = "1770200000", secret: str = SECRET) -> dict[str, str]:
    signature = hmac.digest(secret.encode(), stamp.encode() + b"." + body, "sha256").hex()
    return {"loopkeeper-timestamp": stamp, "loopkeeper-signature": f"sha256={signature}"}


def is_genuine(provider: str, headers: dict[str, str], body: bytes = b"{}") -> bool:
    post = Post(headers, body, json.loads(body))
    return PROVIDERS[provider].is_genuine(post, SECRET, NOW)


def signed_mailgun(stamp: str = "1770200000", token: str = "t0ken", secret: str = SECRET) -> Any:
    signature = hmac.digest(secret.encode(), (stamp + token).encode(), "sha256").hex()
    return {"timestamp": stamp, "token": token, "signature": signature}


@pytest.mark.parametrize(
    ("stamp", "is_right"),
    [
        ("1770200000", True),
        ("1770199700", True),
        ("1770200300", True),
        ("1770199699", False),
        ("1770200301", False),
        ("", False),
        ("-1770200000", False),
        ("1770200000.5", False),
        ("١٧٧٠٢٠٠٠٠٠", False),
        ("9" * 400, False),
    ],
)
def test_own_form_has_a_signature_of_the_last_minutes(stamp: str, is_right: bool) -> None:
    assert is_genuine("generic", signed_own(b"{}", stamp)) is is_right


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed_own(b"{ }"),
        signed_own(b"{}", secret="another secret altogether, as long as it is"),
        signed_own(b"{}") | {"loopkeeper-timestamp": "1770200001"},
        signed_own(b"{}") | {"loopkeeper-signature": "sha256="},
        signed_own(b"{}") | {"loopkeeper-signature": "sha256=é\udcff"},
    ],
    ids=["nothing", "another body", "another secret", "another time", "empty", "no letters"],
)
def test_own_form_with_another_signature_is_refused(headers: dict[str, str]) -> None:
    assert not is_genuine("generic", headers)


@pytest.mark.parametrize(
    ("said", "is_right"),
    [
        (f"Bearer {SECRET}", True),
        (f"bearer {SECRET}", False),
        (f"Bearer {SECRET}x", False),
        ("Bearer ", False),
        (SECRET, False),
        (None, False),
    ],
)
def test_notify_says_the_token(said: str | None, is_right: bool) -> None:
    assert is_genuine("notify", {"authorization": said} if said else {}) is is_right


@pytest.mark.parametrize(
    ("signature", "is_right"),
    [
        (signed_mailgun(), True),
        (signed_mailgun("1770114000"), True),
        (signed_mailgun("1770113000"), False),
        (signed_mailgun(secret="x"), False),
        (signed_mailgun() | {"token": "another"}, False),
        (signed_mailgun() | {"token": "\ud800"}, False),
        (signed_mailgun() | {"signature": None}, False),
        ({}, False),
        ([], False),
        (None, False),
    ],
    ids=range(10),
)
def test_mailgun_signs_in_the_body(signature: Any, is_right: bool) -> None:
    assert is_genuine("mailgun", {}, json.dumps({"signature": signature}).encode()) is is_right


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b"7"])
def test_mailgun_without_an_object_is_refused(body: bytes) -> None:
    assert not is_genuine("mailgun", {}, body)


OWN = {"message_id": MESSAGE_ID, "recipient": "Olu@Example.org", "status": "5.1.1", "words": "No\0"}


def read(provider: str, data: Any) -> list[Report]:
    return PROVIDERS[provider].read(data)


def test_own_form_holds_one_or_several() -> None:
    one = Report((MESSAGE_ID,), frozenset({OLU}), "5.1.1", None, "No")

    assert read("generic", OWN) == [one]
    assert read("generic", {"bounces": [OWN, OWN]}) == [one, one]
    assert read("generic", OWN | {"message_id": BARE_ID}) == [one]


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "text",
        {},
        {"bounces": []},
        {"bounces": {}},
        {"bounces": [OWN] * 101},
        {"bounces": [OWN, 7]},
        OWN | {"message_id": 5},
        OWN | {"message_id": "no id"},
        OWN | {"message_id": "<" + "a" * 300 + "@b>"},
        OWN | {"message_id": "<a b@c>"},
        OWN | {"recipient": ["olu@example.org"]},
        OWN | {"recipient": "olu@example.org, dee@example.org"},
        OWN | {"recipient": "o" * 300 + "@example.org"},
        OWN | {"recipient": "olu\n@example.org"},
        OWN | {"status": "failed"},
        OWN | {"status": "5.1"},
        OWN | {"status": None},
        OWN | {"status": "2.1.5"},
    ],
    ids=range(20),
)
def test_own_form_that_is_malformed_is_refused_in_words(data: Any) -> None:
    with pytest.raises(BadPost, match=r"^(Send one|Each bounce needs|A status)"):
        read("generic", data)


def receipt(**said: Any) -> dict[str, Any]:
    return {
        "id": "740e5834-3a29-46b4-9a6f-16142fde533a",
        "reference": MESSAGE_ID,
        "to": "olu@example.org",
        "status": "permanent-failure",
        "notification_type": "email",
        "created_at": "2026-02-04T10:00:00.000000Z",
    } | said


@pytest.mark.parametrize(
    ("status", "kind"),
    [("permanent-failure", BounceKind.GONE), ("temporary-failure", BounceKind.UNREACHED)],
)
def test_notify_receipt_of_a_failure_is_read(status: str, kind: BounceKind) -> None:
    (report,) = read("notify", receipt(status=status))

    assert (report.message_ids, report.recipients) == ((MESSAGE_ID,), frozenset({OLU}))
    assert kind_of(report.status, report.code, report.words) is kind
    assert report.words.startswith("GOV.UK Notify: ")


@pytest.mark.parametrize(
    "said",
    [
        {"status": "delivered"},
        {"status": "technical-failure"},
        {"status": "something new"},
        {"notification_type": "sms"},
        {"reference": None},
        {"reference": "12345678"},
        {"to": None},
        {"to": "447700900123"},
    ],
    ids=str,
)
def test_notify_receipt_of_something_else_is_passed_over(said: dict[str, Any]) -> None:
    assert read("notify", receipt(**said)) == []


@pytest.mark.parametrize("data", [None, [], {}, {"status": 5}], ids=str)
def test_notify_receipt_that_is_none_is_refused(data: Any) -> None:
    with pytest.raises(BadPost, match="no delivery receipt"):
        read("notify", data)


def event(**said: Any) -> dict[str, Any]:
    return {
        "event-data": {
            "event": "failed",
            "severity": "permanent",
            "reason": "bounce",
            "recipient": "olu@example.org",
            "message": {"headers": {"message-id": BARE_ID, "to": "Olu <olu@example.org>"}},
            "delivery-status": {
                "code": 550,
                "enhanced-code": "5.1.1",
                "message": "5.1.1 User unknown",
                "description": "",
            },
        }
        | said
    }


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        ({"code": 550, "enhanced-code": "5.1.1", "message": "No user"}, BounceKind.GONE, "No user"),
        ({"code": 550, "message": "No such user"}, BounceKind.GONE, "No such user"),
        ({"code": 552, "enhanced-code": "5.2.2", "message": ""}, BounceKind.FULL, "bounce"),
        ({"code": 605, "description": "Not delivering"}, BounceKind.GONE, "Not delivering"),
        ({"code": "605", "enhanced-code": 7}, BounceKind.REFUSED, "bounce"),
        (None, BounceKind.REFUSED, "bounce"),
    ],
    ids=str,
)
def test_mailgun_failure_is_read(status: Any, kind: BounceKind, words: str) -> None:
    (report,) = read("mailgun", event(**{"delivery-status": status}))

    assert (report.message_ids, report.recipients) == ((MESSAGE_ID,), frozenset({OLU}))
    assert kind_of(report.status, report.code, report.words) is kind
    assert report.words == words


@pytest.mark.parametrize(
    "said",
    [
        {"event": "delivered"},
        {"severity": "temporary"},
        {"recipient": None},
        {"message": None},
        {"message": {"headers": []}},
        {"message": {"headers": {"message-id": 5}}},
    ],
    ids=str,
)
def test_mailgun_event_of_something_else_is_passed_over(said: dict[str, Any]) -> None:
    assert read("mailgun", event(**said)) == []


@pytest.mark.parametrize("data", [None, [], {}, {"event-data": []}], ids=str)
def test_mailgun_event_that_is_none_is_refused(data: Any) -> None:
    with pytest.raises(BadPost, match="no event of Mailgun"):
        read("mailgun", data)
