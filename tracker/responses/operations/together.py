"""Answers that come in at the same moment go into the database together, by one commit.

Making a commit safe takes the disk longer than everything else that an answer needs. While it does,
others arrive: they wait in a row, and the first of them takes all of them along in the next.
Acknowledged is only what is committed.

Only plain answers travel so: a new response with its answers and nothing else. What is more than that
(an invitation, a worry, the same form again) and whatever fails here is for `submit_response`, which
decides by itself; nothing is lost by having been here first.
"""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, insert, text
from sqlalchemy.exc import SQLAlchemyError

from tracker.db import insert_new
from tracker.failpoints import reach
from tracker.responses.models import Answer, SurveyResponse

log = logging.getLogger(__name__)


@dataclass
class PlainAnswer:
    """The rows of one response, and whether they were stored."""

    response: Mapping[str, Any]
    answers: Sequence[Mapping[str, Any]]
    is_stored: bool = False
    is_over: bool = False

    @property
    def response_id(self) -> UUID:
        found: UUID = self.response["id"]
        return found


class Row:
    """Where plain answers wait, in one process. Safe to be used by any number of its threads."""

    def __init__(self) -> None:
        self._waiting: list[PlainAnswer] = []
        self._end = Lock()  # of the row, where newcomers stand
        self._turn = Lock()  # to go into the database

    def store(self, engine: Engine, own: PlainAnswer) -> bool:
        """Whether this answer is new, and now in the database to stay.

        If not, nothing of it was stored: its submission id or its receipt is there already, or the
        database refused all that went together. To be called without a transaction of one's own:
        it might hold what the one who goes first is waiting for.
        """
        with self._end:
            self._waiting.append(own)
        with self._turn:
            if not own.is_over:  # else whoever went before took it along
                _store_all(engine, self._everybody())
        return own.is_stored

    def _everybody(self) -> list[PlainAnswer]:
        with self._end:
            together, self._waiting = self._waiting, []
            return together


def _store_all(engine: Engine, together: Sequence[PlainAnswer]) -> None:
    store = _in_one_statement if engine.dialect.name == "postgresql" else _in_one_transaction
    stored: set[UUID] = set()
    try:
        found = store(engine, together)
        reach("answers.committed")
        stored = found
    except SQLAlchemyError as error:
        log.warning(
            "%s answers could not be stored together: %s", len(together), type(error).__name__
        )
    finally:
        for each in together:
            each.is_stored, each.is_over = each.response_id in stored, True


def _in_one_transaction(engine: Engine, together: Sequence[PlainAnswer]) -> set[UUID]:
    """Store these, and say which were new."""
    with engine.begin() as connection:
        rows = insert_new(connection, SurveyResponse).returning(SurveyResponse.id)
        found = set(connection.scalars(rows, [each.response for each in together]))
        answers = [row for each in together if each.response_id in found for row in each.answers]
        if answers:
            connection.execute(insert(Answer), answers)
        reach("answers.done")
    return found


# An answer is taken only with a response that is stored here and now.
_STORE_ALL = text("""
    WITH stored AS (
        INSERT INTO responses (id, submission_id, survey_id, consultation_id, source, language,
            received_on, receipt_hash)
        SELECT * FROM json_to_recordset(:responses) AS sent(id uuid, submission_id uuid,
            survey_id int, consultation_id int, source text, language text,
            received_on date, receipt_hash text)
        ON CONFLICT DO NOTHING
        RETURNING id
    ), answered AS (
        INSERT INTO answers (response_id, question_id, value)
        SELECT sent.response_id, sent.question_id, CAST(sent.value AS json)
        FROM json_to_recordset(:answers) AS sent(response_id uuid, question_id int, value text)
        JOIN stored ON stored.id = sent.response_id
    )
    SELECT id FROM stored
""")


def _in_one_statement(engine: Engine, together: Sequence[PlainAnswer]) -> set[UUID]:
    """The same on PostgreSQL: one trip to the database and back instead of five.

    That is a third of the processor time of an answer. The statement is its own transaction.
    """
    sent = {
        "responses": _as_json(dict(each.response) for each in together),
        "answers": _as_json(
            dict(row) | {"value": json.dumps(row["value"])}  # kept to the letter, as by SQLAlchemy
            for each in together
            for row in each.answers
        ),
    }
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        reach("answers.done")
        return set(connection.scalars(_STORE_ALL, sent))


def _as_json(rows: Iterable[Mapping[str, Any]]) -> str:
    return json.dumps(list(rows), default=str)  # ids and days as they are written
