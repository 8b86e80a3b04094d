"""What a wording rule is, and how its phrase is written.

Pure. A phrase is words in their order. `dad/mum` is either word, `{family}` any word of a group,
`...` stands for up to four words. Little words between ("really", "the") need not be written.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from tracker.safeguarding.policy.folding import words_of

LONGEST_PHRASE = 400
_FEWEST_LETTERS = 3
_GAP = "..."


class Category(StrEnum):
    """What a phrase may be a sign of; the last one is of nothing."""

    SELF_HARM = "self_harm"
    HOME = "home"
    SEXUAL = "sexual"
    VIOLENCE = "violence"
    NEGLECT = "neglect"
    RUNNING_AWAY = "running_away"
    EXPLOITATION = "exploitation"
    FEAR = "fear"
    NOT_A_WORRY = "not_a_worry"


CATEGORY_WORDS = {
    Category.SELF_HARM: "Self-harm or suicide",
    Category.HOME: "Abuse at home",
    Category.SEXUAL: "Sexual abuse",
    Category.VIOLENCE: "Bullying or violence",
    Category.NEGLECT: "Neglect or hunger",
    Category.RUNNING_AWAY: "Running away",
    Category.EXPLOITATION: "Exploitation",
    Category.FEAR: "Fear, or a secret that is forced on them",
    Category.NOT_A_WORRY: "Looks like a worry, but is none",
}


@dataclass(frozen=True)
class Rule:
    """One phrase of one language. `NOT_A_WORRY` hides its words from all the others."""

    phrase: str
    language: str
    category: Category


@dataclass(frozen=True)
class Slot:
    """One place of a phrase: the words that fit, and whether others may stand before it."""

    words: frozenset[str]
    after_gap: bool = False


def slots_of(phrase: str, groups: dict[str, list[str]]) -> tuple[Slot, ...]:
    """The places of a phrase in order, its words folded. An unknown group fits nothing."""
    slots: list[Slot] = []
    after_gap = False
    for part in phrase.replace("…", _GAP).split():
        if part == _GAP:
            after_gap = bool(slots)
            continue
        words = frozenset(
            folded
            for piece in part.split("/")
            for word in _spelt_out(piece, groups)
            for folded in words_of(word)
        )
        slots.append(Slot(words, after_gap))
        after_gap = False
    return tuple(slots)


def _spelt_out(piece: str, groups: dict[str, list[str]]) -> list[str]:
    if piece.startswith("{") and piece.endswith("}"):
        return groups.get(piece[1:-1], [])
    return [piece]


def phrase_problem(phrase: str, groups: Collection[str]) -> str | None:
    """Why this can't be a rule's phrase, in words for the person who typed it; None if it can."""
    if len(phrase) > LONGEST_PHRASE:
        return f"Make it shorter: at most {LONGEST_PHRASE} letters and spaces."
    slots = slots_of(phrase, {name: ["something"] for name in groups})
    if not slots or sum(len(max(slot.words, key=len, default="")) for slot in slots) < (
        _FEWEST_LETTERS
    ):
        return "Write at least one word of three letters: less would match nearly everything."
    if any(not slot.words for slot in slots):
        known = ", ".join(f"{{{name}}}" for name in sorted(groups))
        return f"One part of it can't match anything. Groups that can stand in braces: {known}."
    return None
