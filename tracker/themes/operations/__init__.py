"""Writes to themes and codings: name themes, code responses, set them aside."""

from tracker.themes.operations.coding import code_responses, recode, set_aside, uncode
from tracker.themes.operations.naming import (
    add_theme,
    move_codings,
    move_theme,
    remove_theme,
    rename_theme,
)
from tracker.themes.operations.refusals import (
    ResponseElsewhere,
    ResponseSetAside,
    StatementUnfit,
    ThemeCarriesResponses,
    ThemeElsewhere,
    ThemeExists,
)

__all__ = [
    "ResponseElsewhere",
    "ResponseSetAside",
    "StatementUnfit",
    "ThemeCarriesResponses",
    "ThemeElsewhere",
    "ThemeExists",
    "add_theme",
    "code_responses",
    "move_codings",
    "move_theme",
    "recode",
    "remove_theme",
    "rename_theme",
    "set_aside",
    "uncode",
]
