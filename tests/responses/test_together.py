"""Answers that come in at the same moment, stored by one commit."""

import json
import threading
import time
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, Text, cast, func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.counting import counted
from tests.factories import NOW
from tracker.db import db, has_begun
from tracker.responses.models import Answer, SurveyResponse
from tracker.responses.operations import PlainAnswer, Row, plain_answer
from tracker.responses.policy import receipt_hash
from tracker.safeguarding.wording import wording_of
from tracker.services.models import Organisation
from tracker.surveys.models import Survey

KEY = "a key for receipts"


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


@pytest.fixture
def survey(session: Session) -> Survey:
    make.make_organisation(session)
    survey = make.make_survey(session, make.make_open_consultation(session))
    make.make_question(session, survey)
    wording_of(session)  # compiled, as after the first answer
    session.commit()
    return survey


def plain(session: Session, survey: Survey, **values: Any) -> tuple[PlainAnswer, str] | None:
    given: dict[str, Any] = {"values": {"q1": "Later buses"}, "submission_id": uuid4()} | values
    found = plain_answer(
        session.get_one(Organisation, 1),
        survey,
        given["values"],
        submission_id=given["submission_id"],
        key=KEY,
        now=given.get("now", NOW),
        language="en",
    )
    session.commit()
    return found


def an_answer(session: Session, survey: Survey, **values: Any) -> PlainAnswer:
    found = plain(session, survey, **values)
    assert found is not None
    return found[0]


def stored(session: Session) -> list[object]:
    session.rollback()
    return list(session.scalars(select(Answer.value)))


def test_store_keeps_an_answer_and_the_hash_of_its_receipt(
    session: Session, engine: Engine, survey: Survey
) -> None:
    found = plain(session, survey)
    assert found is not None

    assert Row().store(engine, found[0])

    response = session.scalars(select(SurveyResponse)).one()
    assert response.receipt_hash == receipt_hash(found[1], KEY)
    assert (response.received_on, response.language) == (NOW.date(), "en")
    assert stored(session) == ["Later buses"]


@pytest.mark.parametrize(
    "value", ["Später, “ja”\n", "שלום \u200f👩🏽‍👧", 'a "\\u0041" \x7f', ["c1", "ß"]]
)
def test_store_keeps_a_value_to_the_letter_as_the_models_do(
    session: Session, engine: Engine, survey: Survey, value: Any
) -> None:
    answer = an_answer(session, survey)
    answer.answers = [dict(answer.answers[0]) | {"value": value}]

    assert Row().store(engine, answer)

    assert stored(session) == [value]
    # The search of staff looks at the very text.
    assert list(session.scalars(select(cast(Answer.value, Text)))) == [json.dumps(value)]


def test_store_takes_all_that_wait_along_in_one_transaction(
    session: Session, engine: Engine, survey: Survey
) -> None:
    row = Row()
    own = uuid4()
    answers = [an_answer(session, survey, values={"q1": f"Bus {n}"}) for n in range(6)]
    answers += [  # one form twice at the same moment
        an_answer(session, survey, values={"q1": "Bus 6"}, submission_id=own) for _ in range(2)
    ]
    threads = [threading.Thread(target=row.store, args=(engine, each)) for each in answers]

    with counted(session) as statements:
        with row._turn:  # as while somebody's commit is on its way
            for thread in threads:
                thread.start()
            while len(row._waiting) < len(answers):
                time.sleep(0.01)
        for thread in threads:
            thread.join()

    assert sum("INSERT INTO responses" in each for each in statements) == 1
    assert sorted(map(str, stored(session))) == [f"Bus {n}" for n in range(7)]
    assert [each.is_stored for each in answers[:6]] == [True] * 6
    assert sorted(each.is_stored for each in answers[6:]) == [False, True]


def test_store_says_no_to_a_form_and_to_a_receipt_that_is_there_already(
    session: Session, engine: Engine, survey: Survey
) -> None:
    row, own = Row(), uuid4()
    first = an_answer(session, survey, submission_id=own)
    again = an_answer(session, survey, submission_id=own, values={"q1": "Other words"})
    taken = an_answer(session, survey)
    taken.response = dict(taken.response) | {"receipt_hash": first.response["receipt_hash"]}

    assert [row.store(engine, each) for each in (first, again, taken)] == [True, False, False]

    assert stored(session) == ["Later buses"]


def test_store_says_no_to_all_when_the_database_refuses_one(
    session: Session, engine: Engine, survey: Survey
) -> None:
    row, good, bad = Row(), an_answer(session, survey), an_answer(session, survey)
    bad.answers = [dict(bad.answers[0]) | {"question_id": 987654}]
    row._waiting.append(bad)

    assert not row.store(engine, good)

    assert (bad.is_over, bad.is_stored) == (True, False)
    assert session.scalar(select(func.count()).select_from(SurveyResponse)) == 0
    session.rollback()
    assert row.store(engine, replace(good, is_over=False))


@pytest.mark.parametrize(
    "values",
    [{"values": {}}, {"values": {"q1": "my dad hits me"}}, {"now": NOW.replace(year=2031)}],
)
def test_plain_answer_is_none_for_what_needs_more_than_storing(
    session: Session, survey: Survey, values: dict[str, Any]
) -> None:
    if "now" in values:
        survey.consultation.closed_at = NOW
        session.commit()
    assert plain(session, survey, **values) is None


def test_plain_answer_is_none_for_a_closed_group_and_before_the_rules_are_known(
    session: Session, survey: Survey
) -> None:
    organisation = session.get_one(Organisation, 1)
    assert plain(session, survey) is not None

    organisation.wording_stamp = "never compiled"
    assert plain(session, survey) is None

    organisation.wording_stamp = ""
    survey.by_invitation = True
    assert plain(session, survey) is None


def test_has_begun_tells_of_a_transaction_in_the_database(session: Session) -> None:
    assert not has_begun(session)
    session.connection()
    assert has_begun(session)
    session.rollback()
    assert not has_begun(session)
