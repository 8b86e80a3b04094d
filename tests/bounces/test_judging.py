"""What a refusal means for an address: by status, by reply code and by words; and when it is enough."""

from datetime import date, datetime, timedelta

import pytest

from tests.factories import NOW, TODAY
from tracker.bounces.policy import LATEST, BounceKind, is_given_up, is_timely, kind_of

GONE, FULL = BounceKind.GONE, BounceKind.FULL
REFUSED, UNREACHED = BounceKind.REFUSED, BounceKind.UNREACHED


@pytest.mark.parametrize(
    ("status", "code", "words", "kind"),
    [
        ("5.1.1", 550, "550 5.1.1 User unknown", GONE),
        ("5.1.1", None, "", GONE),
        ("5.1.2", 550, "Host unknown", GONE),
        ("5.1.3", 553, "Bad address", GONE),
        ("5.1.6", 551, "It has moved", GONE),
        ("5.1.10", 550, "RESOLVER.ADR.RecipientNotFound", GONE),
        ("5.1.0", 550, "Address rejected", GONE),
        ("5.1.0", 550, "Sender denied", REFUSED),
        ("5.1.1", 550, "Blocked for spam", REFUSED),
        ("5.1.1", 550, "Recipient unknown, policy of this server", GONE),
        ("5.1.7", 550, "Bad sender", REFUSED),
        ("5.1.8", 550, "The sender's domain isn't there", REFUSED),
        ("5.2.1", 550, "The account is disabled", GONE),
        ("5.2.1", 550, "Receiving mail at a rate that prevents more", REFUSED),
        ("5.2.2", 552, "Over quota", FULL),
        ("4.2.2", 452, "The email account is over quota", FULL),
        ("5.2.3", 552, "Message too large", REFUSED),
        ("5.4.1", 550, "Recipient address rejected: Access denied", GONE),
        ("5.4.4", None, "Unable to route", GONE),
        ("5.4.310", 550, "DNS domain does not exist", GONE),
        ("5.4.7", None, "Delivery time expired", UNREACHED),
        ("5.4.14", 554, "Hop count exceeded", UNREACHED),
        ("4.4.1", None, "Connection timed out", UNREACHED),
        ("4.4.7", 421, "Gave up after five days", UNREACHED),
        ("5.7.1", 550, "Relaying denied", REFUSED),
        ("5.7.26", 550, "Unauthenticated mail", REFUSED),
        ("5.7.1", 550, "User unknown", REFUSED),
        ("5.6.0", 554, "Conversion failed", REFUSED),
        ("", 550, "No Such User Here", GONE),
        ("", 550, "Requested action not taken: mailbox unavailable", GONE),
        ("", 550, "Your host is blocked", REFUSED),
        ("", 551, "Not here", GONE),
        ("", 553, "Not here", GONE),
        ("", 554, "delivery error: This user doesn't have a yahoo.example account", GONE),
        ("", 554, "Message rejected", REFUSED),
        ("", 554, "mailbox not found, says our policy", REFUSED),
        ("", 552, "Too much", FULL),
        ("", 554, "mailbox is full", FULL),
        ("", 421, "Come again", UNREACHED),
        ("", 450, "Greylisted", UNREACHED),
        ("5.0.0", 550, "No Such User Here", GONE),
        ("5.5.0", 550, "mailbox unavailable", GONE),
        ("5.0.0", None, "", REFUSED),
        ("", None, "", REFUSED),
        ("4.0.0", 452, "Later", FULL),
    ],
)
def test_kind_follows_from_status_code_and_words(
    status: str, code: int | None, words: str, kind: BounceKind
) -> None:
    assert kind_of(status, code, words) is kind


def _days_ago(*days: int) -> list[tuple[BounceKind, date]]:
    return [(FULL, TODAY - timedelta(days=each)) for each in days]


@pytest.mark.parametrize(
    ("bounces", "is_dead"),
    [
        ([], False),
        ([(GONE, TODAY)], True),
        ([(GONE, TODAY - timedelta(days=80))], True),
        (_days_ago(0), False),
        (_days_ago(0, 1), False),
        (_days_ago(0, 0, 0), False),
        (_days_ago(0, 1, 1), False),
        (_days_ago(0, 1, 2), True),
        (_days_ago(0, 14, 29), True),
        (_days_ago(0, 14, 30), False),
        ([(REFUSED, TODAY), (UNREACHED, TODAY - timedelta(days=1)), *_days_ago(2)], True),
    ],
    ids=str,
)
def test_address_is_given_up_at_once_or_after_three_days(
    bounces: list[tuple[BounceKind, date]], is_dead: bool
) -> None:
    assert is_given_up(bounces, TODAY) is is_dead


@pytest.mark.parametrize(
    ("sent_at", "is_one"),
    [
        (NOW, True),
        (NOW - LATEST + timedelta(seconds=1), True),
        (NOW - LATEST, True),
        (NOW - LATEST - timedelta(seconds=1), False),
        (None, True),
    ],
    ids=["now", "just in time", "the last moment", "too late", "not known yet"],
)
def test_bounce_comes_within_two_weeks(sent_at: datetime | None, is_one: bool) -> None:
    assert is_timely(sent_at, NOW) is is_one
