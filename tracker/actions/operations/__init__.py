"""Writes to actions: record, revise, publish, stop, discard; and which themes they answer."""

from tracker.actions.operations.answering import answer_themes, merge_themes
from tracker.actions.operations.refusals import (
    AlreadyPublic,
    ChangedMeanwhile,
    DraftIncomplete,
    MoveNotAllowed,
    ThemeLeftUnanswered,
    VersionStopped,
)
from tracker.actions.operations.versions import (
    discard,
    publish,
    publish_due,
    record_action,
    revise_action,
    stop,
)
from tracker.themes.operations import ThemeElsewhere

__all__ = [
    "AlreadyPublic",
    "ChangedMeanwhile",
    "DraftIncomplete",
    "MoveNotAllowed",
    "ThemeElsewhere",
    "ThemeLeftUnanswered",
    "VersionStopped",
    "answer_themes",
    "discard",
    "merge_themes",
    "publish",
    "publish_due",
    "record_action",
    "revise_action",
    "stop",
]
