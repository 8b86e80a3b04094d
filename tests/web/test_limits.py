"""The key under which tries are counted tells nobody whose they were."""

from datetime import date

import pytest
from flask import Flask

from tracker.web.limits import DailySecret, connection_of, guess_key


def key(app: Flask, address: str | None, about: str = "") -> str:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address} if address else {}):
        return guess_key(about)


def test_guess_key_is_the_same_for_one_address_and_differs_between_two(app: Flask) -> None:
    assert key(app, "192.0.2.1") == key(app, "192.0.2.1")
    assert key(app, "192.0.2.1") != key(app, "192.0.2.2")


def test_guess_key_differs_by_what_is_guessed_at(app: Flask) -> None:
    assert key(app, "192.0.2.1", "a") != key(app, "192.0.2.1", "b")


def test_guess_key_holds_no_address(app: Flask) -> None:
    assert "192.0.2.1" not in key(app, "192.0.2.1")
    assert key(app, "192.0.2.1", "ä\ud800\0" * 1000) != key(app, "192.0.2.1")


def test_secret_is_the_same_all_day_and_never_comes_back() -> None:
    secret = DailySecret()

    monday = secret.on(date(2026, 2, 2))

    assert secret.on(date(2026, 2, 2)) == monday
    assert secret.on(date(2026, 2, 3)) != monday
    assert secret.on(date(2026, 2, 2)) != monday


@pytest.mark.parametrize(
    ("address", "connection"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
        ("not an address", "not an address"),
        ("", ""),
    ],
)
def test_connection_of_is_what_one_household_is_given(address: str, connection: str) -> None:
    assert connection_of(address) == connection
