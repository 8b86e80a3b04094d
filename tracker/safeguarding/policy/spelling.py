"""Which of the known words a typed one may be meant as.

Pure. A word of five letters forgives one slip (a letter too many, too few, wrong, or two swapped),
one of nine forgives two; the first letter has to be right. Stars stand for any letter.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import combinations

from tracker.safeguarding.policy.folding import BREAK, squeezed

_ONE_SLIP, _TWO_SLIPS = 5, 9
_LONGEST = 16  # a longer word is no misspelling of anything known
_MOST_KEPT = 8192
_NOTHING: frozenset[str] = frozenset()


class Speller:
    """The known words (squeezed), and for each what may be left out of it."""

    def __init__(self, words: Collection[str], ordinary: Collection[str]) -> None:
        """`ordinary`: words as they are spelt rightly, which are never a slip in another one."""
        self._words = frozenset(squeezed(word) for word in words)
        self._exact = frozenset(words)
        self._ordinary = frozenset(ordinary)
        self._shortened: dict[str, set[str]] = defaultdict(set)
        # Everybody uses the same few thousand words.
        self.meant = lru_cache(_MOST_KEPT)(self._meant)
        for word in self._words:
            for short in _with_letters_left_out(word, _slips(word)):
                self._shortened[short].add(word)

    def _meant(self, token: str) -> frozenset[str]:
        """The known words that `token` may be; itself where it is one. A sentence's end is itself."""
        if token == BREAK:
            return frozenset({BREAK})
        if token in self._ordinary and token not in self._exact:
            return _NOTHING
        if "*" in token:
            return self._under_stars(token)
        short = squeezed(token)
        if short in self._words:
            return frozenset({short})
        if not _ONE_SLIP - 1 <= len(short) <= _LONGEST:
            return _NOTHING
        return frozenset(
            word for word in self._near(short) if _distance(word, short) <= _slips(word)
        )

    def _near(self, token: str) -> set[str]:
        near: set[str] = set()
        for short in _with_letters_left_out(token, 2 if len(token) >= _TWO_SLIPS - 1 else 1):
            near |= self._shortened.get(short, _NOTHING)
        return {word for word in near if word[0] == token[0]}

    def _under_stars(self, token: str) -> frozenset[str]:
        if not sum(sign != "*" for sign in token) >= 2 or len(token) > _LONGEST:
            return _NOTHING
        pattern = re.compile(re.escape(token).replace(r"\*", "."))
        return frozenset(squeezed(word) for word in self._exact if pattern.fullmatch(word))


def _slips(word: str) -> int:
    return (len(word) >= _ONE_SLIP) + (len(word) >= _TWO_SLIPS)


def _with_letters_left_out(word: str, most: int) -> Iterator[str]:
    for few in range(most + 1):
        for places in combinations(range(len(word)), few):
            yield "".join(letter for at, letter in enumerate(word) if at not in places)


def _distance(one: str, other: str) -> int:
    """Slips between two words: letters added, lost, changed, or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, row, last = row, [i], before
        for j, typed in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != typed))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == typed:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
