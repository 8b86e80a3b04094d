import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW
from tracker.errors import NotFound
from tracker.surveys import queries


def test_survey_or_404_finds_or_refuses(session: Session) -> None:
    survey = make.make_survey(session, make.make_consultation(session))

    assert queries.survey_or_404(session, survey.id) is survey
    with pytest.raises(NotFound, match="no such survey"):
        queries.survey_or_404(session, survey.id + 1)


def test_question_or_404_finds_or_refuses(session: Session) -> None:
    survey = make.make_survey(session, make.make_consultation(session))
    question = make.make_question(session, survey)

    assert queries.question_or_404(session, question.id) is question
    with pytest.raises(NotFound, match="no such question"):
        queries.question_or_404(session, question.id + 1)


@pytest.mark.parametrize("typed", ["cdf234", "CDF234", " Cdf234 "])
def test_survey_by_code_takes_capitals_and_spaces(session: Session, typed: str) -> None:
    survey = make.make_survey(session, make.make_consultation(session), code="cdf234")

    assert queries.survey_by_code(session, typed) is survey


@pytest.mark.parametrize("typed", ["", "cdf23", "cdf235", "سلام", "x" * 5000, "%", "' or 1=1"])
def test_survey_by_code_finds_nothing_for_a_wrong_one(session: Session, typed: str) -> None:
    make.make_survey(session, make.make_consultation(session), code="cdf234")

    assert queries.survey_by_code(session, typed) is None


def test_surveys_of_are_in_order_and_of_this_consultation_alone(session: Session) -> None:
    consultation = make.make_consultation(session)
    second = make.make_survey(session, consultation, position=1)
    first = make.make_survey(session, consultation, position=0)
    make.make_survey(session, make.make_consultation(session))

    assert queries.surveys_of(session, consultation.id) == [first, second]


def test_drafts_leave_out_what_has_opened_or_was_withdrawn(session: Session) -> None:
    second = make.make_consultation(session, title="B")
    first = make.make_consultation(session, title="A")
    make.make_open_consultation(session)
    make.make_closed_consultation(session)
    make.make_consultation(session, withdrawn_at=NOW, withdrawn_reason="Not now")

    assert queries.drafts(session) == [first, second]
