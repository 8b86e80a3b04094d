"""Which questions are shown, what a form says, and what is wrong with a survey, by tables."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.surveys.asked import THREE, PlainQuestion, form, only_if
from tracker.surveys import policy

FIRST = PlainQuestion("one_choice", "q1", "How often?", settings=THREE)
SECOND = PlainQuestion(
    "several_choices", "q2", "Which?", settings=THREE, show_if=only_if("q1", "c2")
)
THIRD = PlainQuestion("long_text", "q3", "Why?", show_if=only_if("q2", "c1", "c3"))
LAST = PlainQuestion("short_text", "q4", "Where?", is_required=True)
CHAIN = [FIRST, SECOND, THIRD, LAST]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({}, "q1 q4"),
        ({"q1": "c1"}, "q1 q4"),
        ({"q1": "c2"}, "q1 q2 q4"),
        ({"q1": "c2", "q2": ["c2"]}, "q1 q2 q4"),
        ({"q1": "c2", "q2": ["c2", "c3"]}, "q1 q2 q3 q4"),
        ({"q1": "c1", "q2": ["c3"]}, "q1 q4"),  # a hidden question's answer shows nothing
        ({"q1": 5, "q2": None}, "q1 q4"),
    ],
)
def test_visible_questions_follow_the_chain(values: dict[str, Any], shown: str) -> None:
    assert [question.key for question in policy.visible_questions(CHAIN, values)] == shown.split()


@pytest.mark.parametrize("key", ["q9", "q2"])
def test_visible_questions_shows_one_whose_condition_asks_nothing_earlier(key: str) -> None:
    lost = PlainQuestion("long_text", "q1", show_if=only_if(key, "c1"))
    later = PlainQuestion("one_choice", "q2", settings=THREE)

    assert policy.visible_questions([lost, later], {}) == [lost, later]


def test_read_answers_reads_what_is_shown() -> None:
    posted = form(("q1", "c2"), ("q2", "c1"), ("q3", "Because"), ("q4", "Here"))

    answers = policy.read_answers(CHAIN, posted)

    assert answers.values == {"q1": "c2", "q2": ["c1"], "q3": "Because", "q4": "Here"}
    assert answers.errors == {}


def test_read_answers_never_reads_a_hidden_question() -> None:
    hidden = PlainQuestion("long_text", "q5", is_required=True, show_if=only_if("q1", "c3"))
    posted = form(("q1", "c1"), ("q2", "nonsense"), ("q3", "x" * 9999), ("q4", "Here"), ("q5", "x"))

    answers = policy.read_answers([*CHAIN, hidden], posted)

    assert answers.values == {"q1": "c1", "q4": "Here"}
    assert answers.errors == {}


def test_read_answers_asks_for_what_is_required() -> None:
    answers = policy.read_answers(CHAIN, form(("q4", "  ")))

    assert answers.values == {}
    assert answers.errors == {"q4": "We need an answer to this one. Write something here."}


def test_read_answers_asks_nothing_of_a_page_of_information() -> None:
    page = PlainQuestion("information", is_required=True)

    answers = policy.read_answers([page], form())

    assert answers == policy.Answers()


def test_read_answers_keeps_good_answers_beside_an_error() -> None:
    posted = form(("q1", "c7"), ("q2", "c1"), ("q4", "Here"))

    answers = policy.read_answers(CHAIN, posted)

    assert answers.values == {"q4": "Here"}
    assert list(answers.errors) == ["q1"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["q1", "q2", "q3", "q4", "q9"]),
            st.one_of(st.sampled_from(["c1", "c2", "c3"]), st.text()),
        )
    )
)
def test_read_answers_takes_any_form(pairs: list[tuple[str, str]]) -> None:
    answers = policy.read_answers(CHAIN, form(*pairs))

    shown = {question.key for question in policy.visible_questions(CHAIN, answers.values)}
    assert set(answers.values) | set(answers.errors) <= shown
    assert not set(answers.values) & set(answers.errors)


@pytest.mark.parametrize(
    ("question", "for_respondent", "for_author"),
    [
        (
            SECOND,
            "Only if you chose “Sometimes” above.",
            "Shown only if they chose “Sometimes” in question 1.",
        ),
        (
            PlainQuestion(key="q4", show_if=only_if("q1", "c3", "c1")),
            "Only if you chose “Always” or “Never” for “How often?”.",
            "Shown only if they chose “Always” or “Never” in question 1.",
        ),
    ],
)
def test_condition_in_words(question: PlainQuestion, for_respondent: str, for_author: str) -> None:
    questions = [q for q in (FIRST, SECOND, THIRD) if q.key < question.key] + [question]

    condition = policy.condition_of(question, questions)

    assert condition is not None
    assert condition.for_respondent == for_respondent
    assert condition.for_author == for_author


def test_condition_is_none_when_always_shown_or_lost() -> None:
    lost = PlainQuestion(key="q7", show_if=only_if("q9", "c1"))

    assert policy.condition_of(FIRST, CHAIN) is None
    assert policy.condition_of(lost, [*CHAIN, lost]) is None


@pytest.mark.parametrize(
    ("show_if", "problem"),
    [
        (None, None),
        (only_if("q1", "c1"), None),
        (only_if("q1", "c1", "c3"), None),
        (only_if("q2", "c1"), None),
        (only_if("q1"), "Tick at least one answer that shows this question."),
        (only_if("q1", "c9"), "Tick at least one answer that shows this question."),
        (only_if("q3", "c1"), "Choose an earlier question that has answers to choose from."),
        (only_if("q9", "c1"), "Choose an earlier question that has answers to choose from."),
    ],
)
def test_condition_problem(show_if: dict[str, Any] | None, problem: str | None) -> None:
    assert policy.condition_problem(show_if, [FIRST, SECOND, THIRD]) == problem


def test_conditions_offered_leaves_out_what_has_no_choices() -> None:
    ranking = PlainQuestion("ranking", "q5", settings=THREE)

    assert policy.conditions_offered([*CHAIN, ranking]) == [FIRST, SECOND]


def test_dependents_are_named() -> None:
    assert policy.dependents("q1", CHAIN) == [SECOND]
    assert policy.dependents("q3", CHAIN) == []


@pytest.mark.parametrize(
    ("order", "wrong"),
    [
        ([FIRST, SECOND, THIRD, LAST], None),
        ([LAST, FIRST, SECOND, THIRD], None),
        ([SECOND, FIRST, THIRD, LAST], SECOND),
        ([FIRST, THIRD, SECOND, LAST], THIRD),
        ([], None),
    ],
)
def test_misplaced(order: list[PlainQuestion], wrong: PlainQuestion | None) -> None:
    assert policy.misplaced(order) == wrong


@pytest.mark.parametrize(
    ("keys", "key"),
    [([], "q1"), (["q1"], "q2"), (["q3", "q1"], "q4"), (["q9", "q10"], "q11"), (["odd"], "q1")],
)
def test_next_key(keys: list[str], key: str) -> None:
    assert policy.next_key(keys) == key


def test_survey_problems_name_the_question() -> None:
    bare = PlainQuestion("one_choice", "q5", text="")

    assert policy.survey_problems([*CHAIN, bare]) == [
        policy.QuestionProblem("q5", 5, "It has no words yet."),
        policy.QuestionProblem("q5", 5, "It needs at least 2 choices."),
    ]


@pytest.mark.parametrize(
    ("questions", "asks"),
    [
        ([], False),
        ([PlainQuestion("information")], False),
        ([PlainQuestion("information"), LAST], True),
    ],
)
def test_asks_something(questions: list[PlainQuestion], asks: bool) -> None:
    assert policy.asks_something(questions) is asks
