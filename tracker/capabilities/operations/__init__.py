"""Writes made through the links in mails, and how they are taken back."""

from tracker.capabilities.operations.sending import (
    AlreadyAnswered,
    AlreadySent,
    NotOneOfTheService,
    change_answer,
    claim_form,
    hand_over_to,
    pause_reminders,
    record_answers,
    stop_answer,
    suggest_owner,
)
from tracker.capabilities.operations.taking_back import put_back, take_back

__all__ = [
    "AlreadyAnswered",
    "AlreadySent",
    "NotOneOfTheService",
    "change_answer",
    "claim_form",
    "hand_over_to",
    "pause_reminders",
    "put_back",
    "record_answers",
    "stop_answer",
    "suggest_owner",
    "take_back",
]
