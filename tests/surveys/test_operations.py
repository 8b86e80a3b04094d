from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW
from tests.surveys.asked import THREE, choices, only_if
from tracker.consultations.models import Consultation
from tracker.consultations.queries import events_of
from tracker.surveys import operations, policy
from tracker.surveys.models import Question, Survey
from tracker.surveys.operations import BadCondition, QuestionInUse, SurveyLocked, TooMany
from tracker.surveys.policy import QuestionDraft


@pytest.fixture
def person_id(session: Session) -> int:
    return make.make_person(session).id


@pytest.fixture
def survey(session: Session) -> Survey:
    """A draft's survey: a choice, a question that depends on it, and one that doesn't."""
    survey = make.make_survey(session, make.make_consultation(session), title="Our centre")
    make.make_question(session, survey, kind="one_choice", text="How often?", settings=THREE)
    make.make_question(session, survey, text="Why not?", show_if=only_if("q1", "c2"))
    make.make_question(session, survey, text="Anything else?")
    return survey


def texts(survey: Survey) -> list[str]:
    return [question.text for question in survey.questions]


def events(session: Session, consultation: Consultation) -> list[tuple[str, str, int | None]]:
    return [(e.kind, e.detail, e.person_id) for e in events_of(session, consultation.id)]


def test_add_survey_gives_it_a_code_and_a_place(session: Session, person_id: int) -> None:
    consultation = make.make_consultation(session)

    first = operations.add_survey(session, consultation, "One", person_id=person_id, now=NOW)
    second = operations.add_survey(session, consultation, "Two", person_id=person_id, now=NOW)

    assert (first.title, first.position, second.position) == ("One", 0, 1)
    assert first.code != second.code
    assert events(session, consultation) == [
        ("survey_changed", "One", person_id),
        ("survey_changed", "Two", person_id),
    ]


def test_add_survey_stops_at_the_most_there_can_be(session: Session, person_id: int) -> None:
    consultation = make.make_consultation(session)
    for _ in range(policy.MOST_SURVEYS):
        make.make_survey(session, consultation)

    with pytest.raises(TooMany, match="20 surveys at most"):
        operations.add_survey(session, consultation, "More", person_id=person_id, now=NOW)


def test_copy_survey_keeps_keys_and_conditions(session: Session, survey: Survey) -> None:
    other = make.make_consultation(session)

    copied = operations.copy_survey(session, survey, to_consultation=other, now=NOW)
    session.expire_all()

    assert copied.consultation is other
    assert copied.title == "Our centre" and copied.code != survey.code
    assert [(q.key, q.kind, q.text, q.settings, q.show_if) for q in copied.questions] == [
        (q.key, q.kind, q.text, q.settings, q.show_if) for q in survey.questions
    ]
    assert not {q.id for q in copied.questions} & {q.id for q in survey.questions}
    assert events(session, other) == []


def test_copy_survey_beside_itself_says_so_and_is_noted(
    session: Session, survey: Survey, person_id: int
) -> None:
    survey.title = "x" * 160

    copied = operations.copy_survey(
        session, survey, to_consultation=survey.consultation, now=NOW, person_id=person_id
    )

    assert copied.title == "x" * 153 + " (copy)"
    assert copied.position == 1
    assert events(session, survey.consultation) == [("survey_changed", copied.title, person_id)]


def test_copy_survey_of_an_opened_consultation_goes_to_a_draft(session: Session) -> None:
    survey = make.make_survey(session, make.make_open_consultation(session))
    make.make_question(session, survey)
    draft = make.make_consultation(session)

    copied = operations.copy_survey(session, survey, to_consultation=draft, now=NOW)

    assert texts(copied) == texts(survey)


def test_rename_survey(session: Session, survey: Survey, person_id: int) -> None:
    operations.rename_survey(session, survey, "Your centre", person_id=person_id, now=NOW)

    session.expire_all()
    assert survey.title == "Your centre"


def test_delete_survey_takes_its_questions_along(
    session: Session, survey: Survey, person_id: int
) -> None:
    consultation = survey.consultation

    operations.delete_survey(session, survey, person_id=person_id, now=NOW)

    assert session.query(Survey).count() == session.query(Question).count() == 0
    assert events(session, consultation) == [("survey_changed", "Our centre", person_id)]


def test_add_question_puts_it_last_with_a_new_key(
    session: Session, survey: Survey, person_id: int
) -> None:
    draft = QuestionDraft("Where?", "In town", True, {}, only_if("q1", "c1"))

    added = operations.add_question(
        session, survey, "short_text", draft, person_id=person_id, now=NOW
    )
    session.expire_all()

    assert texts(survey) == ["How often?", "Why not?", "Anything else?", "Where?"]
    assert (added.key, added.position, added.kind) == ("q4", 3, "short_text")
    assert (added.hint, added.is_required, added.show_if) == ("In town", True, only_if("q1", "c1"))


def test_add_question_never_requires_a_page_of_information(
    session: Session, survey: Survey, person_id: int
) -> None:
    draft = QuestionDraft("Read this", is_required=True, settings={"body": "Words"})

    added = operations.add_question(
        session, survey, "information", draft, person_id=person_id, now=NOW
    )

    assert added.is_required is False


def test_add_question_refuses_a_condition_on_no_earlier_choice(
    session: Session, survey: Survey, person_id: int
) -> None:
    draft = QuestionDraft("Where?", show_if=only_if("q3", "c1"))

    with pytest.raises(BadCondition, match="Choose an earlier question"):
        operations.add_question(session, survey, "long_text", draft, person_id=person_id, now=NOW)


@pytest.mark.parametrize("act", ["add_question", "copy_question"])
def test_a_survey_stops_at_the_most_questions(
    session: Session, survey: Survey, person_id: int, act: str
) -> None:
    for _ in range(policy.MOST_QUESTIONS - 3):
        make.make_question(session, survey)

    with pytest.raises(TooMany, match="60 questions at most"):
        ACTS[act](session, survey, {"person_id": person_id, "now": NOW})


def test_edit_question_changes_it(session: Session, survey: Survey, person_id: int) -> None:
    draft = QuestionDraft("How often now?", "Think", True, choices("Ever", "Sometimes", "Never"))

    operations.edit_question(session, survey.questions[0], draft, person_id=person_id, now=NOW)
    session.expire_all()

    first = survey.questions[0]
    assert (first.text, first.hint, first.is_required) == ("How often now?", "Think", True)
    assert first.settings == choices("Ever", "Sometimes", "Never")


def test_edit_question_refuses_to_depend_on_itself_or_later(
    session: Session, survey: Survey, person_id: int
) -> None:
    draft = QuestionDraft("How often?", settings=THREE, show_if=only_if("q1", "c1"))

    with pytest.raises(BadCondition):
        operations.edit_question(session, survey.questions[0], draft, person_id=person_id, now=NOW)


def test_edit_question_keeps_a_choice_that_shows_another(
    session: Session, survey: Survey, person_id: int
) -> None:
    without = [each for each in THREE["choices"] if each["key"] != "c2"]
    draft = QuestionDraft("How often?", settings={"choices": without})

    with pytest.raises(QuestionInUse, match="“Sometimes” shows the question “Why not\\?”"):
        operations.edit_question(session, survey.questions[0], draft, person_id=person_id, now=NOW)

    assert survey.questions[0].settings == THREE


def test_edit_question_lets_go_of_a_choice_that_shows_nothing(
    session: Session, survey: Survey, person_id: int
) -> None:
    draft = QuestionDraft("How often?", settings={"choices": THREE["choices"][:2]})

    operations.edit_question(session, survey.questions[0], draft, person_id=person_id, now=NOW)

    assert survey.questions[0].settings == choices("Always", "Sometimes")


def test_copy_question_stands_right_behind_with_a_new_key(
    session: Session, survey: Survey, person_id: int
) -> None:
    copied = operations.copy_question(session, survey.questions[1], person_id=person_id, now=NOW)

    assert texts(survey) == ["How often?", "Why not?", "Why not?", "Anything else?"]
    assert survey.questions[2] is copied
    assert copied.key == "q4" and copied.show_if == only_if("q1", "c2")
    assert [q.position for q in survey.questions] == [0, 1, 2, 3]


def test_delete_question_closes_the_gap(session: Session, survey: Survey, person_id: int) -> None:
    operations.delete_question(session, survey.questions[1], person_id=person_id, now=NOW)
    session.expire_all()

    assert texts(survey) == ["How often?", "Anything else?"]
    assert [q.position for q in survey.questions] == [0, 1]


def test_delete_question_refuses_when_another_depends_on_it(
    session: Session, survey: Survey, person_id: int
) -> None:
    with pytest.raises(QuestionInUse, match="“Why not\\?” depends on the answer"):
        operations.delete_question(session, survey.questions[0], person_id=person_id, now=NOW)

    make.make_question(session, survey, text="y" * 100, show_if=only_if("q1", "c3"))
    with pytest.raises(QuestionInUse, match=r"“Why not\?” and “y{59}…” depend on"):
        operations.delete_question(session, survey.questions[0], person_id=person_id, now=NOW)

    assert len(survey.questions) == 4


@pytest.mark.parametrize(
    ("place", "steps", "after"),
    [
        (2, -1, ["How often?", "Anything else?", "Why not?"]),
        (1, 1, ["How often?", "Anything else?", "Why not?"]),
        (2, -2, ["Anything else?", "How often?", "Why not?"]),
        (0, -1, ["How often?", "Why not?", "Anything else?"]),
        (2, 1, ["How often?", "Why not?", "Anything else?"]),
    ],
)
def test_move_question(
    session: Session, survey: Survey, person_id: int, place: int, steps: int, after: list[str]
) -> None:
    operations.move_question(
        session, survey.questions[place], steps=steps, person_id=person_id, now=NOW
    )

    assert texts(survey) == after
    assert [q.position for q in survey.questions] == [0, 1, 2]


@pytest.mark.parametrize(("place", "steps"), [(0, 1), (1, -1)])
def test_move_question_keeps_an_answer_before_what_depends_on_it(
    session: Session, survey: Survey, person_id: int, place: int, steps: int
) -> None:
    with pytest.raises(QuestionInUse, match="“Why not\\?” depends on an answer"):
        operations.move_question(
            session, survey.questions[place], steps=steps, person_id=person_id, now=NOW
        )

    assert texts(survey) == ["How often?", "Why not?", "Anything else?"]


Act = Callable[[Session, Survey, dict[str, Any]], object]

ACTS: dict[str, Act] = {
    "add_survey": lambda s, x, by: operations.add_survey(s, x.consultation, "New", **by),
    "copy_survey": lambda s, x, by: operations.copy_survey(
        s, x, to_consultation=x.consultation, **by
    ),
    "rename_survey": lambda s, x, by: operations.rename_survey(s, x, "New", **by),
    "delete_survey": lambda s, x, by: operations.delete_survey(s, x, **by),
    "add_question": lambda s, x, by: operations.add_question(
        s, x, "long_text", QuestionDraft("New"), **by
    ),
    "edit_question": lambda s, x, by: operations.edit_question(
        s, x.questions[2], QuestionDraft("New"), **by
    ),
    "copy_question": lambda s, x, by: operations.copy_question(s, x.questions[2], **by),
    "delete_question": lambda s, x, by: operations.delete_question(s, x.questions[2], **by),
    "move_question": lambda s, x, by: operations.move_question(s, x.questions[2], steps=-1, **by),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", ["open", "closed", "withdrawn"])
def test_nothing_changes_once_the_consultation_has_opened(
    session: Session, survey: Survey, person_id: int, act: str, state: str
) -> None:
    consultation = survey.consultation
    if state == "withdrawn":
        consultation.withdrawn_at, consultation.withdrawn_reason = NOW, "Not now"
    else:
        consultation.opened_at = NOW
        consultation.closed_at = NOW if state == "closed" else None
    session.flush()

    with pytest.raises(SurveyLocked, match="copy the survey to a new consultation"):
        ACTS[act](session, survey, {"person_id": person_id, "now": NOW})

    session.expire_all()
    assert texts(survey) == ["How often?", "Why not?", "Anything else?"]
    assert survey.title == "Our centre"
    assert events(session, consultation) == []


@pytest.mark.parametrize(
    ("later", "lines"),
    [(timedelta(minutes=59, seconds=59), 1), (timedelta(hours=1), 2)],
)
def test_an_hour_of_building_leaves_one_line(
    session: Session, survey: Survey, person_id: int, later: timedelta, lines: int
) -> None:
    question = survey.questions[2]
    for moment in (NOW, NOW + later):
        operations.move_question(session, question, steps=-1, person_id=person_id, now=moment)

    assert len(events(session, survey.consultation)) == lines


def test_another_person_leaves_a_line_of_their_own(
    session: Session, survey: Survey, person_id: int
) -> None:
    other = make.make_person(session).id
    question = survey.questions[2]

    for each in (person_id, other):
        operations.move_question(session, question, steps=-1, person_id=each, now=NOW)

    assert [event[2] for event in events(session, survey.consultation)] == [person_id, other]
