from collections import Counter

from tracker.responses.words import WORDS

# Words a receipt must never hold, by themselves or inside another: a net for additions.
NEVER = (
    "bum bra sex pee poo wee fat ugly kill dead die gun knife bomb drug beer wine rum gin vodka "
    "god jesus allah church devil hell naked nude slut whore bitch fool idiot stupid dumb black "
    "white mum dad mother father sister blood skull grave coffin weed spliff cock dick tit arse"
)


def slips(word: str) -> set[str]:
    """Everything one deletion or one swap of neighbours makes of a word."""
    deleted = {word[:i] + word[i + 1 :] for i in range(len(word))}
    swapped = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    return deleted | swapped


def test_words_are_at_least_1024_and_sorted_without_repeats() -> None:
    assert len(WORDS) >= 1024
    assert list(WORDS) == sorted(set(WORDS))


def test_words_are_short_and_plain_letters() -> None:
    odd = [w for w in WORDS if not (3 <= len(w) <= 8 and w.isascii() and w.isalpha())]

    assert odd == []
    assert [w for w in WORDS if w != w.lower()] == []


def test_words_are_never_one_slip_apart() -> None:
    known = set(WORDS)
    dropped_or_swapped = {w: slips(w) & known - {w} for w in WORDS if slips(w) & known - {w}}
    # Two words that differ in one letter are the same with that letter blanked out.
    blanked = Counter(w[:i] + "_" + w[i + 1 :] for w in WORDS for i in range(len(w)))

    assert dropped_or_swapped == {}
    assert [pattern for pattern, count in blanked.items() if count > 1] == []


def test_words_hold_none_that_a_child_should_not_be_given() -> None:
    assert set(WORDS).isdisjoint(NEVER.split())


def test_words_hold_those_of_the_manual() -> None:
    assert {"maple", "otter", "lantern", "seven"} <= set(WORDS)
