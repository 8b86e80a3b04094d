"""The symbols that come with the product."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tracker.pictures import symbols
from tracker.pictures.symbols import SYMBOLS, symbol_svg

FOLDER = Path(symbols.__file__).parent
# fmt: off
ASKED_FOR = {
    "yes", "no", "dont-know", "happy", "ok", "sad", "good", "bad", "more", "less", "home",
    "school", "bus", "park", "food", "drink", "friend", "family", "adult-helper", "doctor",
    "play", "sport", "music", "book", "phone", "computer", "quiet", "loud", "inside", "outside",
    "day", "night", "morning", "money", "toilet", "safe", "help", "talk", "listen", "write",
    "wait", "stop", "go", "choose",
}
# fmt: on


def test_symbols_are_the_files_and_no_others() -> None:
    assert set(SYMBOLS) == {path.stem for path in FOLDER.glob("*.svg")}
    assert set(SYMBOLS) >= ASKED_FOR


@pytest.mark.parametrize("name", SYMBOLS)
def test_symbol_is_small_plain_and_has_words(name: str) -> None:
    drawn = (FOLDER / f"{name}.svg").read_text()

    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(drawn).iter()}
    assert tags <= {"svg", "g", "path", "rect", "circle", "ellipse"}
    assert not re.search(r"\b(?:id|class|style|href|on\w+)=", drawn)
    assert len(drawn) < 1800
    assert SYMBOLS[name].alt_text


def test_symbol_svg_stands_in_a_page_without_being_read_out() -> None:
    assert str(symbol_svg("bus")).startswith('<svg aria-hidden="true" focusable="false" viewBox')
    assert "xmlns" not in symbol_svg("bus")
