"""Reading themes, what is left to hear, and the table."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import TODAY
from tracker.errors import NotFound
from tracker.responses.models import SetAsideReason, SurveyResponse
from tracker.surveys.models import Question, Survey
from tracker.themes.queries import (
    PAGE_SIZE,
    Sought,
    coverage_of,
    heard_or_404,
    next_unheard,
    responses_of_theme,
    table_of,
    theme_or_404,
    themes_named,
    themes_of,
)


@pytest.fixture
def survey(session: Session) -> Survey:
    return make.make_survey(session, make.make_closed_consultation(session))


@pytest.fixture
def question(session: Session, survey: Survey) -> Question:
    return make.make_question(session, survey)


def aside(
    session: Session, survey: Survey, reason: SetAsideReason = SetAsideReason.BLANK
) -> SurveyResponse:
    return make.make_response(session, survey, set_aside=reason, set_aside_on=TODAY)


def numbered(session: Session, survey: Survey, number: int) -> SurveyResponse:
    return make.make_response(session, survey, id=UUID(int=number))


def test_theme_or_404_refuses_what_is_not_there(session: Session) -> None:
    with pytest.raises(NotFound, match="merged"):
        theme_or_404(session, 4711)


def test_themes_of_counts_what_is_not_set_aside(session: Session, survey: Survey) -> None:
    second = make.make_theme(session, survey.consultation, position=1)
    first = make.make_theme(session, survey.consultation, position=0)
    for response in (make.make_response(session, survey), aside(session, survey)):
        make.make_coding(session, response, second)
    rows = themes_of(session, survey.consultation_id)
    assert [(row.theme, row.responses) for row in rows] == [(first, 0), (second, 1)]


def test_themes_named_leaves_out_other_consultations(session: Session, survey: Survey) -> None:
    own = make.make_theme(session, survey.consultation)
    stray = make.make_theme(session, make.make_closed_consultation(session))
    assert themes_named(session, survey.consultation_id, [stray.id, own.id, 4711]) == [own]


def test_responses_of_theme_tells_what_would_be_unheard(session: Session, survey: Survey) -> None:
    theme, other = (make.make_theme(session, survey.consultation) for _ in range(2))
    alone, both = (make.make_response(session, survey) for _ in range(2))
    for response, coded in ((alone, theme), (both, theme), (both, other)):
        make.make_coding(session, response, coded)
    make.make_coding(session, aside(session, survey), theme)
    carried = responses_of_theme(session, theme.id)
    assert (carried.carried, carried.only_here) == (2, 1)


def test_coverage_leaves_out_what_is_set_aside(session: Session, survey: Survey) -> None:
    themes = [make.make_theme(session, survey.consultation) for _ in range(2)]
    heard = make.make_response(session, survey)
    for theme in themes:
        make.make_coding(session, heard, theme)
    make.make_coding(session, aside(session, survey), themes[0])
    make.make_response(session, survey)
    coverage = coverage_of(session, survey.consultation_id)
    assert (coverage.heard, coverage.to_hear, coverage.set_aside, coverage.left) == (1, 2, 1, 1)


def test_coverage_of_nothing_is_nothing(session: Session, survey: Survey) -> None:
    coverage = coverage_of(session, survey.consultation_id)
    assert (coverage.heard, coverage.to_hear, coverage.set_aside) == (0, 0, 0)


def test_next_unheard_goes_on_and_then_starts_again(session: Session, survey: Survey) -> None:
    first, second, third = (numbered(session, survey, number) for number in (1, 2, 3))
    consultation_id = survey.consultation_id
    assert next_unheard(session, consultation_id) == first.id
    assert next_unheard(session, consultation_id, first.id) == second.id
    assert next_unheard(session, consultation_id, third.id) == first.id


def test_next_unheard_passes_over_the_heard_and_the_set_aside(
    session: Session, survey: Survey
) -> None:
    theme = make.make_theme(session, survey.consultation)
    make.make_coding(session, numbered(session, survey, 1), theme)
    make.make_response(
        session,
        survey,
        id=UUID(int=2),
        set_aside=SetAsideReason.SAFEGUARDING,
        set_aside_on=TODAY,
    )
    assert next_unheard(session, survey.consultation_id) is None


def test_heard_or_404_tells_words_themes_and_neighbours(
    session: Session, survey: Survey, question: Question
) -> None:
    before, beyond = numbered(session, survey, 1), numbered(session, survey, 3)
    response = make.make_response(
        session, survey, id=UUID(int=2), answers={question: "A later bus"}
    )
    theme = make.make_theme(session, survey.consultation)
    make.make_coding(session, response, theme)
    heard = heard_or_404(session, survey.consultation_id, response.id)
    assert [(said.question, said.answer) for said in heard.said] == [
        ("What could be better?", "A later bus")
    ]
    assert heard.theme_ids == {theme.id}
    assert (heard.previous_id, heard.next_id) == (before.id, beyond.id)


def test_heard_or_404_refuses_strangers_and_the_set_aside(session: Session, survey: Survey) -> None:
    elsewhere = make.make_response(
        session, make.make_survey(session, make.make_closed_consultation(session))
    )
    worry = aside(session, survey, SetAsideReason.SAFEGUARDING)
    for response_id in (uuid4(), elsewhere.id, worry.id):
        with pytest.raises(NotFound):
            heard_or_404(session, survey.consultation_id, response_id)


def test_table_shows_words_and_themes_of_all_that_is_not_set_aside(
    session: Session, survey: Survey, question: Question
) -> None:
    response = make.make_response(session, survey, answers={question: "A later bus"})
    theme = make.make_theme(session, survey.consultation)
    make.make_coding(session, response, theme)
    aside(session, survey, SetAsideReason.SAFEGUARDING)
    page = table_of(session, survey.consultation_id, Sought())
    assert (page.total, page.page, page.pages) == (1, 1, 1)
    [row] = page.rows
    assert (row.id, row.said[0].answer) == (response.id, "A later bus")
    assert row.theme_ids == {theme.id}


def test_table_seeks_by_theme_and_by_unheard(session: Session, survey: Survey) -> None:
    theme = make.make_theme(session, survey.consultation)
    heard, unheard = (make.make_response(session, survey) for _ in range(2))
    make.make_coding(session, heard, theme)
    by_theme = table_of(session, survey.consultation_id, Sought(theme_id=theme.id))
    by_unheard = table_of(session, survey.consultation_id, Sought(is_unheard=True))
    assert [row.id for row in by_theme.rows] == [heard.id]
    assert [row.id for row in by_unheard.rows] == [unheard.id]


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("later", True),
        ("LATER BUS", True),
        ("café", True),
        ("CAFÉ", True),
        ('"or so"', True),
        ("100%", True),
        ("1%0", False),
        ("bus_stop", False),
        ("train", False),
    ],
)
def test_table_seeks_words_in_written_answers(
    session: Session, survey: Survey, question: Question, text: str, is_found: bool
) -> None:
    make.make_response(
        session, survey, answers={question: 'A later bus to the café, "or so", 100% sure'}
    )
    page = table_of(session, survey.consultation_id, Sought(text=text))
    assert (page.total == 1) is is_found


def test_table_does_not_seek_in_the_keys_of_choices(session: Session, survey: Survey) -> None:
    chosen = make.make_question(
        session,
        survey,
        kind="one_choice",
        settings={"choices": [{"key": "later", "text": "Sooner"}]},
    )
    make.make_response(session, survey, answers={chosen: "later"})
    assert table_of(session, survey.consultation_id, Sought(text="later")).total == 0


def test_table_turns_pages_and_stays_within_them(session: Session, survey: Survey) -> None:
    for number in range(PAGE_SIZE + 1):
        numbered(session, survey, number + 1)
    pages = [table_of(session, survey.consultation_id, Sought(page=page)) for page in (0, 1, 2, 99)]
    assert [(page.page, len(page.rows)) for page in pages] == [(1, 50), (1, 50), (2, 1), (2, 1)]
    assert pages[3].rows[0].id == UUID(int=PAGE_SIZE + 1)


def test_table_knows_when_everything_is_sought() -> None:
    assert Sought(page=2).is_everything
    assert not Sought(text="bus").is_everything
