"""What a consultation needs before it may ask anybody, and which moves it may make afterwards.

Pure: facts and days in, answers out. The gate lists everything that is missing at once and warns of
what is unwise; it never refuses for a warning.
"""

from tracker.opening.policy.cautions import Caution, warnings
from tracker.opening.policy.gate import (
    CHECKS,
    Check,
    GateFacts,
    Missing,
    Place,
    Somebody,
    SurveyFacts,
    missing,
)
from tracker.opening.policy.moves import (
    MAY_START_FROM,
    Move,
    extension_problems,
    may_move,
    promise_problems,
)

__all__ = [
    "CHECKS",
    "MAY_START_FROM",
    "Caution",
    "Check",
    "GateFacts",
    "Missing",
    "Move",
    "Place",
    "Somebody",
    "SurveyFacts",
    "extension_problems",
    "may_move",
    "missing",
    "promise_problems",
    "warnings",
]
