"""What a consultation's own dates say about it, which of its details may still change, and its words.

Pure: dates, moments and details in, values out. Whether it may open is asked in `opening/policy`.
"""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from tracker.accounts.policy import Act, Actor, may
from tracker.clock import day_in_words, local_date

# The Cabinet Office's consultation principles: answer within twelve weeks.
PROMISE_DAYS = 84
# Dates outside these are slips of the keyboard.
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


class ConsultationState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Anonymity(StrEnum):
    """Whether anybody can tell who answered. Fixed once the consultation has opened."""

    ANONYMOUS = "anonymous"
    NAMED = "named"


class LawfulBasis(StrEnum):
    """UK GDPR Article 6(1): why the organisation may hold the answers."""

    PUBLIC_TASK = "public_task"
    CONSENT = "consent"
    LEGITIMATE_INTERESTS = "legitimate_interests"
    LEGAL_OBLIGATION = "legal_obligation"


class AgeBand(StrEnum):
    SIX_TO_NINE = "6-9"
    TEN_TO_TWELVE = "10-12"
    THIRTEEN_TO_FIFTEEN = "13-15"
    SIXTEEN_TO_SEVENTEEN = "16-17"
    EIGHTEEN_UP = "18+"


STATE_WORDS = {
    ConsultationState.DRAFT: "Draft",
    ConsultationState.OPEN: "Open for answers",
    ConsultationState.CLOSED: "Closed for answers",
    ConsultationState.WITHDRAWN: "Withdrawn",
}
ANONYMITY_WORDS = {
    Anonymity.ANONYMOUS: "Nobody can tell who answered",
    Anonymity.NAMED: "People give their name",
}
LAWFUL_BASIS_WORDS = {
    LawfulBasis.PUBLIC_TASK: "Public task",
    LawfulBasis.CONSENT: "Consent",
    LawfulBasis.LEGITIMATE_INTERESTS: "Legitimate interests",
    LawfulBasis.LEGAL_OBLIGATION: "Legal obligation",
}
AGE_BAND_WORDS = {
    AgeBand.SIX_TO_NINE: "6 to 9",
    AgeBand.TEN_TO_TWELVE: "10 to 12",
    AgeBand.THIRTEEN_TO_FIFTEEN: "13 to 15",
    AgeBand.SIXTEEN_TO_SEVENTEEN: "16 and 17",
    AgeBand.EIGHTEEN_UP: "18 and over",
}


@dataclass(frozen=True)
class Details:
    """Everything that an author writes about a consultation. Empty or None means: still missing."""

    title: str
    service_id: int
    purpose: str = ""
    decision: str = ""
    decided_by: str = ""
    not_up_for_change: str = ""
    readers: str = ""
    closes_on: date | None = None
    promise_on: date | None = None
    ladder: str = ""
    level: str = ""
    anonymity: Anonymity | None = None
    lawful_basis: LawfulBasis | None = None
    retention_on: date | None = None
    help_page: str = ""
    age_bands: tuple[str, ...] = ()


DETAIL_WORDS = {
    "title": "title",
    "service_id": "service",
    "purpose": "why we ask",
    "decision": "the decision",
    "decided_by": "who decides",
    "not_up_for_change": "what is not up for change",
    "readers": "who reads the answers",
    "closes_on": "closing date",
    "promise_on": "promise date",
    "ladder": "ladder",
    "level": "claimed level",
    "anonymity": "anonymity",
    "lawful_basis": "lawful basis",
    "retention_on": "retention date",
    "help_page": "help page",
    "age_bands": "ages",
}

# What young people were told before they answered, or what the claim is judged by: it stays.
FIXED_BY_OPENING = frozenset(
    {"service_id", "closes_on", "promise_on", "ladder", "level", "anonymity", "lawful_basis"}
)

_DATES = frozenset({"closes_on", "promise_on", "retention_on"})


def state_of(
    opened_at: datetime | None, closed_at: datetime | None, withdrawn_at: datetime | None
) -> ConsultationState:
    """Draft, open, closed or withdrawn, from the three moments that are recorded."""
    if withdrawn_at is not None:
        return ConsultationState.WITHDRAWN
    if opened_at is None:
        return ConsultationState.DRAFT
    return ConsultationState.OPEN if closed_at is None else ConsultationState.CLOSED


def last_day(closed_at: datetime, closes_on: date | None, time_zone: str) -> date:
    """The last day for answers of a consultation that has closed.

    It closes at the midnight that ends its closing date, and that moment lies on the day after.
    """
    day = local_date(closed_at, time_zone)
    return min(day, closes_on or day)


def days_waiting(
    closed_at: datetime | None, closes_on: date | None, today: date, time_zone: str
) -> int:
    """Whole days since the last day for answers, as the reminders count them; 0 while it is open."""
    if closed_at is None:
        return 0
    return max((today - last_day(closed_at, closes_on, time_zone)).days, 0)


def default_promise(closes_on: date) -> date:
    """The promise date offered when an author hasn't chosen one."""
    return closes_on + timedelta(days=PROMISE_DAYS)


def suggested_promise(before: Details, after: Details) -> date | None:
    """The promise date of `after`, filled in where the author left it to follow the closing date."""
    if after.closes_on is None or after.closes_on > LATEST:
        return after.promise_on
    followed = before.closes_on is not None and (
        after.promise_on == before.promise_on == default_promise(before.closes_on)
    )
    if after.promise_on is None or followed:
        return default_promise(after.closes_on)
    return after.promise_on


def with_suggestions(before: Details, after: Details, state: ConsultationState) -> Details:
    """`after` as it is saved: a draft's promise is filled in, nothing is once it has opened."""
    if state is not ConsultationState.DRAFT:
        return after
    return replace(after, promise_on=suggested_promise(before, after))


def may_change(detail: str, state: ConsultationState) -> bool:
    """Whether this detail may be edited in this state. Dates move by operations of `opening`."""
    if state is ConsultationState.DRAFT:
        return True
    return state is not ConsultationState.WITHDRAWN and detail not in FIXED_BY_OPENING


def changed_details(before: Details, after: Details) -> list[str]:
    """The names of the details that differ, in their order on the page."""
    names = (field.name for field in fields(Details))
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def detail_problems(before: Details, after: Details, state: ConsultationState) -> dict[str, str]:
    """What is wrong with the change from `before` to `after`: detail → what to do about it."""
    changed = changed_details(before, after)
    problems = {
        name: f"The {DETAIL_WORDS[name]} can't change any more: "
        "young people were told it before they answered."
        for name in changed
        if not may_change(name, state)
    }
    if not after.title:
        problems["title"] = "Give it a title."
    if "retention_on" in changed and state is not ConsultationState.DRAFT:
        problems |= _later_retention(before.retention_on, after.retention_on)
    if not _DATES.isdisjoint(changed):
        problems = date_problems(after.closes_on, after.promise_on, after.retention_on) | problems
    return problems


def _later_retention(before: date | None, after: date | None) -> dict[str, str]:
    if before is None or (after is not None and after < before):
        return {}
    return {
        "retention_on": f"Young people were told {day_in_words(before)}. "
        "You can delete their answers sooner, not later."
    }


def date_problems(
    closes_on: date | None, promise_on: date | None, retention_on: date | None
) -> dict[str, str]:
    """What is wrong with the order of the dates given: date → what to do about it."""
    problems = {}
    if closes_on and promise_on and promise_on <= closes_on:
        problems["promise_on"] = (
            f"The promise date has to be after the closing date, {day_in_words(closes_on)}."
        )
    last = promise_on or closes_on
    if last and retention_on and retention_on <= last:
        problems["retention_on"] = (
            "Keep the answers until you have told young people what changed: "
            f"choose a day after {day_in_words(last)}."
        )
    for name, day in (
        ("closes_on", closes_on),
        ("promise_on", promise_on),
        ("retention_on", retention_on),
    ):
        if day and not EARLIEST <= day <= LATEST:
            problems[name] = f"Check the year: {day.year} can't be right."
    return problems


def services_for(actor: Actor, act: Act) -> frozenset[int] | None:
    """The ids of the services for which the person may do `act`; None means every service."""
    if may(actor, act):
        return None
    tied = actor.owns | actor.deputises | actor.is_contact_of
    return frozenset(service for service in tied if may(actor, act, service))
