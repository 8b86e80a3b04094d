"""Answers that come in at the same moment go into the database together, by one commit.

Making a commit safe takes the disk longer than everything else that an answer needs. While it does,
others arrive: they wait in a row, and the first of them takes all of them along in the next.
Acknowledged is only what is committed.

Only plain answers travel so: a new response with its answers and nothing else. What is more than that
(an invitation, a worry, the same form again) and whatever fails here is for `submit_response`, which
decides by itself; nothing is lost by having been here first.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, insert
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
    stored: set[UUID] = set()
    try:
        with engine.begin() as connection:
            rows = insert_new(connection, SurveyResponse).returning(SurveyResponse.id)
            found = set(connection.scalars(rows, [each.response for each in together]))
            answers = [
                row for each in together if each.response_id in found for row in each.answers
            ]
            if answers:
                connection.execute(insert(Answer), answers)
            reach("answers.done")
        reach("answers.committed")
        stored = found
    except SQLAlchemyError as error:
        log.warning(
            "%s answers could not be stored together: %s", len(together), type(error).__name__
        )
    finally:
        for each in together:
            each.is_stored, each.is_over = each.response_id in stored, True
