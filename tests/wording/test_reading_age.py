"""How old a reader has to be, by table, and the syllables it is counted by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.wording.policy.reading_age import YOUNGEST, reading_age, syllables_in


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("cat the be could feel school thing sing eye you rules", 1),
        ("named liked likes makes use used asked whole while don't played", 1),  # silent e
        ("better wanted needed playing being doing station precious social people", 2),
        ("table tables little changes buses places matches wishes safety sometimes", 2),
        ("area idea radio video previous different library favourite", 3),
        ("activities environment situation", 4),
        ("participation opportunities appropriately communicated", 5),
    ],
)
def test_syllables_in_counts_as_english_is_spoken(words: str, count: int) -> None:
    assert {word: syllables_in(word) for word in words.split()} == dict.fromkeys(
        words.split(), count
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What could be better?", 6),
        ("How safe do you feel on your way home?", 7),
        ("What one thing would you change about your school?", 7),
        ("What are your favourite activities?", 9),
        ("Favourite activities?", 10),
        ("How would you evaluate the accessibility of leisure facilities in your locality?", 16),
        ("Yes?", 5),
        ("", None),
        ("42 %", None),
        ("ماذا يجب أن يتغير؟", None),
    ],
)
def test_reading_age_tells_plain_words_from_long_ones(text: str, expected: int | None) -> None:
    assert reading_age(text) == expected


def test_reading_age_falls_when_a_sentence_is_cut_in_two() -> None:
    long = "Tell us what you would like to do on a Friday night when the centre is open until ten."
    cut = "The centre is open until ten on a Friday night. What would you like to do then?"
    in_long, in_cut = reading_age(long), reading_age(cut)
    assert in_long is not None and in_cut is not None and in_cut < in_long


@given(st.text(max_size=400))
def test_reading_age_takes_any_text(text: str) -> None:
    age = reading_age(text)
    assert age is None or age >= YOUNGEST
