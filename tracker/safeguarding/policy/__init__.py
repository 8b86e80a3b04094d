"""What safeguarding decides without looking anything up: what wording raises a flag, who is named in
a text, and who is told when.

Pure: words, people and moments in, values out. It never claims to find every worry.
"""

from tracker.safeguarding.policy.alarm import (
    STILL_EVERY,
    Alarm,
    Call,
    CallKind,
    Guardian,
    Hours,
    acknowledge_by,
    calls_due,
    next_look,
    start_of_hour,
)
from tracker.safeguarding.policy.matching import Wording
from tracker.safeguarding.policy.naming import named_in
from tracker.safeguarding.policy.rules import (
    CATEGORY_WORDS,
    LONGEST_PHRASE,
    Category,
    Rule,
    phrase_problem,
)

__all__ = [
    "CATEGORY_WORDS",
    "LONGEST_PHRASE",
    "STILL_EVERY",
    "Alarm",
    "Call",
    "CallKind",
    "Category",
    "Guardian",
    "Hours",
    "Rule",
    "Wording",
    "acknowledge_by",
    "calls_due",
    "named_in",
    "next_look",
    "phrase_problem",
    "start_of_hour",
]
