"""What is told, when, and to which addresses, as tables."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tracker.actions.policy import Outcome
from tracker.subscriptions.policy import (
    DAYS_TO_NOTICE,
    NewsKind,
    Published,
    address_in,
    may_mail,
    news_for,
)
from tracker.verdicts.policy import WINDOW_DAYS

DAY = timedelta(days=1)
ON = date(2026, 2, 4)
AT = datetime(2026, 2, 4, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("sam@example.org", "sam@example.org"),
        ("  Sam.O'Neil+bus@Example.ORG\n", "Sam.O'Neil+bus@example.org"),
        ("", None),
        ("sam", None),
        ("sam@example", None),
        ("sam@@example.org", None),
        ("sam@example.org, kim@example.org", None),
        ("sam@example.org\r\nBcc: kim@example.org", None),
        ("<sam@example.org>", None),
        ("sam smith@example.org", None),
        ("säm@example.org", None),  # no mail server can be trusted to take it
        ("sam..o@example.org", None),
        (".sam@example.org", None),
        ("sam.@example.org", None),
        ("sam\0@example.org\0", None),
        ("x" * 250 + "@example.org", None),
    ],
)
def test_address_in_takes_one_address_and_nothing_else(typed: str, address: str | None) -> None:
    assert address_in(typed) == address


@pytest.mark.parametrize(
    ("mailed_on", "expected"),
    [(None, True), (ON, False), (ON - 6 * DAY, False), (ON - 7 * DAY, True)],
)
def test_one_mail_a_week(mailed_on: date | None, expected: bool) -> None:
    assert may_mail(mailed_on, ON) is expected


def published(outcome: Outcome = Outcome.DONE, **values: object) -> Published:
    defaults: dict[str, object] = {
        "action_id": 5,
        "outcome": outcome,
        "dated": ON,
        "text": "A later bus",
        "published_at": AT,
        "published_on": ON,
        "is_newest": True,
    }
    return Published(**defaults | values)  # type: ignore[arg-type]


def kinds(*versions: Published, days: int = 0, **more: object) -> list[NewsKind]:
    options: dict[str, object] = {"since": AT - DAY, "told": set(), "today": ON + days * DAY}
    return [news.kind for news in news_for(versions, **options | more)]  # type: ignore[arg-type]


def test_news_says_what_changed_and_what_was_answered_changes_first() -> None:
    answer = published(Outcome.CANNOT, action_id=1, dated=None)
    assert kinds(answer, published()) == [NewsKind.CHANGED, NewsKind.ANSWERED]


@pytest.mark.parametrize(("since", "expected"), [(AT, []), (AT - DAY / 86400, ["changed"])])
def test_news_is_what_was_published_since(since: datetime, expected: list[str]) -> None:
    assert kinds(published(), since=since) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (DAYS_TO_NOTICE - 1, []),
        (DAYS_TO_NOTICE, ["judge"]),
        (WINDOW_DAYS, ["judge"]),
        (WINDOW_DAYS + 1, []),
    ],
)
def test_did_it_change_is_asked_a_week_later_and_until_the_window_closes(
    days: int, expected: list[str]
) -> None:
    assert kinds(published(), since=AT, days=days) == expected


def test_nothing_is_told_twice_not_even_in_better_words() -> None:
    told = {news.key for news in news_for([published()], since=None, told=(), today=ON)}
    later = published(text="A later bus on Fridays", published_at=AT + DAY)
    assert kinds(later, told=told) == []
    assert kinds(published(dated=ON + DAY, published_at=AT + DAY), told=told) == ["changed"]


def test_what_has_been_replaced_is_no_news() -> None:
    assert kinds(published(Outcome.PLANNED, is_newest=False), published()) == ["changed"]
