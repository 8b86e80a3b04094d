"""Whether a text says something that a wording rule looks for: phrases in order, misspellings forgiven.

Pure, and compiled once: looking at an answer costs a dictionary look-up a word. Leans towards
finding too much. It does not understand a text, and no rule finds what a child doesn't put in words.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from tracker.safeguarding.policy.folding import BREAK, squeezed, tokens_of, words_of
from tracker.safeguarding.policy.rules import Category, Rule, Slot, slots_of
from tracker.safeguarding.policy.spelling import Speller

_GAP = 4  # words that "..." may stand for
_LITTLE_WORDS = 3  # of them may stand between two words of a phrase
_FEWEST_RUN_TOGETHER = 7  # letters of a phrase that is found without its spaces
_MOST_WAYS = 200  # of writing a phrase that are looked for without its spaces
_MOST_WORDS = 20_000  # of one text; more than any question takes

Meant = frozenset[str]


@dataclass(frozen=True)
class _Compiled:
    number: int
    rule: Rule
    slots: tuple[Slot, ...]
    anchor: Meant  # the place with the fewest words: without one of these it can't match


class Wording:
    """All rules, ready to be held against texts."""

    def __init__(
        self,
        rules: Iterable[Rule],
        *,
        groups: Mapping[str, list[str]],
        little_words: Collection[str],
        ordinary: Collection[str],
    ) -> None:
        """`ordinary` are words that are never taken for a misspelling of a rule's word."""
        known = {name: list(words) for name, words in groups.items()}
        self._by_anchor: dict[str, list[_Compiled]] = defaultdict(list)
        self._little = frozenset(words_of(" ".join(little_words)))
        slots = [(rule, slots_of(rule.phrase, known)) for rule in rules]
        compiled = [
            _compiled(number, rule, places, self._little)
            for number, (rule, places) in enumerate(slots)
        ]
        for each in compiled:
            for word in each.anchor:
                self._by_anchor[word].append(each)
        words = {word for _, places in slots for slot in places for word in slot.words}
        self._speller = Speller(words, ordinary)
        self._together = _run_together(compiled)
        self._lengths = sorted({len(phrase) for phrase in self._together})

    def matches(self, texts: Iterable[str]) -> list[Rule]:
        """The rules that at least one of these texts fits, each once, in the rules' own order."""
        found: dict[Rule, None] = {}
        for text in texts:
            found |= dict.fromkeys(self._in_text(text))
        return list(found)

    def _in_text(self, text: str) -> Iterator[Rule]:
        tokens = tokens_of(text)[:_MOST_WORDS]
        known = {token: self._speller.meant(token) for token in set(tokens)}
        meant = [known[token] for token in tokens]
        little = [token in self._little for token in tokens]
        candidates = self._candidates(meant)
        if _hide(candidates, meant, little):
            candidates = self._candidates(meant)
        for each in candidates:
            if each.rule.category is not Category.NOT_A_WORRY and next(
                _places(each, meant, little), None
            ):
                yield each.rule
        hidden = (_HIDDEN in words for words in meant)
        plain = [
            "" if is_hidden else token for token, is_hidden in zip(tokens, hidden, strict=True)
        ]
        yield from self._run_together_in(plain)

    def _candidates(self, meant: Sequence[Meant]) -> list[_Compiled]:
        said = frozenset().union(*meant) if meant else frozenset()
        found = {each.number: each for word in said for each in self._by_anchor.get(word, ())}
        return [
            each
            for _, each in sorted(found.items())
            if not any(slot.words.isdisjoint(said) for slot in each.slots)
        ]

    def _run_together_in(self, tokens: Sequence[str]) -> Iterator[Rule]:
        """Phrases written without their spaces: "iwannadie", "k i l l m y s e l f"."""
        for token in tokens:
            word = squeezed(token) if len(token) >= _FEWEST_RUN_TOGETHER else ""
            for start in range(len(word) - _FEWEST_RUN_TOGETHER + 1):
                for length in self._lengths:
                    if rule := self._together.get(word[start : start + length]):
                        yield rule


def _compiled(number: int, rule: Rule, slots: tuple[Slot, ...], little: Meant) -> _Compiled:
    short = tuple(
        Slot(frozenset(squeezed(word) for word in slot.words), slot.after_gap) for slot in slots
    )

    def commonness(words: Meant) -> int:
        return sum(50 if word in little else 1 for word in words)

    anchor = min((slot.words for slot in short), key=commonness, default=frozenset())
    return _Compiled(number, rule, short, anchor)


_HIDDEN = "\x01"  # no token is ever this


def _hide(candidates: Iterable[_Compiled], meant: list[Meant], little: Sequence[bool]) -> bool:
    """Take away what only looks like a worry ("kill time", "dying to see it"); whether there was any."""
    harmless = [each for each in candidates if each.rule.category is Category.NOT_A_WORRY]
    places = [place for each in harmless for place in _places(each, meant, little)]
    for place in places:
        for at in place:
            meant[at] = frozenset({_HIDDEN})
    return bool(places)


def _places(
    each: _Compiled, meant: Sequence[Meant], little: Sequence[bool]
) -> Iterator[tuple[int, ...]]:
    """Where a rule's phrase stands in the text: the positions of its words."""
    for start, words in enumerate(meant):
        if words & each.slots[0].words and (rest := _follow(each.slots, 1, start, meant, little)):
            yield (start, *rest[:-1])


def _follow(
    slots: tuple[Slot, ...], number: int, at: int, meant: Sequence[Meant], little: Sequence[bool]
) -> tuple[int, ...]:
    """Positions of the places from `number` on, beyond `at`, with an end mark; empty if they don't fit."""
    if number == len(slots):
        return (-1,)
    slot = slots[number]
    most = _GAP if slot.after_gap else _LITTLE_WORDS
    for position in range(at + 1, min(at + 2 + most, len(meant))):
        if meant[position] & slot.words and (
            rest := _follow(slots, number + 1, position, meant, little)
        ):
            return (position, *rest)
        if BREAK in meant[position] or not (slot.after_gap or little[position]):
            return ()
    return ()


def _run_together(compiled: Iterable[_Compiled]) -> dict[str, Rule]:
    """Every plain phrase without its spaces. Phrases with many ways to say them are left out."""
    rules: dict[str, Rule] = {}
    for each in compiled:
        is_plain = not any(slot.after_gap for slot in each.slots)
        if each.rule.category is Category.NOT_A_WORRY or len(each.slots) < 2 or not is_plain:
            continue
        if prod(len(slot.words) for slot in each.slots) > _MOST_WAYS:
            continue
        for words in product(*(sorted(slot.words) for slot in each.slots)):
            joined = squeezed("".join(words))
            if len(joined) >= _FEWEST_RUN_TOGETHER:
                rules.setdefault(joined, each.rule)
    return rules
