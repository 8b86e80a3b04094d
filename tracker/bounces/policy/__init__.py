"""What a bounce is, what it means, and who may report one. Pure: no database, no clock, no web."""

from tracker.bounces.policy.judging import (
    KEPT,
    KIND_LABELS,
    LATEST,
    SOFT_DAYS,
    SOFT_WITHIN,
    BounceKind,
    is_given_up,
    is_timely,
    kind_of,
)
from tracker.bounces.policy.posted import PROVIDERS, BadPost, Post
from tracker.bounces.policy.reading import LARGEST, reports_in
from tracker.bounces.policy.reports import Report, as_words

__all__ = [
    "KEPT",
    "KIND_LABELS",
    "LARGEST",
    "LATEST",
    "PROVIDERS",
    "SOFT_DAYS",
    "SOFT_WITHIN",
    "BadPost",
    "BounceKind",
    "Post",
    "Report",
    "as_words",
    "is_given_up",
    "is_timely",
    "kind_of",
    "reports_in",
]
