"""Pages about one question."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories as make
from tests.surveys.asked import choices
from tests.surveys.rows import texts
from tracker.surveys.models import Question, Survey
from tracker.surveys.question_types import QUESTION_TYPES


@pytest.mark.parametrize("kind", QUESTION_TYPES)
def test_add_question_shows_the_form_of_every_kind(
    owner: FlaskClient, survey: Survey, kind: str
) -> None:
    page = owner.get(f"/staff/surveys/{survey.id}/questions/new/{kind}").text

    assert QUESTION_TYPES[kind].label in page
    for setting in QUESTION_TYPES[kind].setting_inputs:
        assert setting.label in page
    assert "Only for some answers to “How often?”" in page


TYPED: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "long_text": ({}, {}),
    "short_text": ({}, {}),
    "one_choice": ({"setting_choices": "A\r\nB"}, choices("A", "B")),
    "several_choices": (
        {"setting_choices": "A\r\nB", "setting_at_most": "1"},
        choices("A", "B", at_most=1),
    ),
    "scale": (
        {"setting_choices": "A\r\nB\r\nC", "setting_look": "words"},
        choices("A", "B", "C", look="words"),
    ),
    "yes_no": ({"setting_not_sure": "y"}, {"not_sure": True}),
    "ranking": ({"setting_choices": "A\r\nB"}, choices("A", "B")),
    "number": (
        {"setting_smallest": "1", "setting_largest": "9"},
        {"smallest": 1, "largest": 9, "has_decimals": False},
    ),
    "information": ({"setting_body": "Words"}, {"body": "Words"}),
}


@pytest.mark.parametrize("kind", QUESTION_TYPES)
def test_add_question_of_every_kind(
    session: Session, owner: FlaskClient, survey: Survey, kind: str
) -> None:
    typed, settings = TYPED[kind]
    posted = typed | {"text": " What \r\n now? ", "hint": "Think", "show_if": "always"}

    answer = owner.post(f"/staff/surveys/{survey.id}/questions/new/{kind}", data=posted)

    added = session.query(Question).filter_by(key="q4").one()
    assert answer.headers["Location"] == f"/staff/surveys/{survey.id}#question-{added.id}"
    assert (added.kind, added.text, added.settings) == (kind, "What now?", settings)
    assert added.hint == ("Think" if QUESTION_TYPES[kind].asks else "")
    assert added.show_if is None and not added.is_required


def test_add_question_shown_for_some_answers(
    session: Session, owner: FlaskClient, survey: Survey
) -> None:
    posted = {
        "text": "Why?",
        "is_required": "y",
        "show_if": "q1",
        "answers": ["q1:c3", "q1:c1"],
    }

    owner.post(f"/staff/surveys/{survey.id}/questions/new/long_text", data=posted)

    added = session.query(Question).filter_by(key="q4").one()
    assert added.is_required
    assert added.show_if is not None and added.show_if["question"] == "q1"
    assert set(added.show_if["any_of"]) == {"c1", "c3"}


@pytest.mark.parametrize(
    ("kind", "changed", "message"),
    [
        ("long_text", {"text": ""}, "Write the question."),
        ("long_text", {"text": " \t "}, "Write the question."),
        ("long_text", {"text": "x" * 301}, "300 characters at most"),
        ("long_text", {"hint": "x" * 301}, "300 characters at most"),
        ("long_text", {"show_if": "q1"}, "Tick at least one answer"),
        ("long_text", {"show_if": "q2", "answers": "q2:c1"}, "Choose from the list."),
        ("long_text", {"show_if": "q1", "answers": "q1:c9"}, "Tick at least one answer"),
        ("long_text", {"show_if": "q1", "answers": "zebra"}, "Tick at least one answer"),
        ("long_text", {"show_if": ""}, "Choose from the list."),
        ("one_choice", {"setting_choices": "Only one"}, "There are 1 now."),
        ("scale", {"setting_look": "stars"}, "Choose from the list."),
        ("number", {"setting_largest": "lots"}, "Write a number"),
    ],
)
def test_add_question_explains_and_keeps_what_was_typed(
    session: Session,
    owner: FlaskClient,
    survey: Survey,
    kind: str,
    changed: dict[str, str],
    message: str,
) -> None:
    posted = TYPED[kind][0] | {"text": "A fine question", "show_if": "always"} | changed

    answer = owner.post(f"/staff/surveys/{survey.id}/questions/new/{kind}", data=posted)

    assert answer.status_code == 200
    assert "There is a problem" in answer.text and message in answer.text
    assert posted["text"].strip() in answer.text
    assert len(texts(session, survey)) == 3


def test_add_question_explains_all_that_is_wrong_at_once(
    owner: FlaskClient, survey: Survey
) -> None:
    answer = owner.post(
        f"/staff/surveys/{survey.id}/questions/new/one_choice",
        data={"text": "", "setting_choices": "One", "show_if": "q1"},
    )

    for message in ("Write the question.", "There are 1 now.", "Tick at least one answer"):
        assert message in answer.text


def test_add_question_of_no_kind_is_not_found(owner: FlaskClient, survey: Survey) -> None:
    answer = owner.get(f"/staff/surveys/{survey.id}/questions/new/essay")

    assert answer.status_code == 404
    assert "no such kind of question" in answer.text


def test_add_question_to_a_full_survey_is_refused(
    session: Session, owner: FlaskClient, survey: Survey
) -> None:
    for _ in range(57):
        make.make_question(session, survey)

    answer = owner.post(
        f"/staff/surveys/{survey.id}/questions/new/long_text",
        data={"text": "One more", "show_if": "always"},
    )

    assert answer.status_code == 409 and "60 questions at most" in answer.text


def test_add_question_takes_words_of_every_script(
    session: Session, owner: FlaskClient, survey: Survey
) -> None:
    posted = {
        "text": "كم مرة؟ <b>&\x00",
        "setting_choices": "دائما\n👩‍👩‍👧\nŻółw",
        "show_if": "always",
    }

    owner.post(f"/staff/surveys/{survey.id}/questions/new/one_choice", data=posted)

    added = session.query(Question).filter_by(key="q4").one()
    assert added.text == "كم مرة؟ <b>&"
    assert added.settings == choices("دائما", "👩‍👩‍👧", "Żółw")
    assert "&lt;b&gt;&amp;" in owner.get(f"/staff/surveys/{survey.id}").text


def test_edit_question_shows_what_it_has(owner: FlaskClient, survey: Survey) -> None:
    page = owner.get(f"/staff/questions/{survey.questions[1].id}").text

    assert "Why not?" in page
    assert 'value="q1" checked' in page
    assert 'value="q1:c2" checked' in page and 'value="q1:c1">' in page


def test_edit_question_keeps_keys_of_edited_choices(
    session: Session, owner: FlaskClient, survey: Survey
) -> None:
    first = survey.questions[0]

    answer = owner.post(
        f"/staff/questions/{first.id}",
        data={
            "text": "How often now?",
            "setting_choices": "Always\nNow and then\nNever\nToo often",
            "show_if": "always",
        },
        follow_redirects=True,
    )

    assert "The question is changed." in answer.text
    session.expire_all()
    assert first.text == "How often now?"
    assert first.settings == choices("Always", "Now and then", "Never", "Too often")
    assert "Shown only if they chose “Now and then” in question 1." in answer.text


def test_edit_question_keeps_a_choice_that_shows_another(
    session: Session, owner: FlaskClient, survey: Survey
) -> None:
    first = survey.questions[0]

    answer = owner.post(
        f"/staff/questions/{first.id}",
        data={"text": "Changed", "setting_choices": "Always\nNever", "show_if": "always"},
    )

    assert "“Sometimes” shows the question “Why not?”" in answer.text
    assert "Changed" in answer.text
    assert texts(session, survey)[0] == "How often?"


def test_copy_question(session: Session, owner: FlaskClient, survey: Survey) -> None:
    answer = owner.post(f"/staff/questions/{survey.questions[0].id}/copy", follow_redirects=True)

    assert "The copy stands right below." in answer.text
    assert texts(session, survey) == ["How often?", "How often?", "Why not?", "Anything else?"]


@pytest.mark.parametrize(
    ("place", "steps", "button", "message"),
    [
        (2, "-1", "up", "That is question 2 of 3 now."),
        (1, "1", "up", "That is question 3 of 3 now."),
        (0, "-1", "down", "That is question 1 of 3 now."),
    ],
)
def test_move_question_puts_the_focus_back(
    owner: FlaskClient, survey: Survey, place: int, steps: str, button: str, message: str
) -> None:
    question_id = survey.questions[place].id

    answer = owner.post(f"/staff/questions/{question_id}/move", data={"steps": steps})

    assert answer.headers["Location"].endswith(f"#{button}-{question_id}")
    page = owner.get(f"/staff/surveys/{survey.id}").text
    assert message in page
    assert f'id="{button}-{question_id}"' in page


def test_move_question_says_what_depends_on_it(
    session: Session, owner: FlaskClient, survey: Survey
) -> None:
    question = survey.questions[0]

    answer = owner.post(
        f"/staff/questions/{question.id}/move", data={"steps": "1"}, follow_redirects=True
    )

    assert "“Why not?” depends on an answer that is asked before it" in answer.text
    assert texts(session, survey) == ["How often?", "Why not?", "Anything else?"]


@pytest.mark.parametrize("steps", ["", "0", "2", "up", str(2**70)])
def test_move_question_nowhere_is_refused(
    session: Session, owner: FlaskClient, survey: Survey, steps: str
) -> None:
    answer = owner.post(f"/staff/questions/{survey.questions[0].id}/move", data={"steps": steps})

    assert answer.status_code == 400
    assert texts(session, survey) == ["How often?", "Why not?", "Anything else?"]


def test_delete_question_asks_first(session: Session, owner: FlaskClient, survey: Survey) -> None:
    question_id = survey.questions[2].id
    assert (
        "“Anything else?” goes for good."
        in owner.get(f"/staff/questions/{question_id}/delete").text
    )

    answer = owner.post(f"/staff/questions/{question_id}/delete", follow_redirects=True)

    assert "The question is deleted." in answer.text
    assert texts(session, survey) == ["How often?", "Why not?"]


def test_delete_question_says_what_depends_on_it(
    session: Session, owner: FlaskClient, survey: Survey
) -> None:
    answer = owner.post(f"/staff/questions/{survey.questions[0].id}/delete", follow_redirects=True)

    assert "“Why not?” depends on the answer to this question" in answer.text
    assert len(texts(session, survey)) == 3
