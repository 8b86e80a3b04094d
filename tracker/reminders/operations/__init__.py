"""Writes of the reminder engine: open and close cases, queue what is due, snooze, write notices."""

from tracker.reminders.operations.beats import is_time_for, note_beat
from tracker.reminders.operations.cases import Synced, sync_cases, why_cases_are_over
from tracker.reminders.operations.locking import lock_cadence
from tracker.reminders.operations.looking import Due, Looked, due_looks, look_at, settle_looks
from tracker.reminders.operations.mending import mend_after_clock
from tracker.reminders.operations.notices import queue_for_subscriber, queue_notice, send_again
from tracker.reminders.operations.queueing import (
    Queued,
    gather_in_mails,
    plan_anew,
    queue_due,
)
from tracker.reminders.operations.snoozing import SnoozeRefused, snooze, take_back_snooze

__all__ = [
    "Due",
    "Looked",
    "Queued",
    "SnoozeRefused",
    "Synced",
    "due_looks",
    "gather_in_mails",
    "is_time_for",
    "lock_cadence",
    "look_at",
    "mend_after_clock",
    "note_beat",
    "plan_anew",
    "queue_due",
    "queue_for_subscriber",
    "queue_notice",
    "send_again",
    "settle_looks",
    "snooze",
    "sync_cases",
    "take_back_snooze",
    "why_cases_are_over",
]
