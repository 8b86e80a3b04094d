"""Reads about themes, and about what is heard and what isn't yet."""

from tracker.themes.queries.hearing import (
    Coverage,
    Heard,
    coverage_of,
    heard_or_404,
    next_unheard,
)
from tracker.themes.queries.named import (
    Carried,
    ThemeRow,
    responses_of_theme,
    theme_or_404,
    themes_in_order,
    themes_named,
    themes_of,
)
from tracker.themes.queries.table import PAGE_SIZE, Sought, TablePage, TableRow, table_of

__all__ = [
    "PAGE_SIZE",
    "Carried",
    "Coverage",
    "Heard",
    "Sought",
    "TablePage",
    "TableRow",
    "ThemeRow",
    "coverage_of",
    "heard_or_404",
    "next_unheard",
    "responses_of_theme",
    "table_of",
    "theme_or_404",
    "themes_in_order",
    "themes_named",
    "themes_of",
]
