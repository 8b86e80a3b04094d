"""The key under which tries are counted tells nobody whose they were."""

from flask import Flask

from tracker.web.limits import guess_key


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
