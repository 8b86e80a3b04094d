"""Colours that can be read, in light and in dark."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import ROOT
from tracker.brand.policy import (
    NEEDED,
    STANDARD,
    Look,
    Paper,
    contrast,
    faint_pairs,
    nearest_readable,
    palette,
    read_colour,
    shade_of,
)

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
LOOKS = st.builds(Look, brand=COLOURS, accent=COLOURS, paper=st.sampled_from(Paper))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("#0b5563", "#0b5563"),
        (" 0B5563 ", "#0b5563"),
        ("#abc", "#aabbcc"),
        ("", None),
        ("teal", None),
        ("#0b55", None),
        ("#0b556g", None),
        ("#0b5563;}body{", None),
        ("#٠٠٠٠٠٠", None),
    ],
)
def test_read_colour(typed: str, read: str | None) -> None:
    assert read_colour(typed) == read


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#0000ff", "#ffffff", 8.59),
        ("#ff0000", "#ffffff", 4.0),
        ("#00ff00", "#000000", 15.3),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.01)


@given(COLOURS)
def test_shade_at_its_own_lightness_is_the_colour(colour: str) -> None:
    shade = shade_of(colour)
    again = shade.at(shade.lightness)
    for i in (1, 3, 5):
        assert abs(int(again[i : i + 2], 16) - int(colour[i : i + 2], 16)) <= 12


def test_standard_look_is_the_one_in_the_stylesheet() -> None:
    sheet = (ROOT / "tracker/static/public.css").read_text()
    light, dark = sheet.split("@media (prefers-color-scheme: dark)", 1)
    made = palette(STANDARD)
    for name in ("ink", "quiet", "paper", "soft", "line", "hair", "brand", "sun", "bad"):
        assert re.search(rf"--{name}: {_either(made.light[name])};", light), name
    for name in ("ink", "quiet", "paper", "card", "soft", "line", "hair", "bad"):
        assert re.search(rf"--{name}: {_either(made.dark[name])};", dark), name


def _either(colour: str) -> str:
    return colour if colour != "#ffffff" else "#fff(fff)?"


@pytest.mark.parametrize("paper", Paper)
def test_standard_colour_can_be_read_on_every_paper(paper: Paper) -> None:
    assert faint_pairs(Look(paper=paper)) == []


@pytest.mark.parametrize(
    ("brand", "is_readable"),
    [
        ("#0b5563", True),
        ("#000000", True),
        ("#5b2a86", True),
        ("#b00020", True),
        ("#ffcc00", False),
        ("#ffffff", False),
        ("#00a3e0", False),
        ("#767676", False),  # enough on white, too little on the tint
    ],
)
def test_faint_pairs_finds_what_is_hard_to_read(brand: str, is_readable: bool) -> None:
    found = faint_pairs(Look(brand=brand))

    assert (found == []) is is_readable
    assert all(pair.ratio < pair.needed for pair in found)
    assert {pair.scheme for pair in found} <= {"light"}


@given(LOOKS)
def test_nearest_readable_can_be_read_and_keeps_what_can(look: Look) -> None:
    nearest = nearest_readable(look)

    assert faint_pairs(nearest) == []
    assert (nearest.accent, nearest.paper) == (look.accent, look.paper)
    if not faint_pairs(look):
        assert nearest == look
    else:
        assert shade_of(nearest.brand).lightness < shade_of(look.brand).lightness


@given(LOOKS)
def test_dark_palette_passes_whatever_the_colour(look: Look) -> None:
    dark = palette(look).dark
    for front, back, needed in NEEDED:
        assert contrast(dark[front], dark[back]) >= needed, (front, back)


def test_nearest_readable_of_a_bright_blue_is_a_little_darker_blue() -> None:
    assert nearest_readable(Look(brand="#00a3e0")).brand == "#00739f"
