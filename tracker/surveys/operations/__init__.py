"""Writes to surveys and their questions, all of them before the consultation opens.

They flush and never commit. Nothing here touches a response: once a consultation has opened its
surveys stay as they are, so that every answer belongs to the very question that was asked.
"""

from tracker.surveys.operations.changing import SurveyLocked, TooMany, refuse_unless_draft
from tracker.surveys.operations.questions import (
    BadCondition,
    QuestionInUse,
    add_question,
    copy_question,
    delete_question,
    edit_question,
    move_question,
    set_easy_read,
)
from tracker.surveys.operations.surveys import (
    add_survey,
    copy_survey,
    delete_survey,
    rename_survey,
)
from tracker.surveys.operations.translating import (
    LanguageSwitchedOff,
    choose_languages,
    refuse_if_off,
    refuse_if_read,
    save_translation,
)

__all__ = [
    "BadCondition",
    "LanguageSwitchedOff",
    "QuestionInUse",
    "SurveyLocked",
    "TooMany",
    "add_question",
    "add_survey",
    "choose_languages",
    "copy_question",
    "copy_survey",
    "delete_question",
    "delete_survey",
    "edit_question",
    "move_question",
    "refuse_if_off",
    "refuse_if_read",
    "refuse_unless_draft",
    "rename_survey",
    "save_translation",
    "set_easy_read",
]
