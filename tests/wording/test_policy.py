"""Wording help: how well the rules find what is wrong, and each rule at its edges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wording.sentences import GOOD, POOR
from tracker.wording.policy import Finding, Part, look_at
from tracker.wording.policy.askings import MOST_WORDS


def codes(*args: object, **kwargs: object) -> set[str]:
    return {each.remark.code for each in look_at(*args, **kwargs)}  # type: ignore[arg-type]


def pieces(code: str, text: str) -> list[str]:
    return [each.remark.piece for each in look_at(text) if each.remark.code == code]


def test_rules_find_what_is_wrong_and_leave_the_rest_alone() -> None:
    assert len(GOOD) + len(POOR) >= 140 and len(GOOD) >= 60
    missed = [(text, code) for text, code in POOR if code not in codes(text)]
    wrongly = [(text, codes(text)) for text in GOOD if look_at(text)]
    found = len(POOR) - len(missed)
    precision, recall = found / (found + len(wrongly)), found / len(POOR)

    said = f"precision {precision:.3f}, recall {recall:.3f}; missed {missed}; wrongly {wrongly}"
    assert precision >= 0.95, said
    assert recall >= 0.95, said


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("Did you participate?", "participate"),
        ("Who participated?", "participated"),
        ("Are you participating?", "participating"),
        ("Which opportunities?", "opportunities"),
        ("Prior to that?", "Prior to"),
        ("We wish to do it in order to help.", "in order to"),
        ("Is it hexagonality?", "hexagonality"),
        ("Is it well-being?", "well-being"),
    ],
)
def test_hard_word_is_found_with_its_endings(text: str, piece: str) -> None:
    assert pieces("hard_word", text) == [piece]


@pytest.mark.parametrize(
    "text",
    [
        "Which activities?",
        "How is the television?",
        "Have you been to Wolverhamptonia?",  # a name: capital inside a sentence
        "What about after-school clubs?",
        "How is the supermarket?",
    ],
)
def test_hard_word_is_not_a_word_children_know(text: str) -> None:
    assert pieces("hard_word", text) == []


def test_hard_word_says_what_to_use_instead() -> None:
    (found,) = look_at("Did you participate?")
    assert found.remark.change == "Try: take part."
    assert found.part is Part.TEXT


@pytest.mark.parametrize(("words", "is_long"), [(MOST_WORDS, False), (MOST_WORDS + 1, True)])
def test_long_sentence_begins_after_twenty_words(words: int, is_long: bool) -> None:
    text = " ".join(["bus"] * words) + "?"
    assert ("long_sentence" in codes(text)) is is_long


def test_long_sentence_is_cut_where_it_is_quoted() -> None:
    (piece,) = pieces("long_sentence", " ".join(["playground"] * 40))
    assert len(piece) == 120 and piece.endswith("…")


@pytest.mark.parametrize(
    "text",
    [
        "Why not?",
        "If not, why not?",
        "Do you go out, or is there nothing to do?",
        "What do you do when you don't want to go and nobody is in?",
        "I don't know where not to go",
        "Is it no longer nice?",
    ],
)
def test_double_negative_needs_two_in_one_breath(text: str) -> None:
    assert "double_negative" not in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "What do you and your friends do?",
        "Do you like your friends and family?",
        "How was the food and drink?",
        "Is it nice and warm?",
        "What is good?  ?",
    ],
)
def test_two_in_one_leaves_pairs_alone(text: str) -> None:
    assert "two_in_one" not in codes(text)


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("What is the name of your school?", "a school"),
        ("What is your NHS number?", "a number that is theirs alone"),
        ("What is your mobile number?", "a phone number"),
        ("Send us a selfie", "a photo"),
        ("When were you born?", "a date of birth"),
        ("Which street do you live in?", "an address"),
    ],
)
def test_personal_detail_is_named(text: str, detail: str) -> None:
    assert any(detail in each.remark.what for each in look_at(text))


@pytest.mark.parametrize(
    ("kind", "choices", "expected"),
    [
        ("one_choice", ["5-10", "10-15"], {"overlap"}),
        ("one_choice", ["5 to 9", "10 to 14"], set()),
        ("one_choice", ["5–9", "11–15"], {"gap"}),
        ("one_choice", ["Under 5", "5 to 9"], set()),
        ("one_choice", ["The bus", "the bus!", "None of these"], {"overlap"}),
        ("one_choice", ["Bus", "Walk", "Bike"], {"no_way_out"}),
        ("several_choices", ["Bus", "Walk", "Bike"], {"no_way_out"}),
        ("several_choices", ["Bus", "Walk", "Something else"], set()),
        ("one_choice", ["Bus", "Walk"], set()),
        ("ranking", ["Bus", "Walk", "Bike"], set()),
        ("one_choice", ["Always", "Sometimes", "Never"], set()),
        ("yes_no", ["Yes", "No"], {"no_way_out"}),
        ("yes_no", ["Yes", "No", "Not sure"], set()),
        ("scale", ["Really good", "Good", "OK", "Bad", "Really bad"], set()),
        ("scale", ["Excellent", "Great", "Good", "Bad"], {"leaning"}),
        ("scale", ["Bad", "Awful", "Terrible"], {"leaning"}),
        ("scale", ["Very happy", "Happy", "Not happy", "Unhappy"], set()),
        ("scale", ["Not bad", "Good", "OK"], {"leaning"}),
        ("scale", ["A lot", "A bit", "Not at all"], set()),
        ("long_text", [], set()),
    ],
)
def test_choices_are_looked_at_by_kind(kind: str, choices: list[str], expected: set[str]) -> None:
    assert codes("What now?", "", choices, kind) == expected


def test_hint_and_choices_are_looked_at_apart() -> None:
    found = look_at("What now?", "Indicate one. Two? Three?", ["Utilise it", "Not sure"])
    assert [(each.part, each.remark.piece) for each in found] == [
        (Part.HINT, "Indicate"),
        (Part.CHOICES, "Utilise"),
    ]


@pytest.mark.parametrize("text", ["", "   ", "42 %", "ماذا يجب أن يتغير؟", "你喜欢什么？为什么？"])
def test_other_scripts_are_not_read(text: str) -> None:
    assert look_at(text) == []


def test_mark_stays_while_the_words_do() -> None:
    def mark(text: str) -> str:
        (one,) = look_at(text)
        return one.mark

    assert mark("Did you participate?") == mark("Did you participate?")
    assert mark("Did you participate?") != mark("Did you all participate?")


def test_finding_of_the_same_piece_comes_once() -> None:
    found = look_at("Did you participate, and who else may participate?")
    assert len([each for each in found if each.remark.code == "hard_word"]) == 1


@given(st.text(max_size=300), st.lists(st.text(max_size=60), max_size=8))
def test_any_words_can_be_looked_at(text: str, choices: list[str]) -> None:
    for kind in ("one_choice", "scale", "yes_no"):
        assert all(isinstance(each, Finding) for each in look_at(text, text, choices, kind))


def test_a_long_text_takes_no_time() -> None:
    text = "do you like the food and the " * 2000
    assert "two_in_one" in codes(text)
