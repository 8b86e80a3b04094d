from collections import Counter
from uuid import UUID

import pytest

from tracker.responses.policy import goes_together, makes_bad_join, read_receipt, receipt_words
from tracker.responses.words import NEVER_JOINED, WORDS

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


def seams(bad: str) -> set[tuple[str, str]]:
    """Every two of our words that have `bad` across their seam."""
    return {
        (one, next_)
        for cut in range(1, len(bad))
        for one in WORDS
        if one.endswith(bad[:cut])
        for next_ in WORDS
        if next_.startswith(bad[cut:])
    }


def test_review_of_all_ordered_pairs_finds_few_bad_joins_and_each_is_known() -> None:
    found = set().union(*(seams(bad) for bad in NEVER_JOINED))
    assert ("brush", "item") in found and ("pen", "island") in found
    assert all(makes_bad_join(one, next_) for one, next_ in found)
    assert len(found) < len(WORDS) ** 2 / 1000  # the words themselves are well chosen
    # The same review the long way round, for a share of all pairs.
    for one in WORDS[::200]:
        for next_ in WORDS:
            crossing = {
                bad
                for bad in NEVER_JOINED
                if bad in one + next_ and bad not in one and bad not in next_
            }
            assert bool(crossing) <= makes_bad_join(one, next_)


def test_no_word_but_a_bird_holds_a_bad_one_by_itself() -> None:
    assert {word for word in WORDS for bad in NEVER_JOINED if bad in word} == {"peacock"}


def test_no_receipt_is_given_with_a_bad_join() -> None:
    given = [receipt_words(UUID(int=number), 0, "a key") for number in range(5000)]
    assert all(goes_together(words) for words in given)
    assert not goes_together("maple brush item otter")
    assert all(read_receipt(words) == words for words in given[:200])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("MAPLE  Otter,lantern-Seven.", "maple otter lantern seven"),
        ("1. maple 2. otter 3. lantern 4. seven", "maple otter lantern seven"),
        ("mapleotterlanternseven", "maple otter lantern seven"),
        ("maple otterlantern seven", "maple otter lantern seven"),
        ("maple ot ter lantern seven", "maple otter lantern seven"),
        ("sea horse otter lantern seven", "seahorse otter lantern seven"),
        ("ｍａｐｌｅ otter lantern seven", "maple otter lantern seven"),
        ("mapel oter lanterm sevenn", "maple otter lantern seven"),
        ("otter maple lantern seven", "otter maple lantern seven"),  # the order is kept
        ("maple otter lantern", None),
        ("maple otter lantern seven seven", None),
        ("mapleotterlanternsevn", None),  # run together, slips are too many readings
        ("٣ maple otter lantern", None),
        ("خريطة maple otter lantern", None),
        ("", None),
        ("x" * 5000, None),
    ],
)
def test_read_receipt_forgives_what_can_mean_one_thing_only(typed: str, meant: str | None) -> None:
    assert read_receipt(typed) == meant


def test_read_receipt_does_not_guess_between_two_readings() -> None:
    known = set(WORDS)
    halves = [
        (word[:cut], word[cut:])
        for word in WORDS
        for cut in range(3, len(word) - 2)
        if {word[:cut], word[cut:]} <= known
    ]
    (a, b), (c, d), *_ = halves
    assert read_receipt(f"{a}{b} {c} {d} maple") == f"{a}{b} {c} {d} maple"
    assert read_receipt(f"{a}{b}{c}{d}maple") is None  # or is it a, b, and the two in one?
