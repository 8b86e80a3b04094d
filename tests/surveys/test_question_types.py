"""Every kind of question, by tables: what it reads, what it refuses, and how it says an answer."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import ROOT
from tests.surveys.asked import THREE, PlainQuestion, choices, form
from tracker.surveys.question_types import (
    QUESTION_TYPES,
    AnswerValue,
    InvalidAnswer,
    InvalidSetting,
    type_of,
)
from tracker.surveys.question_types.chosen import rekeyed
from tracker.surveys.question_types.information import Information
from tracker.surveys.question_types.scale import Scale

SHORT = PlainQuestion("short_text")
LONG = PlainQuestion("long_text")
ONE = PlainQuestion("one_choice", settings=THREE)
SEVERAL = PlainQuestion("several_choices", settings=THREE)
AT_MOST_TWO = PlainQuestion("several_choices", settings=THREE | {"at_most": 2})
SCALE = PlainQuestion("scale", settings=THREE | {"look": "faces"})
YES_NO = PlainQuestion("yes_no")
YES_NO_UNSURE = PlainQuestion("yes_no", settings={"not_sure": True})
RANKING = PlainQuestion("ranking", settings=THREE)
NUMBER = PlainQuestion("number")
ONE_TO_TEN = PlainQuestion("number", settings={"smallest": 1, "largest": 10})
BELOW_ZERO = PlainQuestion("number", settings={"smallest": -5, "largest": 5, "has_decimals": True})
INFORMATION = PlainQuestion("information", settings={"body": "One.\n\nTwo\nand a half.\n \nThree."})

Q = "q1"


def test_every_kind_has_a_template_of_its_name() -> None:
    folder = Path(ROOT) / "templates/surveys/questions"

    templates = {path.stem for path in folder.glob("*.html")} - {"frame", "choices"}

    assert templates == set(QUESTION_TYPES)


def test_kinds_stand_in_the_order_the_builder_offers_them() -> None:
    assert list(QUESTION_TYPES) == [
        "long_text",
        "short_text",
        "one_choice",
        "several_choices",
        "scale",
        "yes_no",
        "ranking",
        "number",
        "information",
    ]
    assert all(kind.label and kind.about for kind in QUESTION_TYPES.values())


@pytest.mark.parametrize(
    ("question", "posted", "value"),
    [
        (SHORT, [], None),
        (SHORT, [(Q, "")], None),
        (SHORT, [(Q, " \t\n ")], None),
        (SHORT, [(Q, " a park ")], " a park "),
        (SHORT, [(Q, "x" * 200)], "x" * 200),
        (SHORT, [(Q, "a\x00b\ud800c\udfffd")], "abcd"),
        (SHORT, [(Q, "\x00")], None),
        (LONG, [(Q, "one\r\ntwo\rthree\nfour")], "one\ntwo\rthree\nfour"),
        (LONG, [(Q, "\r\n" * 2500 + "x" * 2500)], "\n" * 2500 + "x" * 2500),
        (LONG, [(Q, "😀" * 5000)], "😀" * 5000),
        (ONE, [], None),
        (ONE, [(Q, "")], None),
        (ONE, [(Q, "c2")], "c2"),
        (SEVERAL, [], None),
        (SEVERAL, [(Q, "")], None),
        (SEVERAL, [(Q, "c3"), (Q, "c1"), (Q, "c3"), (Q, "")], ["c1", "c3"]),
        (AT_MOST_TWO, [(Q, "c3"), (Q, "c2")], ["c2", "c3"]),
        (SCALE, [(Q, "c1")], "c1"),
        (YES_NO, [(Q, "yes")], "yes"),
        (YES_NO, [(Q, "no")], "no"),
        (YES_NO_UNSURE, [(Q, "not_sure")], "not_sure"),
        (RANKING, [], None),
        (RANKING, [("q1.c1", ""), ("q1.c2", " "), ("q1.c3", "")], None),
        (RANKING, [("q1.c1", "3"), ("q1.c2", "1"), ("q1.c3", "2")], ["c2", "c3", "c1"]),
        (NUMBER, [(Q, "")], None),
        (NUMBER, [(Q, "  ")], None),
        (NUMBER, [(Q, " 7 ")], 7),
        (NUMBER, [(Q, "7.0")], 7),
        (NUMBER, [(Q, "0")], 0),
        (NUMBER, [(Q, "٤٢")], 42),
        (NUMBER, [(Q, "999999999")], 999_999_999),
        (ONE_TO_TEN, [(Q, "1")], 1),
        (ONE_TO_TEN, [(Q, "+10")], 10),
        (BELOW_ZERO, [(Q, "-2.5")], -2.5),
        (BELOW_ZERO, [(Q, "−5")], -5),
        (INFORMATION, [(Q, "anything")], None),
    ],
)
def test_read(question: PlainQuestion, posted: list[tuple[str, str]], value: Any) -> None:
    read = type_of(question).read(question, form(*posted))

    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("question", "posted", "message"),
    [
        (SHORT, [(Q, "x" * 201)], "201 letters and spaces, and we can keep 200"),
        (SHORT, [(Q, "x" * 201)], "Make it 1 shorter"),
        (LONG, [(Q, "x" * 5001)], "5,001 letters"),
        (ONE, [(Q, "c4")], "isn't on the list"),
        (ONE, [(Q, "C1")], "isn't on the list"),
        (SEVERAL, [(Q, "c1"), (Q, "zebra")], "isn't on the list"),
        (AT_MOST_TWO, [(Q, "c1"), (Q, "c2"), (Q, "c3")], "You chose 3. Choose 2 at most."),
        (SCALE, [(Q, "5")], "isn't on the list"),
        (YES_NO, [(Q, "not_sure")], "isn't on the list"),
        (RANKING, [("q1.c1", "1")], "Give each one a number"),
        (RANKING, [("q1.c1", "1"), ("q1.c2", "1"), ("q1.c3", "2")], "the same number"),
        (RANKING, [("q1.c1", "1"), ("q1.c2", "2"), ("q1.c3", "4")], "from 1 to 3"),
        (RANKING, [("q1.c1", "0"), ("q1.c2", "1"), ("q1.c3", "2")], "from 1 to 3"),
        (NUMBER, [(Q, "seven")], "just a number"),
        (NUMBER, [(Q, "1e5")], "just a number"),
        (NUMBER, [(Q, "nan")], "just a number"),
        (NUMBER, [(Q, "1,5")], "just a number"),
        (NUMBER, [(Q, "1000000000")], "just a number"),
        (NUMBER, [(Q, "9" * 5000)], "just a number"),
        (NUMBER, [(Q, "2.5")], "whole number"),
        (NUMBER, [(Q, "-1")], "0 or more"),
        (ONE_TO_TEN, [(Q, "0")], "from 1 to 10"),
        (ONE_TO_TEN, [(Q, "11")], "from 1 to 10"),
        (BELOW_ZERO, [(Q, "5.01")], "from -5 to 5"),
    ],
)
def test_read_refuses_in_plain_words(
    question: PlainQuestion, posted: list[tuple[str, str]], message: str
) -> None:
    with pytest.raises(InvalidAnswer) as refused:
        type_of(question).read(question, form(*posted))

    assert message in refused.value.message


@pytest.mark.parametrize(
    ("question", "value", "words"),
    [
        (SHORT, "A park", "A park"),
        (LONG, "A park\nand trees", "A park\nand trees"),
        (ONE, "c2", "Sometimes"),
        (ONE, "c9", "c9"),
        (SEVERAL, ["c1", "c3"], "Always, Never"),
        (SEVERAL, "c1", "Always"),
        (SCALE, "c3", "Never"),
        (YES_NO, "no", "No"),
        (YES_NO_UNSURE, "not_sure", "Not sure"),
        (RANKING, ["c2", "c1", "c3"], "1. Sometimes, 2. Always, 3. Never"),
        (NUMBER, 7, "7"),
        (BELOW_ZERO, -2.5, "-2.5"),
        (INFORMATION, "", ""),
    ],
)
def test_in_words(question: PlainQuestion, value: AnswerValue, words: str) -> None:
    assert type_of(question).in_words(question, value) == words


@pytest.mark.parametrize(
    ("question", "keys", "can_branch"),
    [
        (SHORT, [], False),
        (NUMBER, [], False),
        (INFORMATION, [], False),
        (ONE, ["c1", "c2", "c3"], True),
        (SEVERAL, ["c1", "c2", "c3"], True),
        (SCALE, ["c1", "c2", "c3"], True),
        (YES_NO, ["yes", "no"], True),
        (YES_NO_UNSURE, ["yes", "no", "not_sure"], True),
        (RANKING, ["c1", "c2", "c3"], False),
    ],
)
def test_choices(question: PlainQuestion, keys: list[str], can_branch: bool) -> None:
    kind = type_of(question)

    assert [choice.key for choice in kind.choices(question)] == keys
    assert kind.can_branch is can_branch


@pytest.mark.parametrize(
    ("question", "problems"),
    [
        (SHORT, []),
        (PlainQuestion("short_text", text="  "), ["It has no words yet."]),
        (PlainQuestion("information", text=""), ["It has no words yet."]),
        (PlainQuestion("one_choice"), ["It needs at least 2 choices."]),
        (PlainQuestion("one_choice", settings=choices("A")), ["It needs at least 2 choices."]),
        (PlainQuestion("one_choice", settings=choices("A", "B")), []),
        (PlainQuestion("scale", settings=choices("A", "B")), ["It needs at least 3 choices."]),
        (PlainQuestion("ranking", settings=choices("A", "B")), []),
        (YES_NO, []),
    ],
)
def test_problems(question: PlainQuestion, problems: list[str]) -> None:
    assert type_of(question).problems(question) == problems


@pytest.mark.parametrize(
    ("question", "summary"),
    [
        (SHORT, "Short answer"),
        (ONE, "One choice of 3"),
        (SEVERAL, "Several choices of 3"),
        (AT_MOST_TWO, "Several choices of 3, 2 at most"),
        (SCALE, "Scale of 3 faces"),
        (PlainQuestion("scale", settings=THREE | {"look": "words"}), "Scale of 3 words"),
        (YES_NO, "Yes or no"),
        (YES_NO_UNSURE, "Yes, no or not sure"),
        (RANKING, "Put 3 in order"),
        (NUMBER, "Number from 0"),
        (ONE_TO_TEN, "Number, 1 to 10"),
        (INFORMATION, "Information"),
    ],
)
def test_summary(question: PlainQuestion, summary: str) -> None:
    assert type_of(question).summary(question) == summary


@pytest.mark.parametrize("kind", ["short_text", "long_text"])
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r")))
def test_written_answers_of_every_script_stay_as_typed(kind: str, text: str) -> None:
    question = PlainQuestion(kind)

    read = QUESTION_TYPES[kind].read(question, form((Q, text[:200])))

    assert read == (text[:200] if text[:200].strip() else None)


@given(st.permutations(["c1", "c2", "c3"]))
def test_ranking_reads_back_every_order(order: list[str]) -> None:
    posted = [(f"q1.{key}", str(place)) for place, key in enumerate(order, start=1)]

    assert type_of(RANKING).read(RANKING, form(*posted)) == order


@pytest.mark.parametrize(
    ("look", "moods"),
    [
        ("faces", {"c1": 1, "c2": 0, "c3": -1}),
        ("faces_rising", {"c1": -1, "c2": 0, "c3": 1}),
        ("words", {}),
    ],
)
def test_scale_faces_go_from_one_end_to_the_other(look: str, moods: dict[str, float]) -> None:
    question = PlainQuestion("scale", settings=THREE | {"look": look})

    assert Scale().moods(question) == moods


def test_information_has_paragraphs_where_lines_are_empty() -> None:
    assert Information().paragraphs(INFORMATION) == ["One.", "Two\nand a half.", "Three."]
    assert Information().paragraphs(PlainQuestion("information")) == []


ALWAYS, SOMETIMES, NEVER = type_of(ONE).choices(ONE)


@pytest.mark.parametrize(
    ("texts", "keys"),
    [
        (["Always", "Sometimes", "Never"], ["c1", "c2", "c3"]),
        (["Never", "Always", "Sometimes"], ["c3", "c1", "c2"]),  # moved
        (["Always", "Now and then", "Never"], ["c1", "c2", "c3"]),  # words edited
        (["Always", "Never"], ["c1", "c3"]),  # one taken away
        (["Always", "Sometimes", "Never", "Often"], ["c1", "c2", "c3", "c4"]),  # one added
        (["Often", "Always", "Sometimes", "Never"], ["c4", "c1", "c2", "c3"]),  # added in front
        (["A", "B", "C", "D"], ["c1", "c2", "c3", "c4"]),  # all rewritten, one added
    ],
)
def test_choices_keep_their_keys(texts: list[str], keys: list[str]) -> None:
    chosen = rekeyed(texts, [ALWAYS, SOMETIMES, NEVER])

    assert [choice.text for choice in chosen] == texts
    assert [choice.key for choice in chosen] == keys


def typed_choices(count: int) -> dict[str, str]:
    return {"choices": "\n".join(f"Choice {number}" for number in range(count))}


@pytest.mark.parametrize(
    ("kind", "typed", "name", "message"),
    [
        ("one_choice", {}, "choices", "There are 0 now."),
        ("one_choice", typed_choices(1), "choices", "2 to 30 choices"),
        ("one_choice", typed_choices(31), "choices", "There are 31 now."),
        ("one_choice", {"choices": "Yes\n No \nYes "}, "choices", "“Yes” is there twice."),
        ("one_choice", {"choices": "Yes\n" + "x" * 151}, "choices", "150 characters at most"),
        ("scale", typed_choices(2) | {"look": "faces"}, "choices", "3 to 7 choices"),
        ("scale", typed_choices(8) | {"look": "faces"}, "choices", "3 to 7 choices"),
        ("scale", typed_choices(3) | {"look": "stars"}, "look", "Choose faces or words."),
        ("ranking", typed_choices(11), "choices", "2 to 10 choices"),
        ("several_choices", typed_choices(3) | {"at_most": "4"}, "at_most", "from 1 to 3"),
        ("several_choices", typed_choices(3) | {"at_most": "0"}, "at_most", "from 1 to 3"),
        ("several_choices", typed_choices(3) | {"at_most": "two"}, "at_most", "from 1 to 3"),
        ("several_choices", typed_choices(3) | {"at_most": "9" * 5000}, "at_most", "from 1 to 3"),
        ("number", {"smallest": "few"}, "smallest", "Write a number"),
        ("number", {"largest": "1e9"}, "largest", "Write a number"),
        ("number", {"largest": "0"}, "largest", "more than 0"),
        ("number", {"smallest": "5", "largest": "5"}, "largest", "more than 5"),
        ("information", {"body": "x" * 3001}, "body", "1 characters shorter"),
    ],
)
def test_read_settings_refuses(kind: str, typed: dict[str, str], name: str, message: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        QUESTION_TYPES[kind].read_settings(typed, {})

    assert refused.value.name == name
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "typed", "settings"),
    [
        ("short_text", {}, {}),
        ("one_choice", {"choices": " Yes \r\n\r\nNo\n"}, choices("Yes", "No")),
        ("one_choice", typed_choices(30), choices(*(f"Choice {n}" for n in range(30)))),
        ("one_choice", {"choices": "A\n" + "x" * 150}, choices("A", "x" * 150)),
        ("several_choices", {"choices": "A\nB", "at_most": ""}, choices("A", "B")),
        ("several_choices", {"choices": "A\nB", "at_most": "2"}, choices("A", "B", at_most=2)),
        ("scale", {"choices": "A\nB\nC", "look": "words"}, choices("A", "B", "C", look="words")),
        ("yes_no", {"not_sure": "y"}, {"not_sure": True}),
        ("yes_no", {"not_sure": ""}, {"not_sure": False}),
        ("ranking", {"choices": "A\nB"}, choices("A", "B")),
        ("number", {"smallest": "", "largest": ""}, {"has_decimals": False}),
        (
            "number",
            {"smallest": "-1", "largest": "2.5", "has_decimals": "y"},
            {"smallest": -1, "largest": 2.5, "has_decimals": True},
        ),
        ("information", {"body": " a\r\n\r\nb "}, {"body": "a\n\nb"}),
    ],
)
def test_settings_read_and_typed_again_are_the_same(
    kind: str, typed: dict[str, str], settings: dict[str, Any]
) -> None:
    found = QUESTION_TYPES[kind]

    assert found.read_settings(typed, {}) == settings
    assert found.read_settings(found.typed_settings(settings), settings) == settings
    assert set(found.typed_settings(settings)) == {each.name for each in found.setting_inputs}
