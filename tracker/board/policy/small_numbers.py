"""Small numbers: which counts the public may read, so that nobody can be picked out. Pure.

A count from 1 to 7 isn't shown, and the rest are rounded to 5; none is said as "none". Rounding
alone isn't enough where counts are the parts of a whole: if about 15 gave a verdict and two kinds
of verdict are "about 10" (so at least 8 each), the hidden third can only be 1. Therefore a whole
and a hidden part of it are never shown together. Holding back only as much as such a sum needs
would be worse: who knows the rule learns from it which sum it was.

Themes are no parts of a whole: a response may be in several, or set aside and in none, and how many
were set aside isn't public. So each stands alone beside the number of responses.

What this doesn't promise: somebody who reads the page every day sees the day on which a hidden
count reaches 8. That tells that one more came, never who.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tracker.languages import gettext as _

FEWEST_SHOWN = 8
STEP = 5


class Shown(StrEnum):
    NONE = "none"
    FEW = "few"  # 1 to 7
    ABOUT = "about"  # rounded
    HELD_BACK = "held_back"  # nothing is said about it


@dataclass(frozen=True)
class PublicCount:
    """A count as the public reads it. `about` is the rounded number, where one is shown."""

    shown: Shown
    about: int = 0

    @property
    def words(self) -> str:
        """As words: "about 15", "fewer than 8", "none" or "not shown"."""
        return {
            Shown.NONE: _("none"),
            Shown.FEW: _("fewer than %(num)s", num=FEWEST_SHOWN),
            Shown.ABOUT: _("about %(num)s", num=self.about),
            Shown.HELD_BACK: _("not shown"),
        }[self.shown]


@dataclass(frozen=True)
class PublicCounts:
    """The parts of a whole, safe to be read side by side."""

    parts: tuple[PublicCount, ...]
    whole: PublicCount


def public_count(count: int) -> PublicCount:
    """One count that stands alone."""
    if count == 0:
        return PublicCount(Shown.NONE)
    if count < FEWEST_SHOWN:
        return PublicCount(Shown.FEW)
    return PublicCount(Shown.ABOUT, (count + STEP // 2) // STEP * STEP)


def public_counts(parts: Sequence[int]) -> PublicCounts:
    """The parts of a whole (nobody is in two), and the whole.

    Of a whole from 1 to 7 no part is shown, not even that it is none: "none said yes" would tell
    what each of these few said. Of a larger whole every part is shown as if it stood alone, and the
    whole only where no part is hidden.
    """
    whole = public_count(sum(parts))
    if whole.shown is Shown.FEW:
        return PublicCounts((PublicCount(Shown.HELD_BACK),) * len(parts), whole)
    shown = tuple(public_count(part) for part in parts)
    if any(part.shown is Shown.FEW for part in shown):
        whole = PublicCount(Shown.HELD_BACK)
    return PublicCounts(shown, whole)
