"""What subscribers are told, when, and how long their address is kept. Pure: plain values in and out."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tracker.actions.policy import Outcome
from tracker.verdicts.policy import awaits_verdict

CONFIRM_DAYS = 7  # an address that isn't confirmed by then is deleted
KEPT_DAYS = 30  # after the loop is closed
DAYS_BETWEEN_MAILS = 7
DAYS_TO_NOTICE = 7  # after a change is public, before "did it change?" is asked
MOST_A_DAY = 3  # requests to confirm that go to one address in one day
LONGEST_ADDRESS = 254  # RFC 5321 §4.5.3.1.3

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\[\]\\.]{2,}")


class NewsKind(StrEnum):
    """What happened, as a mail tells it. In the order in which a mail tells it."""

    CHANGED = "changed"  # something is different now
    ANSWERED = "answered"  # the service has answered
    JUDGE = "judge"  # did it change?
    STOPPED = "stopped"  # the consultation was withdrawn


@dataclass(frozen=True)
class Published:
    """One published version of an action, the newest of it or not."""

    action_id: int
    outcome: Outcome
    dated: date | None  # the day of the change, or by which it is due
    text: str
    published_at: datetime
    published_on: date
    is_newest: bool


@dataclass(frozen=True)
class News:
    """One thing to tell. Better words for the same thing have the same key and aren't told again."""

    kind: NewsKind
    key: str
    action_id: int
    text: str


def address_in(typed: str) -> str | None:
    """The address that was typed, its domain in small letters; None if it can't be one."""
    address = typed.strip()
    if len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        return None
    if (
        not (address.isascii() and address.isprintable())
        or ".." in address
        or address.startswith(".")
    ):
        return None
    name, _, domain = address.rpartition("@")
    return None if name.endswith(".") else f"{name}@{domain.lower()}"


def may_mail(mailed_on: date | None, today: date) -> bool:
    """Whether a subscriber may get a mail today: at most one in seven days."""
    return mailed_on is None or today >= mailed_on + timedelta(days=DAYS_BETWEEN_MAILS)


def news_for(
    published: Iterable[Published],
    *,
    since: datetime | None,
    told: Collection[str],
    today: date,
) -> list[News]:
    """What there is to tell a subscriber who knows all that was published until `since`."""
    found: dict[str, News] = {}
    for version in published:
        if not version.is_newest:
            continue  # what has been replaced already is no news any more
        for news in (_said(version, since), _to_judge(version, today)):
            if news is not None and news.key not in told:
                found[news.key] = news
    order = list(NewsKind)
    return sorted(found.values(), key=lambda news: (order.index(news.kind), news.action_id))


def _said(version: Published, since: datetime | None) -> News | None:
    if since is not None and version.published_at <= since:
        return None
    kind = NewsKind.CHANGED if version.outcome is Outcome.DONE else NewsKind.ANSWERED
    dated = version.dated.isoformat() if version.dated else ""
    key = f"{version.action_id}/{version.outcome}/{dated}"
    return News(kind, key, version.action_id, version.text)


def _to_judge(version: Published, today: date) -> News | None:
    asked_from = version.published_on + timedelta(days=DAYS_TO_NOTICE)
    if today < asked_from or not awaits_verdict(version.outcome, version.published_on, today):
        return None
    key = f"{version.action_id}/judge/{version.dated}"
    return News(NewsKind.JUDGE, key, version.action_id, version.text)
