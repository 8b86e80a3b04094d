import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW
from tracker.db import db
from tracker.responses.models import Answer, Source, SurveyResponse
from tracker.responses.operations import (
    NoReceiptLeft,
    NothingAnswered,
    Submitted,
    SurveyClosed,
    arriving,
    submit_response,
    words_given,
)
from tracker.responses.policy import GRACE, receipt_hash, receipt_words
from tracker.surveys.models import Survey

KEY = "a key for receipts"
SECOND = timedelta(seconds=1)


def open_survey(session: Session, **values: Any) -> Survey:
    make.make_organisation(session)
    survey = make.make_survey(session, make.make_open_consultation(session, **values))
    make.make_question(session, survey)
    make.make_question(session, survey, kind="yes_no", text="Would you come?")
    return survey


def submit(session: Session, survey: Survey, **values: Any) -> Submitted:
    defaults: dict[str, Any] = {
        "values": {"q1": "Later buses", "q2": "yes"},
        "submission_id": uuid4(),
        "key": KEY,
        "now": NOW,
    }
    given = defaults | values
    return submit_response(session, survey, given.pop("values"), **given)


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(SurveyResponse)) or 0


def test_submit_response_stores_answers_day_source_and_language(session: Session) -> None:
    survey = open_survey(session)

    submitted = submit(session, survey)

    session.commit()
    stored = session.get_one(SurveyResponse, submitted.response.id)
    assert {a.question.key: a.value for a in stored.answers} == {"q1": "Later buses", "q2": "yes"}
    assert (stored.received_on, stored.source, stored.language) == (
        NOW.date(),
        Source.PHONE,
        "en",
    )
    assert stored.consultation_id == survey.consultation_id
    assert submitted.is_new


def test_submit_response_keeps_the_hash_of_the_words_and_not_the_words(session: Session) -> None:
    submitted = submit(session, open_survey(session))

    assert submitted.words is not None
    assert submitted.response.receipt_hash == receipt_hash(submitted.words, KEY)
    assert submitted.words not in str(vars(submitted.response))


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 7, 1, 22, 59, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 23, 0, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
    ],
)
def test_submit_response_keeps_the_local_day(session: Session, now: datetime, day: date) -> None:
    assert submit(session, open_survey(session), now=now).response.received_on == day


def test_submit_response_makes_one_row_and_one_receipt_when_sent_again(session: Session) -> None:
    survey = open_survey(session)
    twice = uuid4()

    first = submit(session, survey, submission_id=twice)
    again = submit(session, survey, submission_id=twice, values={"q1": "Something else"})

    assert count(session) == 1
    assert again.response.id == first.response.id
    assert (again.words, again.is_new) == (first.words, False)
    assert {a.value for a in first.response.answers} == {"Later buses", "yes"}


def test_submit_response_is_known_again_when_the_grace_is_over(session: Session) -> None:
    survey = open_survey(session)
    twice = uuid4()
    first = submit(session, survey, submission_id=twice)
    survey.consultation.closed_at = NOW - GRACE

    assert submit(session, survey, submission_id=twice).words == first.words


def test_submit_response_takes_the_next_words_when_the_first_are_taken(session: Session) -> None:
    survey = open_survey(session)
    own = uuid4()
    taken = receipt_hash(receipt_words(own, 0, KEY), KEY)
    make.make_response(session, survey, receipt_hash=taken)

    submitted = submit(session, survey, submission_id=own)

    assert submitted.words == receipt_words(own, 1, KEY)
    assert words_given(submitted.response, KEY) == submitted.words
    assert count(session) == 2


def test_submit_response_gives_up_when_every_receipt_is_taken(session: Session) -> None:
    survey = open_survey(session)
    own = uuid4()
    for attempt in range(10):
        taken = receipt_hash(receipt_words(own, attempt, KEY), KEY)
        make.make_response(session, survey, receipt_hash=taken)

    with pytest.raises(NoReceiptLeft, match="Send it once more"):
        submit(session, survey, submission_id=own)


def test_submit_response_loses_nothing_when_another_survey_has_the_submission_id(
    session: Session,
) -> None:
    survey = open_survey(session)
    other = make.make_survey(session, survey.consultation)
    question = make.make_question(session, other)
    id_of_both = uuid4()
    submit(session, survey, submission_id=id_of_both)

    second = submit(session, other, submission_id=id_of_both, values={question.key: "Mine"})

    assert second.is_new
    assert second.response.survey_id == other.id
    assert second.response.submission_id != id_of_both


@pytest.mark.parametrize(
    ("closed_at", "stored"), [(NOW - GRACE + SECOND, True), (NOW - GRACE, False)]
)
def test_submit_response_takes_late_ones_for_a_day(
    session: Session, closed_at: datetime, stored: bool
) -> None:
    survey = open_survey(session, closed_at=closed_at)
    if stored:
        assert submit(session, survey).is_new
        return
    with pytest.raises(SurveyClosed, match="Nothing was sent"):
        submit(session, survey)
    assert count(session) == 0


def test_submit_response_refuses_when_nothing_is_answered(session: Session) -> None:
    with pytest.raises(NothingAnswered, match="haven't answered anything"):
        submit(session, open_survey(session), values={})


def test_words_given_are_none_when_the_key_has_changed(session: Session) -> None:
    submitted = submit(session, open_survey(session))

    assert words_given(submitted.response, "another key") is None


def test_two_at_the_same_moment_make_one_response(app: Flask, session: Session) -> None:
    survey = open_survey(session)
    survey_id, own = survey.id, uuid4()
    session.commit()
    with app.app_context():
        engine = db.engine
    together = threading.Barrier(8)
    results: list[tuple[str | None, bool]] = []

    def send() -> None:
        with Session(engine) as mine:
            together.wait()
            sent = submit(mine, mine.get_one(Survey, survey_id), submission_id=own)
            mine.commit()
            results.append((sent.words, sent.is_new))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 8
    assert len({words for words, _ in results}) == 1
    assert sum(is_new for _, is_new in results) == 1
    assert count(session) == 1


def test_submit_response_gives_the_twin_that_came_in_between(app: Flask, session: Session) -> None:
    survey = open_survey(session)
    survey_id, own = survey.id, uuid4()
    session.commit()
    with app.app_context():
        engine = db.engine
    with Session(engine) as other:
        first = submit(other, other.get_one(Survey, survey_id), submission_id=own)
        other.commit()

    stored = arriving._stored_with_receipt(  # as after having found nothing
        session,
        arriving._Asked(survey, Source.PHONE, "en", NOW.date()),
        {"q1": "Mine"},
        own,
        KEY,
    )

    assert (stored.words, stored.is_new) == (first.words, False)
    assert count(session) == 1


def test_response_has_no_column_for_a_time_an_address_or_an_agent(app: Flask) -> None:
    with app.app_context():
        columns = {
            table.__tablename__: {
                column["name"]: str(column["type"]).split("(")[0]
                for column in inspect(db.engine).get_columns(table.__tablename__)
            }
            for table in (SurveyResponse, Answer)
        }

    assert set(columns["responses"]) == {
        "id",
        "submission_id",
        "survey_id",
        "consultation_id",
        "source",
        "language",
        "received_on",
        "receipt_hash",
        "set_aside",
        "set_aside_on",
        "set_aside_by",
        "corrected_on",
        "withdrawn_on",
    }
    assert set(columns["answers"]) == {"response_id", "question_id", "value"}
    kinds = {kind for table in columns.values() for kind in table.values()}
    assert not any("TIME" in kind for kind in kinds)
