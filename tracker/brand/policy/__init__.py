"""Which colours a public page has, and whether they can be read. Pure: colours in, colours out."""

from tracker.brand.policy.colours import contrast, read_colour, shade_of
from tracker.brand.policy.palettes import (
    NEEDED,
    STANDARD,
    Faint,
    Look,
    Palette,
    Paper,
    faint_pairs,
    nearest_readable,
    palette,
)

__all__ = [
    "NEEDED",
    "STANDARD",
    "Faint",
    "Look",
    "Palette",
    "Paper",
    "contrast",
    "faint_pairs",
    "nearest_readable",
    "palette",
    "read_colour",
    "shade_of",
]
