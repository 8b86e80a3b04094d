"""Opening a consultation, and every later move of it as a whole.

Each operation locks the consultation and checks its state again, so of two people who press at once
one acts and the other is told. They flush and never commit, and never touch a response.
"""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.clock import day_in_words, end_of_day, local_date
from tracker.consultations.models import Consultation
from tracker.consultations.operations import (
    BadDetails,
    add_draft,
    details_of,
    lock_consultation,
    note_event,
)
from tracker.consultations.policy import STATE_WORDS, ConsultationState
from tracker.db import locked
from tracker.errors import Conflict
from tracker.opening.policy import (
    Missing,
    Move,
    extension_problems,
    may_move,
    missing,
    promise_problems,
)
from tracker.opening.queries import gate_facts
from tracker.services.models import Organisation
from tracker.services.queries import organisation
from tracker.surveys.operations import copy_survey
from tracker.surveys.queries import surveys_of

_LONGEST_TITLE = 160
_COPY = "Copy of "


class NotReady(Conflict):
    """Things are missing before it may open; `missing` lists them all."""

    def __init__(self, found: list[Missing]) -> None:
        super().__init__("It can't open yet. " + " ".join(one.what for one in found))
        self.missing = found


class MoveNotPossible(Conflict):
    """The consultation isn't in a state from which this move starts."""


def open_consultation(
    session: Session, consultation: Consultation, *, person_id: int, now: datetime
) -> None:
    """Start asking. Raises `NotReady` with all that is missing, looked at in this transaction."""
    _start(session, consultation, Move.OPEN)
    if consultation.owner is None:
        consultation.owner = consultation.service.owner
    facts = gate_facts(session, consultation, today=_today(session, now), now=now)
    if found := missing(facts):
        raise NotReady(found)
    consultation.opened_at = now
    note_event(session, consultation, "opened", person_id=person_id, now=now)


def extend_consultation(
    session: Session,
    consultation: Consultation,
    closes_on: date,
    *,
    promise_on: date | None = None,
    reason: str = "",
    person_id: int,
    now: datetime,
) -> None:
    """Give more time; a closed consultation opens again, and its case's clock starts anew.

    The promise stays unless the new closing date reaches it; then it moves to `promise_on` with a
    public `reason`, which it can do once. Raises `BadDetails`.
    """
    _start(session, consultation, Move.EXTEND)
    details = details_of(consultation)
    problems = extension_problems(
        details,
        consultation.state,
        closes_on=closes_on,
        promise_on=promise_on,
        reason=reason,
        has_moved_promise=consultation.first_promise_on is not None,
        today=_today(session, now),
    )
    if problems:
        raise BadDetails(problems)
    kind = "extended" if consultation.closed_at is None else "reopened"
    consultation.closes_on = closes_on
    consultation.closed_at = None
    detail = f"until {day_in_words(closes_on)}"
    note_event(session, consultation, kind, person_id=person_id, now=now, detail=detail)
    if promise_on is not None and (details.promise_on is None or closes_on >= details.promise_on):
        _set_promise(session, consultation, promise_on, reason, person_id, now)


def close_consultation(
    session: Session, consultation: Consultation, *, person_id: int, now: datetime
) -> None:
    """Stop asking before the closing date, which stays as it was announced."""
    _start(session, consultation, Move.CLOSE)
    _close(session, consultation, person_id, _closing_moment(session, consultation, now))


def close_due(session: Session, *, now: datetime) -> int:
    """Close every open consultation whose last day is over where the organisation is; how many.

    Each is closed at the moment that day ended, however late this runs, so that a worker that was
    down doesn't shift the clock of the reminders. Workers may run side by side: on PostgreSQL each
    takes other rows, on SQLite they take turns.
    """
    if session.get(Organisation, 1) is None:
        return 0
    query = (
        select(Consultation)
        .where(
            Consultation.opened_at.is_not(None),
            Consultation.closed_at.is_(None),
            Consultation.withdrawn_at.is_(None),
            Consultation.closes_on < _today(session, now),
        )
        .order_by(Consultation.id)
        .execution_options(populate_existing=True)
    )
    due = list(session.scalars(locked(query, of=Consultation, skip_locked=True)))
    for consultation in due:
        _close(session, consultation, None, _closing_moment(session, consultation, now))
    return len(due)


def withdraw_consultation(
    session: Session, consultation: Consultation, reason: str, *, person_id: int, now: datetime
) -> None:
    """Take it back for good, with a public reason. Answers are kept. Raises `BadDetails`."""
    _start(session, consultation, Move.WITHDRAW)
    if not reason.strip():
        raise BadDetails({"reason": "Say why. Young people read it on the board."})
    consultation.withdrawn_at = now
    consultation.withdrawn_reason = reason = reason.strip()
    note_event(session, consultation, "withdrawn", person_id=person_id, now=now, detail=reason)


def move_promise(
    session: Session,
    consultation: Consultation,
    promise_on: date,
    reason: str,
    *,
    person_id: int,
    now: datetime,
) -> None:
    """Promise a later day, once, with a public reason; the first date stays beside it. `BadDetails`."""
    _start(session, consultation, Move.MOVE_PROMISE)
    problems = promise_problems(
        details_of(consultation),
        promise_on=promise_on,
        reason=reason,
        has_moved_promise=consultation.first_promise_on is not None,
        today=_today(session, now),
    )
    if problems:
        raise BadDetails(problems)
    _set_promise(session, consultation, promise_on, reason, person_id, now)


def copy_consultation(
    session: Session, consultation: Consultation, *, person_id: int, now: datetime
) -> Consultation:
    """A new draft with the same words and surveys. Dates are left out: they are promises of their own."""
    words = replace(
        details_of(consultation),
        title=(_COPY + consultation.title)[:_LONGEST_TITLE],
        closes_on=None,
        promise_on=None,
        retention_on=None,
    )
    detail = f"from “{consultation.title}”"
    copied = add_draft(session, words, person_id=person_id, now=now, detail=detail)
    for survey in surveys_of(session, consultation.id):
        copy_survey(session, survey, to_consultation=copied, now=now)
    return copied


def insist_possible(move: Move, state: ConsultationState) -> None:
    """Raise `MoveNotPossible`, in words, if the move can't start from this state."""
    if not may_move(move, state):
        now_it_is = (
            "it is still a draft"
            if state is ConsultationState.DRAFT
            else (f"it is {STATE_WORDS[state].lower()} already")
        )
        raise MoveNotPossible(f"{_REFUSALS[move]}: {now_it_is}.")


_REFUSALS = {
    Move.OPEN: "It can't be opened",
    Move.EXTEND: "It can't be given more time",
    Move.CLOSE: "It can't be closed",
    Move.WITHDRAW: "It can't be withdrawn",
    Move.MOVE_PROMISE: "Its promise can't be moved",
}


def _start(session: Session, consultation: Consultation, move: Move) -> None:
    lock_consultation(session, consultation)
    insist_possible(move, consultation.state)


def _today(session: Session, now: datetime) -> date:
    return local_date(now, organisation(session).time_zone)


def _closing_moment(session: Session, consultation: Consultation, now: datetime) -> datetime:
    if consultation.closes_on is None:
        return now
    return min(now, end_of_day(consultation.closes_on, organisation(session).time_zone))


def _close(
    session: Session, consultation: Consultation, person_id: int | None, at: datetime
) -> None:
    consultation.closed_at = at
    note_event(session, consultation, "closed", person_id=person_id, now=at)


def _set_promise(
    session: Session,
    consultation: Consultation,
    promise_on: date,
    reason: str,
    person_id: int,
    now: datetime,
) -> None:
    consultation.first_promise_on = consultation.promise_on
    consultation.promise_on = promise_on
    consultation.promise_reason = reason.strip()
    detail = f"to {day_in_words(promise_on)}: {reason.strip()}"
    note_event(session, consultation, "promise_moved", person_id=person_id, now=now, detail=detail)
