"""Hard words: those with a plainer way of saying them, and long ones that few children know.

The lists are the two text files beside this package; they are read once.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tracker.wording.policy.finding import Remark
from tracker.wording.policy.reading_age import syllables_in

_LISTS = Path(__file__).parent.parent
_LONG = 4  # syllables from which on a word has to be on the list of known ones
_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+(?:['’-][A-Za-zÀ-ÖØ-öø-ÿ]+)*")
_LETTER = re.compile(r"[^\W\d_]")
# Endings taken off to find a word in the list, and what may have stood in their place.
_ENDINGS = (("s", ""), ("es", ""), ("d", ""), ("ed", ""), ("ing", ""), ("ing", "e"), ("ies", "y"))


def hard_words(text: str) -> Iterator[Remark]:
    """Words that many readers of nine don't know, each once, in the order they stand in."""
    words = list(_WORD.finditer(text))
    taken: set[int] = set()
    for start in range(len(words)):
        for length in (4, 3, 2, 1):
            places = range(start, start + length)
            if start + length > len(words) or taken & set(places):
                continue
            piece = text[words[start].start() : words[start + length - 1].end()]
            remark = _remark(piece, is_name=_is_name(text, words[start]))
            if remark is not None:
                taken |= set(places)
                yield remark
                break


def is_english(text: str) -> bool:
    """Whether there is something to read, mostly in Latin letters: all that the rules know."""
    letters = _LETTER.findall(text)
    latin = sum(letter < "\u0250" for letter in letters)
    return bool(letters) and latin * 2 > len(letters)


def _remark(piece: str, *, is_name: bool) -> Remark | None:
    is_phrase = len(piece.split()) > 1
    plain = next((_plainer()[form] for form in _forms(piece) if form in _plainer()), None)
    if plain is not None:
        return Remark(
            "hard_word",
            piece,
            "Hard for many children." if is_phrase else "A hard word for many children.",
            f"Try: {plain}.",
        )
    if is_phrase or is_name or _is_known(piece) or syllables_in(piece) < _LONG:
        return None
    what = "A long word that many children don’t know."
    return Remark("hard_word", piece, what, "Say it in short words, or say what it means.")


def _is_known(word: str) -> bool:
    if "-" in word:
        return all(syllables_in(part) < _LONG or _is_known(part) for part in word.split("-"))
    return any(form in _known() for form in _forms(word.replace("’", "'")))


def _forms(piece: str) -> Iterator[str]:
    """The piece as it may stand in a list."""
    low = " ".join(piece.lower().split())
    yield low
    for ending, instead in _ENDINGS:
        if low.endswith(ending) and len(low) > len(ending) + 2:
            yield low[: -len(ending)] + instead


def _is_name(text: str, word: re.Match[str]) -> bool:
    """A capital in the middle of a sentence: the name of a place, a person or a club."""
    before = text[: word.start()].rstrip(" “\"'(")
    return word[0][0].isupper() and bool(before) and before[-1] not in ".!?:\n"


@cache
def _plainer() -> dict[str, str]:
    pairs = (line.partition(":") for line in _lines("plain.txt"))
    return {hard.strip().lower(): plain.strip() for hard, _, plain in pairs}


@cache
def _known() -> frozenset[str]:
    return frozenset(word.lower() for line in _lines("known.txt") for word in line.split())


def _lines(name: str) -> list[str]:
    text = (_LISTS / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
