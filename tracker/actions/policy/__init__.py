"""The rules of actions: what each outcome requires, which moves are allowed, what is final.

Pure: plain values in, values out. Writing and publishing are in `operations`.
"""

from datetime import timedelta

from tracker.actions.policy.drafts import (
    FIELDS,
    FURTHEST,
    LINE_LIMIT,
    TEXT_LIMIT,
    ActionDraft,
    headline,
    problems,
    tidy,
    vague_hint,
)
from tracker.actions.policy.outcomes import (
    EXAMPLES,
    FINAL,
    MOVES,
    OUTCOME_LABELS,
    OUTCOME_MEANINGS,
    REASON_LABELS,
    Outcome,
    ReasonCode,
    is_answered,
    is_final,
    may_move,
)

__all__ = [
    "EXAMPLES",
    "FIELDS",
    "FINAL",
    "FURTHEST",
    "LINE_LIMIT",
    "MAIL_HOLD",
    "MOVES",
    "OUTCOME_LABELS",
    "OUTCOME_MEANINGS",
    "REASON_LABELS",
    "TEXT_LIMIT",
    "ActionDraft",
    "Outcome",
    "ReasonCode",
    "headline",
    "is_answered",
    "is_final",
    "may_move",
    "problems",
    "tidy",
    "vague_hint",
]

# What is recorded through a mail becomes public by itself after this long, unless stopped.
MAIL_HOLD = timedelta(hours=24)
