"""Writes of the reminder engine: open and close cases, queue what is due, snooze, write notices."""

from tracker.reminders.operations.cases import Synced, sync_cases, why_cases_are_over
from tracker.reminders.operations.locking import lock_cadence
from tracker.reminders.operations.notices import queue_for_subscriber, queue_notice, send_again
from tracker.reminders.operations.queueing import Queued, queue_due
from tracker.reminders.operations.snoozing import SnoozeRefused, snooze

__all__ = [
    "Queued",
    "SnoozeRefused",
    "Synced",
    "lock_cadence",
    "queue_due",
    "queue_for_subscriber",
    "queue_notice",
    "send_again",
    "snooze",
    "sync_cases",
    "why_cases_are_over",
]
