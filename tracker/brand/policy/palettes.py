"""From one colour of an organisation to everything a public page is painted with, light and dark.

The names are those of the custom properties in `tracker/static/public.css`. The dark palette is made
from the same hue and always passes; in light the colour itself is used, so there it can fail.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from tracker.brand.policy.colours import Shade, contrast, shade_of

Tokens = Mapping[str, str]

TEXT = 4.5
BODY = 7.0
SHAPES = 3.0
_STEP = 0.004

BAD = {"light": "#a1241c", "dark": "#ffa99d"}


class Paper(StrEnum):
    """What a page is printed on."""

    WARM = "warm"
    WHITE = "white"
    TINTED = "tinted"


@dataclass(frozen=True)
class Look:
    """What an organisation chooses."""

    brand: str = "#0b5563"
    accent: str = "#ffb703"
    paper: Paper = Paper.WARM


STANDARD = Look()


@dataclass(frozen=True)
class Palette:
    light: Tokens
    dark: Tokens


@dataclass(frozen=True)
class Faint:
    """Two colours of a palette that are hard to tell apart."""

    scheme: str
    front: str
    back: str
    ratio: float
    needed: float


# (what stands in front, what it stands on, the contrast it needs)
NEEDED: tuple[tuple[str, str, float], ...] = (
    *(("brand", back, TEXT) for back in ("paper", "card", "soft", "tint")),
    *(("on-brand", back, TEXT) for back in ("brand", "brand-deep")),
    *(("ink", back, BODY) for back in ("paper", "card", "soft", "tint")),
    *(("quiet", back, TEXT) for back in ("paper", "card", "soft")),
    *(("bad", back, TEXT) for back in ("paper", "card")),
    ("line", "card", SHAPES),
    ("ring-half", "card", SHAPES),
)

_PAPERS_LIGHT: dict[Paper, Tokens] = {
    Paper.WARM: {
        "paper": "#fffdf8",
        "soft": "#f5efe1",
        "hair": "#e4dbc8",
        "ring-empty": "#e2dccd",
        "ink": "#1d2433",
        "quiet": "#4d5564",
    },
    Paper.WHITE: {
        "paper": "#ffffff",
        "soft": "#f2f4f6",
        "hair": "#dcdfe5",
        "ring-empty": "#dcdfe5",
        "ink": "#1d2433",
        "quiet": "#4d5564",
    },
}
_DARK: Tokens = {
    "paper": "#14181f",
    "card": "#1d232d",
    "soft": "#232a35",
    "hair": "#353e4c",
    "ring-empty": "#39424f",
    "line": "#8b95a6",
    "ink": "#f4f0e6",
    "quiet": "#bcc3cf",
}


def palette(look: Look) -> Palette:
    """Every colour of the public pages."""
    shade = shade_of(look.brand)
    return Palette(_light(look, shade), _dark(look, shade))


def faint_pairs(look: Look) -> list[Faint]:
    """What is too hard to read with this look, in both schemes; empty if all can be read."""
    made = palette(look)
    return [
        Faint(scheme, front, back, ratio, needed)
        for scheme, tokens in (("light", made.light), ("dark", made.dark))
        for front, back, needed in NEEDED
        if (ratio := contrast(tokens[front], tokens[back])) < needed
    ]


def nearest_readable(look: Look) -> Look:
    """This look if it can be read, else with its colour only as much darker as it takes."""
    shade = shade_of(look.brand)
    lightness = shade.lightness
    while faint_pairs(look):
        lightness -= _STEP
        look = replace(look, brand=shade.at(lightness))
    return look


def _light(look: Look, shade: Shade) -> Tokens:
    card = "#ffffff"
    # A colour that is nearly black can't get darker when it is pointed at, so it gets lighter.
    deeper = -0.09 if shade.lightness > 0.3 else 0.1
    return {
        **(_PAPERS_LIGHT.get(look.paper) or _tinted_light(shade)),
        "card": card,
        "line": "#757d8c",
        "brand": look.brand,
        "brand-deep": shade.at(shade.lightness + deeper),
        "on-brand": "#ffffff",
        "tint": shade.at(0.945, 0.03),
        "sun": look.accent,
        "bad": BAD["light"],
        "ring-full": look.brand,
        "ring-half": _readable(shade, shade.lightness + 0.2, card, -_STEP),
        "ring-broken": BAD["light"],
    }


def _tinted_light(shade: Shade) -> Tokens:
    return {
        "paper": shade.at(0.985, 0.008),
        "soft": shade.at(0.955, 0.016),
        "hair": shade.at(0.885, 0.03),
        "ring-empty": shade.at(0.885, 0.03),
        "ink": shade.at(0.26, 0.03),
        "quiet": shade.at(0.44, 0.03),
    }


def _dark(look: Look, shade: Shade) -> Tokens:
    base = dict(_DARK)
    if look.paper is Paper.TINTED:
        levels = {"paper": 0.2, "card": 0.245, "soft": 0.275, "hair": 0.36, "ring-empty": 0.375}
        base |= {name: shade.at(lightness, 0.025) for name, lightness in levels.items()}
    return {
        **base,
        "brand": shade.at(0.83, 0.1),
        "brand-deep": shade.at(0.9, 0.06),
        "on-brand": shade.at(0.2, 0.03),
        "tint": shade.at(0.32, 0.05),
        "sun": look.accent,
        "bad": BAD["dark"],
        "ring-full": shade.at(0.83, 0.1),
        "ring-half": _readable(shade, 0.55, base["card"], _STEP),
        "ring-broken": BAD["dark"],
    }


def _readable(shade: Shade, lightness: float, back: str, step: float) -> str:
    """The shade at this lightness, or at the first one from there that is told from `back`."""
    made = shade.at(lightness, 0.1)
    while contrast(made, back) < SHAPES:
        lightness += step
        made = shade.at(lightness, 0.1)
    return made
