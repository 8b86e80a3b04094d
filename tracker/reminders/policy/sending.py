"""The last look before a mail leaves: the hours for sending, and whether a reminder is still true.

Pure: moments and facts in, values out.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import count
from zoneinfo import ZoneInfo

from tracker.clock import day_in_words, local_moment
from tracker.reminders.policy.cadence import OPENS_AT, QUIET_AFTER_ACT, SHUTS_AT
from tracker.reminders.policy.deciding import DueStep
from tracker.working_days import Nation, is_working_day


def may_send_now(now: datetime, time_zone: str, nation: Nation) -> bool:
    """Whether it is a working day of `nation` and between 09:00 and 16:00 on its clocks."""
    local = now.astimezone(ZoneInfo(time_zone))
    return is_in_hours(now, time_zone) and is_working_day(local.date(), nation)


def is_in_hours(now: datetime, time_zone: str) -> bool:
    """Whether the clocks of `time_zone` stand between 09:00 and 16:00, on any day."""
    return OPENS_AT <= now.astimezone(ZoneInfo(time_zone)).time() < SHUTS_AT


def next_window(
    now: datetime, time_zone: str, nation: Nation, *, not_today: bool = False
) -> datetime:
    """The first moment from `now` on at which a reminder may be sent; `not_today`: from tomorrow on."""
    if not not_today and may_send_now(now, time_zone, nation):
        return now
    today = now.astimezone(ZoneInfo(time_zone)).date()
    for days in count(1 if not_today else 0):
        day = today + timedelta(days=days)
        opens = local_moment(day, OPENS_AT, time_zone)
        if is_working_day(day, nation) and opens > now:
            return opens
    raise AssertionError("unreachable: every year has working days")  # pragma: no cover


def acted_lately(acted_at: datetime | None, now: datetime) -> bool:
    """Whether the owner did something about the consultation in the last 24 hours."""
    return acted_at is not None and now - acted_at < QUIET_AFTER_ACT


class Judgement(StrEnum):
    SEND = "send"
    CANCEL = "cancel"
    HOLD = "hold"


@dataclass(frozen=True)
class AtSending:
    """What is known about one reminder at the moment of sending."""

    over: str  # why its case is over, or empty
    unreachable: str  # why its recipient can't be reached, or empty
    is_addressed: bool  # whether this step still goes to this person
    due: DueStep | None  # the step as scheduled now; None if it exists no more
    was_due_on: date  # the day it fell on when it was queued
    held: str  # what holds the case, or empty
    acted_at: datetime | None  # the owner's last act
    is_working_day: bool  # in the nation of the service


def judge(facts: AtSending, *, today: date, now: datetime) -> tuple[Judgement, str]:
    """Whether a reminder is sent now, cancelled for good or held back for later, and why."""
    if reason := _why_cancelled(facts, today):
        return Judgement.CANCEL, reason
    assert facts.due is not None  # noqa: S101  (else it is cancelled)
    if reason := _why_held(facts, facts.due, today):
        return Judgement.HOLD, reason
    if acted_lately(facts.acted_at, now):
        return Judgement.CANCEL, "The owner did something about it in the last 24 hours."
    return Judgement.SEND, ""


def _why_held(facts: AtSending, due: DueStep, today: date) -> str:
    if facts.held:
        return facts.held
    if due.base_on > today:
        return "Its day hasn't come."  # as it seems while a clock is behind
    if due.due_on > today:
        return f"Snoozed until {day_in_words(due.due_on)}."
    return "" if facts.is_working_day else "It is not a working day where the service is."


def _why_cancelled(facts: AtSending, today: date) -> str:
    if facts.over or facts.unreachable:
        return facts.over or facts.unreachable
    if not facts.is_addressed:
        return "Somebody else looks after it now."
    if facts.due is None:
        return "There is no such step any more."
    if facts.due.base_on > max(today, facts.was_due_on):
        return f"Its date moved to {day_in_words(facts.due.base_on)}."
    return ""
