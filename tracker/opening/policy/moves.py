"""Which moves a consultation may make as a whole, and to which days its dates may go."""

from datetime import date
from enum import StrEnum

from tracker.clock import day_in_words
from tracker.consultations.policy import LATEST, ConsultationState, Details


class Move(StrEnum):
    """What can be done to a consultation as a whole."""

    OPEN = "open"
    EXTEND = "extend"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    MOVE_PROMISE = "move_promise"


_ASKED = frozenset({ConsultationState.OPEN, ConsultationState.CLOSED})

# Move → the states it may start from. Whatever isn't here may not happen.
MAY_START_FROM: dict[Move, frozenset[ConsultationState]] = {
    Move.OPEN: frozenset({ConsultationState.DRAFT}),
    Move.EXTEND: _ASKED,
    Move.CLOSE: frozenset({ConsultationState.OPEN}),
    Move.WITHDRAW: _ASKED,
    Move.MOVE_PROMISE: _ASKED,
}


def may_move(move: Move, state: ConsultationState) -> bool:
    """Whether the move may start from this state."""
    return state in MAY_START_FROM[move]


def extension_problems(
    details: Details,
    state: ConsultationState,
    *,
    closes_on: date,
    promise_on: date | None,
    reason: str,
    has_moved_promise: bool,
    today: date,
) -> dict[str, str]:
    """What is wrong with a new closing date, and with the promise that has to move along.

    `promise_on` and `reason` are needed only if the new closing date reaches the promise date.
    """
    problem = _new_closing_problem(details.closes_on, state, closes_on, today)
    if problem:
        return {"closes_on": problem}
    promised = details.promise_on
    if promised is not None and closes_on < promised:
        return {}
    if has_moved_promise and promised is not None:
        return {
            "closes_on": "The promise has been moved once already and can't move again. Choose a "
            f"day before {day_in_words(promised)}."
        }
    if promise_on is None:
        return {
            "promise_on": "The new closing date reaches the promise date, so promise a later day."
        }
    return _new_promise_problems(
        details, closes_on, promise_on=promise_on, reason=reason, today=today
    )


def _new_closing_problem(
    closes_on: date | None, state: ConsultationState, new: date, today: date
) -> str | None:
    if new > LATEST:
        return f"Check the year: {new.year} can't be right."
    if new < today:
        return "Choose today or a later day."
    if state is ConsultationState.OPEN and closes_on is not None and new <= closes_on:
        return (
            f"It is open until {day_in_words(closes_on)} already. Choose a later day, "
            "or close it now."
        )
    return None


def promise_problems(
    details: Details, *, promise_on: date, reason: str, has_moved_promise: bool, today: date
) -> dict[str, str]:
    """What is wrong with moving the promise: it moves once at most, later, with a public reason."""
    if has_moved_promise:
        return {
            "promise_on": "The promise has been moved once already and can't move again. "
            "Tell young people what you know now."
        }
    return _new_promise_problems(
        details, details.closes_on, promise_on=promise_on, reason=reason, today=today
    )


def _new_promise_problems(
    details: Details, closes_on: date | None, *, promise_on: date, reason: str, today: date
) -> dict[str, str]:
    """What is wrong with a later promise for answers that close on `closes_on`."""
    problems = {}
    earliest = max(day for day in (details.promise_on, closes_on, today) if day is not None)
    if promise_on <= earliest:
        problems["promise_on"] = f"Choose a day after {day_in_words(earliest)}."
    elif details.retention_on is not None and promise_on >= details.retention_on:
        problems["promise_on"] = (
            f"The answers are deleted on {day_in_words(details.retention_on)}. "
            "Choose a day before that."
        )
    elif promise_on > LATEST:
        problems["promise_on"] = f"Check the year: {promise_on.year} can't be right."
    if not reason.strip():
        problems["reason"] = "Say why. Young people read it on the board."
    return problems
