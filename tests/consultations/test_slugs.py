"""Addresses from titles, by table."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.consultations.slugs import SLUG_LENGTH, free_slugs, slug_base


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("A later bus to the youth centre", "a-later-bus-to-the-youth-centre"),
        ("  What's next?! ", "whats-next"),
        ("What’s next", "whats-next"),
        ("Café & crèche", "cafe-creche"),
        ("Tŷ newydd", "ty-newydd"),
        ("Łódź, Åse und Straße", "lodz-ase-und-strasse"),
        ("ماذا يجب أن يتغير؟", "consultation"),
        ("公园 2026", "2026"),
        ("😀", "consultation"),
        ("", "consultation"),
        ("<script>alert(1)</script>", "script-alert-1-script"),
        ("word " * 40, "-".join(["word"] * 14)),
        ("x" * 200, "x" * 72),
    ],
)
def test_slug_base_takes_what_an_address_can_hold(title: str, expected: str) -> None:
    assert slug_base(title) == expected


@given(st.text(max_size=160))
def test_slug_base_always_leaves_room_for_a_number(title: str) -> None:
    slug = slug_base(title)
    assert slug and len(slug) <= SLUG_LENGTH - 8
    assert slug.replace("-", "").isalnum() and slug.isascii()


def test_free_slugs_pass_over_those_taken() -> None:
    taken = {"bus", "bus-3"}
    assert list(islice(free_slugs("bus", taken), 3)) == ["bus-2", "bus-4", "bus-5"]
    assert next(free_slugs("park", taken)) == "park"
