"""Colours: how light they are to the eye, how well two of them are told apart, and their shades.

Contrast is counted as WCAG 2.2 says (relative luminance of sRGB). Shades are made in OKLCH (Björn
Ottosson, 2020), where the same step looks the same in every hue.
"""

import math
import re
from dataclasses import dataclass

_HEX = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")


def read_colour(typed: str) -> str | None:
    """A colour as people write it (#0B5563, 0b5563, #abc) in one spelling, or None."""
    found = _HEX.fullmatch(typed.strip())
    if found is None:
        return None
    digits = found[1].lower()
    return "#" + ("".join(digit * 2 for digit in digits) if len(digits) == 3 else digits)


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@dataclass(frozen=True)
class Shade:
    """A colour by lightness (0 to 1), strength (0 is grey) and hue (radians)."""

    lightness: float
    strength: float
    hue: float

    def at(self, lightness: float, most: float | None = None) -> str:
        """The same hue at another lightness, as strong as before or as a screen can show.

        `most` is the strength it may have at most.
        """
        strength = self.strength if most is None else min(self.strength, most)
        lightness = min(max(lightness, 0.0), 1.0)
        while strength > 0.001 and not _is_shown(lightness, strength, self.hue):
            strength *= 0.95
        return _hex(_linear_of(lightness, strength, self.hue))


def shade_of(colour: str) -> Shade:
    red, green, blue = (_linear(part) for part in _parts(colour))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return Shade(lightness, math.hypot(a, b), math.atan2(b, a))


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _linear_of(lightness: float, strength: float, hue: float) -> tuple[float, float, float]:
    a, b = strength * math.cos(hue), strength * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _is_shown(lightness: float, strength: float, hue: float) -> bool:
    return all(-0.0005 <= part <= 1.0005 for part in _linear_of(lightness, strength, hue))


def _hex(linear: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(_encoded(part) * 255):02x}" for part in linear)


def _encoded(part: float) -> float:
    part = min(max(part, 0.0), 1.0)
    return part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
