"""What a theme may say, and how the order changes."""

import pytest

from tracker.themes.policy import STATEMENT_LIMIT, cleaned, is_same, moved, statement_problem


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("The bus stops too early", None),
        ("", "Write the theme"),
        (" \0\n ", "Write the theme"),
        ("x" * STATEMENT_LIMIT, None),
        (" " * 50 + "x" * STATEMENT_LIMIT, None),
        ("x" * (STATEMENT_LIMIT + 1), "1 too many"),
    ],
)
def test_statement_fits_up_to_its_limit(statement: str, problem: str | None) -> None:
    found = statement_problem(statement)
    assert (found is None) if problem is None else (problem in (found or ""))


def test_cleaned_is_one_line_that_any_database_keeps() -> None:
    assert cleaned("  The bus\r\nstops\0 too   early ") == "The bus stops too early"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("The bus stops too early", "the  bus stops too EARLY.", True),
        ("Straße", "STRASSE", True),
        ("The bus stops too early", "The bus stops too late", False),
    ],
)
def test_same_words_are_known_again(one: str, other: str, same: bool) -> None:
    assert is_same(one, other) is same


@pytest.mark.parametrize(
    ("theme_id", "step", "after"),
    [
        (2, -1, [2, 1, 3]),
        (2, 1, [1, 3, 2]),
        (1, -1, [1, 2, 3]),
        (3, 1, [1, 2, 3]),
        (1, 99, [2, 3, 1]),
    ],
)
def test_moved_stops_at_either_end(theme_id: int, step: int, after: list[int]) -> None:
    assert moved([1, 2, 3], theme_id, step) == after
