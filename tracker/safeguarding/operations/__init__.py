"""Writes of safeguarding: flags raised and acknowledged, the record of what was done, the wording.

They flush and never commit. They keep none of a child's words, and no moment finer than the hour in
which a flag was raised.
"""

from tracker.safeguarding.operations.flagging import flag_worry, raise_flag
from tracker.safeguarding.operations.recording import (
    FlagClosed,
    NothingWritten,
    acknowledge,
    close_flag,
    note,
    note_opened,
    reopen_flag,
)
from tracker.safeguarding.operations.wording import (
    PhraseTaken,
    PhraseUnusable,
    RuleDraft,
    SafeguardingDraft,
    UnknownLead,
    add_rule,
    change_rule,
    restore_rule,
    save_safeguarding,
)

__all__ = [
    "FlagClosed",
    "NothingWritten",
    "PhraseTaken",
    "PhraseUnusable",
    "RuleDraft",
    "SafeguardingDraft",
    "UnknownLead",
    "acknowledge",
    "add_rule",
    "change_rule",
    "close_flag",
    "flag_worry",
    "note",
    "note_opened",
    "raise_flag",
    "reopen_flag",
    "restore_rule",
    "save_safeguarding",
]
