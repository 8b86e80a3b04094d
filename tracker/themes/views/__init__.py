"""Hearing: themes, and coding responses to them, one at a time or in a table."""

from tracker.themes.views.blueprint import bp
from tracker.themes.views.hearing import hear, undo
from tracker.themes.views.naming import edit, index, move, remove
from tracker.themes.views.table import table

__all__ = ["bp", "edit", "hear", "index", "move", "remove", "table", "undo"]
