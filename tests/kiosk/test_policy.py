"""PINs, and until when a kiosk may still send."""

from datetime import date, timedelta

import pytest

from tracker.kiosk.policy import (
    LATECOMERS,
    brings_latecomers,
    is_pin,
    pin_hash,
    pin_problem,
    token_hash,
)

SALT = "0f" * 16
TODAY = date(2026, 2, 4)


@pytest.mark.parametrize(
    ("typed", "is_good"),
    [
        ("2468", True),
        ("246813", True),
        ("246", False),
        ("2468135", False),
        ("", False),
        ("24a8", False),
        ("٢٤٦٨", False),
        ("7777", False),
        ("1234", False),
        ("6789", False),
        ("7890", False),
        ("4321", False),
        ("9876", False),
        ("1243", True),
    ],
)
def test_pin_is_digits_that_a_child_does_not_try_first(typed: str, is_good: bool) -> None:
    assert (pin_problem(typed) == "") is is_good


@pytest.mark.parametrize(
    ("typed", "is_it"), [("2468", True), ("2469", False), ("", False), ("2468" * 9, False)]
)
def test_pin_is_known_by_its_hash(typed: str, is_it: bool) -> None:
    assert is_pin(typed, SALT, pin_hash("2468", SALT)) is is_it


def test_pin_hash_depends_on_its_salt() -> None:
    assert pin_hash("2468", SALT) != pin_hash("2468", "1f" * 16)


def test_token_hash_takes_any_text() -> None:
    assert token_hash("a\ud800") != token_hash("a")


@pytest.mark.parametrize(
    ("ended_on", "expected"),
    [
        (None, True),
        (TODAY, True),
        (TODAY - LATECOMERS, True),
        (TODAY - LATECOMERS - timedelta(days=1), False),
    ],
)
def test_ended_kiosk_brings_latecomers_for_a_while(ended_on: date | None, expected: bool) -> None:
    assert brings_latecomers(ended_on, TODAY) is expected
