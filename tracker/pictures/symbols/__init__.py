"""Our own symbols: small drawings that come with the product, one file each beside this module.

Drawn on a warm tile that stays the same in the light and in the dark, so that a symbol always looks
as the reader knows it. To add one, draw `<name>.svg` in the same way and name it here.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup

from tracker.languages import noop

_HIDDEN = '<svg aria-hidden="true" focusable="false"'
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Symbol:
    """A symbol: its name in files and rows, and what it says to those who can't see it."""

    name: str
    alt_text: str


SYMBOLS = {
    symbol.name: symbol
    for symbol in (
        Symbol("yes", noop("Yes")),
        Symbol("no", noop("No")),
        Symbol("dont-know", noop("I don’t know")),
        Symbol("happy", noop("Happy face")),
        Symbol("ok", noop("OK face")),
        Symbol("sad", noop("Sad face")),
        Symbol("worried", noop("Worried face")),
        Symbol("good", noop("Good")),
        Symbol("bad", noop("Bad")),
        Symbol("more", noop("More")),
        Symbol("less", noop("Less")),
        Symbol("choose", noop("Choose")),
        Symbol("go", noop("Go")),
        Symbol("stop", noop("Stop")),
        Symbol("wait", noop("Wait")),
        Symbol("change", noop("Change")),
        Symbol("idea", noop("Idea")),
        Symbol("talk", noop("Talk")),
        Symbol("listen", noop("Listen")),
        Symbol("write", noop("Write")),
        Symbol("help", noop("Help")),
        Symbol("safe", noop("Safe")),
        Symbol("quiet", noop("Quiet")),
        Symbol("loud", noop("Loud")),
        Symbol("me", noop("Me")),
        Symbol("friend", noop("Friends")),
        Symbol("family", noop("Family")),
        Symbol("adult-helper", noop("A grown-up who helps")),
        Symbol("doctor", noop("Doctor or nurse")),
        Symbol("home", noop("Home")),
        Symbol("school", noop("School")),
        Symbol("club", noop("Youth club")),
        Symbol("park", noop("Park")),
        Symbol("bus", noop("Bus")),
        Symbol("shop", noop("Shop")),
        Symbol("inside", noop("Inside")),
        Symbol("outside", noop("Outside")),
        Symbol("toilet", noop("Toilet")),
        Symbol("food", noop("Food")),
        Symbol("drink", noop("Drink")),
        Symbol("play", noop("Play")),
        Symbol("sport", noop("Sport")),
        Symbol("music", noop("Music")),
        Symbol("art", noop("Art")),
        Symbol("book", noop("Book")),
        Symbol("phone", noop("Phone")),
        Symbol("computer", noop("Computer")),
        Symbol("money", noop("Money")),
        Symbol("morning", noop("Morning")),
        Symbol("day", noop("Day")),
        Symbol("night", noop("Night")),
        Symbol("sleep", noop("Sleep")),
    )
}


@cache
def symbol_svg(name: str) -> Markup:
    """The drawing, to stand in a page: hidden from screen readers, whose words stand beside it."""
    drawn = (_FOLDER / f"{SYMBOLS[name].name}.svg").read_text(encoding="utf-8").strip()
    opening = '<svg xmlns="http://www.w3.org/2000/svg"'
    return Markup(drawn.replace(opening, _HIDDEN, 1))  # noqa: S704  (our own file)
