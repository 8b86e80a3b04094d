from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Table, event
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import TODAY
from tracker.errors import NotFound
from tracker.responses.models import Answer, SetAsideReason, Source, SurveyResponse
from tracker.responses.policy import receipt_hash
from tracker.responses.queries import (
    PAGE_SIZE,
    Show,
    inbox,
    inbox_counts,
    response_by_receipt,
    response_by_submission,
    response_or_404,
    responses_among,
    said_by,
    said_to_lead,
)
from tracker.surveys.models import Question, Survey

KEY = "a key for receipts"
ASIDE = {"set_aside_on": TODAY}
WORRY = ASIDE | {"set_aside": SetAsideReason.SAFEGUARDING}
SPAM = ASIDE | {"set_aside": SetAsideReason.SPAM}


@pytest.fixture
def survey(session: Session) -> Survey:
    make.make_organisation(session)
    return make.make_survey(session, make.make_open_consultation(session))


@pytest.fixture
def question(session: Session, survey: Survey) -> Question:
    return make.make_question(session, survey, text="What could be better?")


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def test_response_by_receipt_forgives_capitals_and_a_slip(session: Session, survey: Survey) -> None:
    hashed = receipt_hash("maple otter lantern seven", KEY)
    response = make.make_response(session, survey, receipt_hash=hashed)

    assert response_by_receipt(session, "Maple-Oter-Lantern-Seven", KEY) is response
    assert response_by_receipt(session, "maple otter lantern eleven", KEY) is None
    assert response_by_receipt(session, "maple", KEY) is None


def test_response_by_receipt_finds_what_an_earlier_key_gave(
    session: Session, survey: Survey
) -> None:
    hashed = receipt_hash("maple otter lantern seven", "the key of last year")
    response = make.make_response(session, survey, receipt_hash=hashed)
    words = "maple otter lantern seven"

    assert response_by_receipt(session, words, KEY) is None
    assert response_by_receipt(session, words, KEY, "the key of last year") is response


def test_response_by_submission_finds_it_or_none(session: Session, survey: Survey) -> None:
    response = make.make_response(session, survey)

    assert response_by_submission(session, response.submission_id) is response
    assert response_by_submission(session, uuid4()) is None


def test_response_or_404_refuses_an_unknown_id(session: Session, survey: Survey) -> None:
    response = make.make_response(session, survey)

    assert response_or_404(session, response.id) is response
    with pytest.raises(NotFound, match="no such answer"):
        response_or_404(session, uuid4())


def test_responses_among_leaves_out_those_of_another_consultation(
    session: Session, survey: Survey
) -> None:
    mine = make.make_response(session, survey)
    other_survey = make.make_survey(session, make.make_open_consultation(session))
    theirs = make.make_response(session, other_survey)

    found = responses_among(session, survey.consultation_id, [mine.id, theirs.id, uuid4()])

    assert found == [mine]


def test_inbox_shows_answers_in_words_in_the_survey_order(
    session: Session, survey: Survey, question: Question
) -> None:
    later = make.make_question(session, survey, kind="yes_no", text="Would you come?")
    make.make_response(session, survey, answers={later: "yes", question: "Longer hours"})

    row = inbox(session, survey.consultation_id).rows[0]

    assert [(s.question, s.answer) for s in row.said] == [
        ("What could be better?", "Longer hours"),
        ("Would you come?", "Yes"),
    ]


def test_inbox_puts_the_newest_day_first_and_tells_no_finer_order(
    session: Session, survey: Survey
) -> None:
    ids = sorted(uuid4() for _ in range(4))
    # Stored in another order than that of their ids.
    for i in (2, 0, 3, 1):
        day = TODAY if i in (1, 2) else TODAY - timedelta(days=1)
        make.make_response(session, survey, id=ids[i], received_on=day)

    shown = [row.id for row in inbox(session, survey.consultation_id).rows]

    assert shown == [ids[1], ids[2], ids[0], ids[3]]


def test_inbox_keeps_what_is_set_aside_on_its_own_list(session: Session, survey: Survey) -> None:
    person = make.make_person(session, "Olu")
    kept = make.make_response(session, survey)
    aside = make.make_response(session, survey, set_aside_by=person.id, **SPAM)

    assert [row.id for row in inbox(session, survey.consultation_id).rows] == [kept.id]
    found = inbox(session, survey.consultation_id, show=Show.SET_ASIDE).rows
    assert [(row.id, row.set_aside_by, row.is_worry) for row in found] == [(aside.id, "Olu", False)]


def test_inbox_has_no_words_of_a_worry(
    session: Session, survey: Survey, question: Question
) -> None:
    make.make_response(session, survey, answers={question: "I am not safe"}, **WORRY)

    row = inbox(session, survey.consultation_id, show=Show.SET_ASIDE).rows[0]

    assert row.is_worry
    assert row.said == ()


def test_said_by_reads_no_worry_to_anybody(
    session: Session, survey: Survey, question: Question
) -> None:
    worry = make.make_response(session, survey, answers={question: "I am not safe"}, **WORRY)
    spam = make.make_response(session, survey, answers={question: "Buy shoes"}, **SPAM)

    said = said_by(session, [worry.id, spam.id])

    assert worry.id not in said
    assert said[spam.id][0].answer == "Buy shoes"


def test_inbox_counts_by_source_and_what_is_set_aside(session: Session, survey: Survey) -> None:
    make.make_response(session, survey)
    make.make_response(session, survey, source=Source.PAPER)
    make.make_response(session, survey, source=Source.PAPER, **SPAM)

    counts = inbox_counts(session, survey.consultation_id)

    assert (counts.total, counts.kept, counts.set_aside) == (3, 2, 1)
    assert counts.by_source == {Source.PHONE: 1, Source.PAPER: 2}


def test_inbox_counts_nothing_when_there_is_nothing(session: Session, survey: Survey) -> None:
    found = inbox(session, survey.consultation_id)

    assert (found.counts.total, found.rows, found.pages) == (0, [], 1)


@pytest.mark.parametrize(
    ("asked", "page", "rows"), [(1, 1, PAGE_SIZE), (2, 2, 1), (3, 2, 1), (-4, 1, PAGE_SIZE)]
)
def test_inbox_pages_hold_fifty_and_stay_in_range(
    session: Session, survey: Survey, asked: int, page: int, rows: int
) -> None:
    for _ in range(PAGE_SIZE + 1):
        make.make_response(session, survey)

    found = inbox(session, survey.consultation_id, page=asked)

    assert (found.page, found.pages, len(found.rows)) == (page, 2, rows)


def test_inbox_asks_as_often_for_three_as_for_one(
    session: Session, survey: Survey, question: Question
) -> None:
    consultation_id, asked = survey.consultation_id, []
    for more in (1, 2):
        for n in range(more):
            make.make_response(session, survey, answers={question: f"One {n}"})
            make.make_response(session, survey, answers={question: f"Two {n}"}, **WORRY)
        session.commit()
        with counted(session) as statements:
            inbox(session, consultation_id)
        asked.append(len(statements))

    assert asked[0] == asked[1] <= 10


def test_said_to_lead_holds_what_the_team_may_not_read(
    session: Session, survey: Survey, question: Question
) -> None:
    worry = make.make_response(session, survey, answers={question: "I am not safe"}, **WORRY)
    held = make.make_response(
        session,
        survey,
        answers={question: "He hits me"},
        set_aside=SetAsideReason.HELD,
        set_aside_on=TODAY,
    )

    assert said_by(session, [worry.id, held.id]) == {}
    assert said_to_lead(session, held.id)[0].answer == "He hits me"


def test_inbox_leaves_out_what_is_held_and_counts_it(
    session: Session, survey: Survey, question: Question
) -> None:
    for values in ({}, SPAM, WORRY, {"set_aside": SetAsideReason.HELD, "set_aside_on": TODAY}):
        make.make_response(session, survey, answers={question: "Words"}, **values)

    kept = inbox(session, survey.consultation_id)
    aside = inbox(session, survey.consultation_id, show=Show.SET_ASIDE)

    counts = kept.counts
    assert (counts.kept, counts.set_aside, counts.held, counts.total) == (1, 2, 1, 4)
    assert (len(kept.rows), len(aside.rows)) == (1, 2)


def test_ids_of_responses_tell_no_order(session: Session, survey: Survey) -> None:
    ids: list[UUID] = [make.make_response(session, survey).id for _ in range(12)]

    assert ids != sorted(ids)
    assert {made.version for made in ids} == {4}
    for table in (SurveyResponse, Answer):
        options = cast(Table, table.__table__).dialect_options
        assert options["sqlite"]["with_rowid"] is False
