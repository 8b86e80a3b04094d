"""Boxes that only this server opens."""

import base64

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from config import Config, from_environ
from tracker.web.sealed import SEALED, SealBroken, opened, public_key, seal

BODY = b"submission_id=1&q1=Bl%C3%A5&q1=two&q2="


def settings(secret: str, old: str = "") -> Config:
    return from_environ(
        {"LOOPKEEPER_SECRET_KEY": secret * 40, "LOOPKEEPER_OLD_SECRET_KEYS": old * 40}
    )


OURS = settings("a")


def test_form_without_a_box_is_left_as_it_is() -> None:
    form = MultiDict([("q1", "yes")])

    assert opened(form, OURS) is form


def test_box_gives_the_form_that_was_sealed() -> None:
    form = opened(MultiDict({SEALED: seal(BODY, public_key(OURS))}), OURS)

    assert list(form.items(multi=True)) == [
        ("submission_id", "1"),
        ("q1", "Blå"),
        ("q1", "two"),
        ("q2", ""),
    ]


def test_box_from_before_a_change_of_the_secret_still_opens() -> None:
    box = seal(BODY, public_key(OURS))

    form = opened(MultiDict({SEALED: box}), settings("b", old="a"))

    assert form["q1"] == "Blå"


def test_seal_learnt_later_wins_over_the_one_in_the_box() -> None:
    box = seal(b"q1=yes&seal=old&proof=", public_key(OURS))

    form = opened(MultiDict({SEALED: box, "seal": "new", "q1": "forged"}), OURS)

    assert (form["seal"], form["proof"], form["q1"]) == ("new", "", "yes")


def test_box_holds_no_more_than_any_form_may() -> None:
    box = seal(b"q1=a%00b%ff", public_key(OURS))

    assert opened(MultiDict({SEALED: box}), OURS)["q1"] == "ab\N{REPLACEMENT CHARACTER}"


def _damaged(box: str) -> str:
    raw = bytearray(base64.urlsafe_b64decode(box + "=" * (-len(box) % 4)))
    raw[-1] ^= 1
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.parametrize(
    "box",
    [
        "",
        "x",
        "not a box",
        "AAAA" * 100,
        seal(BODY, public_key(settings("c"))),
        seal(BODY, public_key(OURS))[:90],
        _damaged(seal(BODY, public_key(OURS))),
    ],
    ids=["empty", "one sign", "text", "no point", "another's", "cut", "damaged"],
)
def test_box_that_is_not_ours_is_refused_in_words(box: str) -> None:
    with pytest.raises(SealBroken, match="Please answer once more"):
        opened(MultiDict({SEALED: box}), OURS)


def test_box_holds_no_more_fields_than_any_form_may() -> None:
    box = seal(b"&".join(b"q1=a" for _ in range(10_002)), public_key(OURS))

    with pytest.raises(RequestEntityTooLarge):
        opened(MultiDict({SEALED: box}), OURS)
