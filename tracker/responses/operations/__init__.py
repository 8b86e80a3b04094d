"""Writes to responses: taking one in, setting one aside, deleting answers when their day has come.

They flush and never commit, and never keep anything that could tell who answered or at what time.
"""

from tracker.responses.operations.arriving import (
    NoReceiptLeft,
    NothingAnswered,
    Submitted,
    SurveyClosed,
    plain_answer,
    submit_response,
    submitted_before,
    type_in_response,
    words_given,
)
from tracker.responses.operations.changing import (
    TakenBack,
    erase,
    keep_for_safeguarding,
    replace_answers,
    succeed,
)
from tracker.responses.operations.retention import delete_expired
from tracker.responses.operations.sorting import set_aside, set_aside_all, take_back
from tracker.responses.operations.together import PlainAnswer, Row
from tracker.responses.operations.watching import hold_if_worrying

__all__ = [
    "NoReceiptLeft",
    "NothingAnswered",
    "PlainAnswer",
    "Row",
    "Submitted",
    "SurveyClosed",
    "TakenBack",
    "delete_expired",
    "erase",
    "hold_if_worrying",
    "keep_for_safeguarding",
    "plain_answer",
    "replace_answers",
    "set_aside",
    "set_aside_all",
    "submit_response",
    "submitted_before",
    "succeed",
    "take_back",
    "type_in_response",
    "words_given",
]
