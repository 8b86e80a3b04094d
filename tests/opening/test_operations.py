"""Opening and every later move, on both databases, alone and with somebody else at the same button."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.actions.test_policy import SOUND
from tests.factories import NOW, TODAY
from tracker.actions.models import ActionVersion, Via
from tracker.actions.operations import publish_due, record_action
from tracker.actions.operations.keeping import note
from tracker.actions.policy import MAIL_HOLD, Outcome
from tracker.consultations.models import Consultation, ConsultationEvent
from tracker.consultations.operations import BadDetails, details_of
from tracker.consultations.policy import ConsultationState
from tracker.consultations.queries import events_of
from tracker.db import db
from tracker.opening import operations as opening
from tracker.opening.operations import (
    MoveNotPossible,
    NotReady,
    close_consultation,
    close_due,
    copy_consultation,
    extend_consultation,
    move_promise,
    open_consultation,
    withdraw_consultation,
)
from tracker.opening.policy import Move
from tracker.services.models import Organisation
from tracker.surveys.queries import surveys_of

A_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _organisation(session: Session) -> None:
    make.make_organisation(session)


def make_ready(session: Session, **values: Any) -> Consultation:
    """A draft with nothing missing."""
    consultation = make.make_consultation(session, **values)
    make.make_question(session, make.make_survey(session, consultation))
    return consultation


def kinds(session: Session, consultation: Consultation) -> list[str]:
    return [event.kind for event in events_of(session, consultation.id)]


def test_open_consultation_opens_it_and_says_who_did(session: Session) -> None:
    consultation = make_ready(session)
    owner = consultation.owner
    assert owner is not None
    open_consultation(session, consultation, person_id=owner.id, now=NOW)
    assert consultation.state is ConsultationState.OPEN and consultation.opened_at == NOW
    (event,) = events_of(session, consultation.id)
    assert (event.kind, event.person_id, event.at) == ("opened", owner.id, NOW)


def test_open_consultation_gives_it_the_services_owner(session: Session) -> None:
    consultation = make_ready(session, owner=None)
    open_consultation(session, consultation, person_id=1, now=NOW)
    assert consultation.owner is consultation.service.owner is not None


def test_open_consultation_lists_all_that_is_missing(session: Session) -> None:
    consultation = make.make_consultation(session, decision="", anonymity=None)
    with pytest.raises(NotReady) as refusal:
        open_consultation(session, consultation, person_id=1, now=NOW)
    assert [one.code for one in refusal.value.missing] == ["decision", "anonymity", "survey"]
    assert "Name the decision" in refusal.value.message
    assert consultation.state is ConsultationState.DRAFT
    assert kinds(session, consultation) == []


def test_open_consultation_looks_at_the_local_day(session: Session) -> None:
    # Half past eleven in the evening UTC is the next day in London's summer.
    consultation = make_ready(session, closes_on=date(2026, 7, 1), promise_on=date(2026, 9, 1))
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    with pytest.raises(NotReady, match=r"1 July 2026, is over"):
        open_consultation(session, consultation, person_id=1, now=late)
    open_consultation(session, consultation, person_id=1, now=late - timedelta(hours=1))
    assert consultation.state is ConsultationState.OPEN


def test_open_consultation_opens_once_when_two_press_at_once(app: Flask, session: Session) -> None:
    consultation = make_ready(session)
    key = consultation.id
    session.commit()
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def press() -> None:
        with app.app_context(), Session(db.engine) as own:
            start.wait()
            try:
                found = own.get_one(Consultation, key)
                open_consultation(own, found, person_id=found.owner_id or 0, now=NOW)
                own.commit()
                outcomes.append("opened")
            except MoveNotPossible as refusal:
                outcomes.append(refusal.message)

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["It can't be opened: it is open for answers already.", "opened"]
    assert kinds(session, session.get_one(Consultation, key)) == ["opened"]


def test_extend_consultation_gives_an_open_one_more_time(session: Session) -> None:
    consultation = make.make_open_consultation(session)
    promise = consultation.promise_on
    later = TODAY + timedelta(days=30)
    extend_consultation(session, consultation, later, person_id=1, now=NOW)
    assert (consultation.closes_on, consultation.promise_on) == (later, promise)
    assert consultation.first_promise_on is None
    (event,) = events_of(session, consultation.id)
    assert (event.kind, event.detail) == ("extended", "until 6 March 2026")


def test_extend_consultation_opens_a_closed_one_again(session: Session) -> None:
    consultation = make.make_closed_consultation(session)
    extend_consultation(session, consultation, TODAY, person_id=1, now=NOW)
    assert consultation.state is ConsultationState.OPEN
    assert (consultation.closed_at, consultation.closes_on) == (None, TODAY)
    assert kinds(session, consultation) == ["reopened"]


def test_extend_consultation_undoes_closing_by_hand(session: Session) -> None:
    consultation = make.make_open_consultation(session)
    until = consultation.closes_on
    assert until is not None
    close_consultation(session, consultation, person_id=1, now=NOW)
    extend_consultation(session, consultation, until, person_id=1, now=NOW)
    assert consultation.state is ConsultationState.OPEN and consultation.closes_on == until
    assert kinds(session, consultation) == ["closed", "reopened"]


def test_extend_consultation_moves_the_promise_it_reaches(session: Session) -> None:
    consultation = make.make_open_consultation(session)
    first = consultation.promise_on
    assert first is not None
    extend_consultation(
        session,
        consultation,
        first,
        promise_on=first + A_DAY,
        reason=" Exams ",
        person_id=1,
        now=NOW,
    )
    assert (consultation.first_promise_on, consultation.promise_on) == (first, first + A_DAY)
    assert consultation.promise_reason == "Exams"
    assert kinds(session, consultation) == ["extended", "promise_moved"]


def test_extend_consultation_keeps_a_promise_it_does_not_reach(session: Session) -> None:
    consultation = make.make_open_consultation(session)
    promise = consultation.promise_on
    assert promise is not None
    extend_consultation(
        session,
        consultation,
        promise - A_DAY,
        promise_on=promise + A_DAY,
        reason="For no reason",
        person_id=1,
        now=NOW,
    )
    assert (consultation.promise_on, consultation.first_promise_on) == (promise, None)
    assert kinds(session, consultation) == ["extended"]


def test_extend_consultation_refuses_and_changes_nothing(session: Session) -> None:
    consultation = make.make_open_consultation(session)
    until = consultation.closes_on
    with pytest.raises(BadDetails) as refusal:
        extend_consultation(session, consultation, TODAY - A_DAY, person_id=1, now=NOW)
    assert list(refusal.value.problems) == ["closes_on"]
    assert (consultation.closes_on, kinds(session, consultation)) == (until, [])


def test_close_consultation_closes_now_and_keeps_the_announced_day(session: Session) -> None:
    consultation = make.make_open_consultation(session)
    close_consultation(session, consultation, person_id=1, now=NOW)
    assert (consultation.closed_at, consultation.closes_on) == (NOW, TODAY + timedelta(days=14))
    (event,) = events_of(session, consultation.id)
    assert (event.kind, event.person_id) == ("closed", 1)


def test_close_consultation_closes_at_its_day_when_that_is_over(session: Session) -> None:
    consultation = make.make_open_consultation(session, closes_on=TODAY - A_DAY)
    close_consultation(session, consultation, person_id=1, now=NOW)
    assert consultation.closed_at == datetime(2026, 2, 4, 0, tzinfo=UTC)


def test_close_consultation_closes_one_with_no_day(session: Session) -> None:
    consultation = make.make_open_consultation(session, closes_on=None)
    close_consultation(session, consultation, person_id=1, now=NOW)
    assert consultation.closed_at == NOW


@pytest.mark.parametrize(
    ("closes_on", "now", "closed_at"),
    [
        # The day in London is over at midnight: one second before, then, and one after.
        (date(2026, 2, 4), datetime(2026, 2, 4, 23, 59, 59, tzinfo=UTC), None),
        (
            date(2026, 2, 4),
            datetime(2026, 2, 5, 0, 0, 0, tzinfo=UTC),
            datetime(2026, 2, 5, tzinfo=UTC),
        ),
        (
            date(2026, 2, 4),
            datetime(2026, 2, 5, 0, 0, 1, tzinfo=UTC),
            datetime(2026, 2, 5, tzinfo=UTC),
        ),
        # A worker that was down for a month doesn't shift the moment.
        (
            date(2026, 2, 4),
            datetime(2026, 3, 5, 9, 0, 0, tzinfo=UTC),
            datetime(2026, 2, 5, tzinfo=UTC),
        ),
        # In summer the day is over at eleven at night UTC; on the days of the clock change too.
        (date(2026, 7, 1), datetime(2026, 7, 1, 22, 59, 59, tzinfo=UTC), None),
        (
            date(2026, 7, 1),
            datetime(2026, 7, 1, 23, 0, 0, tzinfo=UTC),
            datetime(2026, 7, 1, 23, tzinfo=UTC),
        ),
        (
            date(2026, 3, 29),
            datetime(2026, 3, 29, 23, 0, 0, tzinfo=UTC),
            datetime(2026, 3, 29, 23, tzinfo=UTC),
        ),
        (date(2026, 10, 25), datetime(2026, 10, 25, 23, 59, 59, tzinfo=UTC), None),
        (
            date(2026, 10, 25),
            datetime(2026, 10, 26, 0, 0, 0, tzinfo=UTC),
            datetime(2026, 10, 26, tzinfo=UTC),
        ),
    ],
)
def test_close_due_closes_at_the_end_of_the_last_day(
    session: Session, closes_on: date, now: datetime, closed_at: datetime | None
) -> None:
    consultation = make.make_open_consultation(
        session, opened_at=datetime(2026, 1, 5, 9, tzinfo=UTC), closes_on=closes_on
    )
    assert close_due(session, now=now) == (closed_at is not None)
    assert consultation.closed_at == closed_at
    events = [(one.kind, one.person_id, one.at) for one in events_of(session, consultation.id)]
    assert events == ([("closed", None, closed_at)] if closed_at else [])


def test_close_due_leaves_everything_else_alone(session: Session) -> None:
    over = TODAY - timedelta(days=3)
    make.make_consultation(session, closes_on=over)
    make.make_open_consultation(session)
    closed = make.make_closed_consultation(session, closes_on=over)
    make.make_open_consultation(
        session, closes_on=over, withdrawn_at=NOW, withdrawn_reason="Not needed"
    )
    make.make_open_consultation(session, closes_on=None)
    before = closed.closed_at
    assert close_due(session, now=NOW) == 0
    assert closed.closed_at == before


def test_close_due_closes_each_once(session: Session) -> None:
    due = [
        make.make_open_consultation(session, closes_on=TODAY - timedelta(days=days))
        for days in (1, 2, 3)
    ]
    assert close_due(session, now=NOW) == 3
    assert close_due(session, now=NOW) == 0
    assert all(kinds(session, one) == ["closed"] for one in due)


def test_close_due_can_run_in_two_workers_at_once(app: Flask, session: Session) -> None:
    for _ in range(5):
        make.make_open_consultation(session, closes_on=TODAY - A_DAY)
    session.commit()
    start = threading.Barrier(2)
    closed: list[int] = []

    def work() -> None:
        with app.app_context(), Session(db.engine) as own:
            start.wait()
            closed.append(close_due(own, now=NOW))
            own.commit()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sum(closed) == 5
    assert session.scalars(select(ConsultationEvent.kind)).all() == ["closed"] * 5


def test_closing_and_publishing_at_once_do_not_wait_for_each_other_in_a_ring(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one holds the consultation and wants its next look; the other holds that, and has a line to add.

    On SQLite a writing transaction is alone, so there the publishing begins when the closing is over.
    """
    consultation = make.make_open_consultation(session, closes_on=TODAY - A_DAY)
    version = record_action(
        session,
        consultation,
        [],
        SOUND[Outcome.PLANNED],
        person_id=1,
        via=Via.MAIL,
        now=NOW - MAIL_HOLD,
    )
    key, version_id = consultation.id, version.id
    session.commit()
    is_held, is_written = threading.Event(), threading.Event()
    moment = opening._closing_moment

    def closing_moment(*args: Any) -> datetime:
        is_held.set()
        is_written.wait(1)
        return moment(*args)

    def note_later(*args: Any) -> None:
        is_written.set()
        note(*args)

    monkeypatch.setattr(opening, "_closing_moment", closing_moment)
    monkeypatch.setattr("tracker.actions.operations.versions.note", note_later)
    done: list[str] = []

    def work(name: str, do: Callable[..., int]) -> None:
        with app.app_context(), Session(db.engine) as own:
            assert do(own, now=NOW) == 1
            own.commit()
            done.append(name)

    closing = threading.Thread(target=work, args=("closed", close_due))
    publishing = threading.Thread(target=work, args=("published", publish_due))
    closing.start()
    assert is_held.wait(20)
    publishing.start()
    closing.join(20)
    publishing.join(20)

    assert sorted(done) == ["closed", "published"]
    assert session.get_one(Consultation, key).closed_at is not None
    assert session.get_one(ActionVersion, version_id).published_at == NOW


def test_close_due_does_nothing_before_there_is_an_organisation(session: Session) -> None:
    session.execute(delete(Organisation))
    consultation = make.make_open_consultation(session, closes_on=TODAY - A_DAY)
    assert close_due(session, now=NOW) == 0
    assert consultation.closed_at is None


@pytest.mark.parametrize("is_closed", [False, True])
def test_withdraw_consultation_keeps_answers_and_says_why(
    session: Session, is_closed: bool
) -> None:
    making = make.make_closed_consultation if is_closed else make.make_open_consultation
    consultation = making(session)
    response = make.make_response(session, make.make_survey(session, consultation))
    withdraw_consultation(session, consultation, " The centre closes. ", person_id=1, now=NOW)
    assert consultation.state is ConsultationState.WITHDRAWN
    assert (consultation.withdrawn_at, consultation.withdrawn_reason) == (NOW, "The centre closes.")
    session.refresh(response)
    (event,) = events_of(session, consultation.id)
    assert (event.kind, event.detail) == ("withdrawn", "The centre closes.")


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_withdraw_consultation_wants_a_reason(session: Session, reason: str) -> None:
    consultation = make.make_open_consultation(session)
    with pytest.raises(BadDetails, match="Say why"):
        withdraw_consultation(session, consultation, reason, person_id=1, now=NOW)
    assert consultation.state is ConsultationState.OPEN


def test_move_promise_keeps_the_first_date_beside_it(session: Session) -> None:
    consultation = make.make_closed_consultation(session)
    first = consultation.promise_on
    assert first is not None
    move_promise(session, consultation, first + A_DAY, "Council in May", person_id=1, now=NOW)
    assert (consultation.first_promise_on, consultation.promise_on) == (first, first + A_DAY)
    assert consultation.promise_reason == "Council in May"
    (event,) = events_of(session, consultation.id)
    assert event.kind == "promise_moved" and event.detail.endswith(": Council in May")
    with pytest.raises(BadDetails, match="moved once already"):
        move_promise(session, consultation, first + 2 * A_DAY, "Again", person_id=1, now=NOW)
    assert consultation.promise_on == first + A_DAY


MOVES = {
    Move.OPEN: lambda session, one: open_consultation(session, one, person_id=1, now=NOW),
    Move.EXTEND: lambda session, one: extend_consultation(
        session, one, TODAY + timedelta(days=20), person_id=1, now=NOW
    ),
    Move.CLOSE: lambda session, one: close_consultation(session, one, person_id=1, now=NOW),
    Move.WITHDRAW: lambda session, one: withdraw_consultation(
        session, one, "Because", person_id=1, now=NOW
    ),
    Move.MOVE_PROMISE: lambda session, one: move_promise(
        session, one, TODAY + timedelta(days=200), "Because", person_id=1, now=NOW
    ),
}
STATES: dict[ConsultationState, dict[str, Any]] = {
    ConsultationState.DRAFT: {},
    ConsultationState.OPEN: {"opened_at": NOW},
    ConsultationState.CLOSED: {"opened_at": NOW, "closed_at": NOW},
    ConsultationState.WITHDRAWN: {
        "opened_at": NOW,
        "withdrawn_at": NOW,
        "withdrawn_reason": "Not needed",
    },
}
REFUSED = [
    (Move.OPEN, ConsultationState.OPEN, "can't be opened: it is open for answers already"),
    (Move.OPEN, ConsultationState.CLOSED, "can't be opened: it is closed for answers already"),
    (Move.OPEN, ConsultationState.WITHDRAWN, "can't be opened: it is withdrawn already"),
    (Move.EXTEND, ConsultationState.DRAFT, "more time: it is still a draft"),
    (Move.EXTEND, ConsultationState.WITHDRAWN, "more time: it is withdrawn already"),
    (Move.CLOSE, ConsultationState.DRAFT, "can't be closed: it is still a draft"),
    (Move.CLOSE, ConsultationState.CLOSED, "can't be closed: it is closed for answers already"),
    (Move.CLOSE, ConsultationState.WITHDRAWN, "can't be closed: it is withdrawn already"),
    (Move.WITHDRAW, ConsultationState.DRAFT, "can't be withdrawn: it is still a draft"),
    (Move.WITHDRAW, ConsultationState.WITHDRAWN, "can't be withdrawn: it is withdrawn already"),
    (Move.MOVE_PROMISE, ConsultationState.DRAFT, "can't be moved: it is still a draft"),
    (Move.MOVE_PROMISE, ConsultationState.WITHDRAWN, "can't be moved: it is withdrawn already"),
]


@pytest.mark.parametrize(("move", "state", "words"), REFUSED)
def test_every_move_refuses_the_states_it_may_not_start_from(
    session: Session, move: Move, state: ConsultationState, words: str
) -> None:
    consultation = make_ready(session, **STATES[state])
    with pytest.raises(MoveNotPossible, match=words):
        MOVES[move](session, consultation)
    assert consultation.state is state and kinds(session, consultation) == []


@pytest.mark.parametrize(
    ("move", "state"),
    [
        (move, state)
        for move in Move
        for state in ConsultationState
        if (move, state) not in {(refused[0], refused[1]) for refused in REFUSED}
    ],
)
def test_every_move_starts_from_the_other_states(
    session: Session, move: Move, state: ConsultationState
) -> None:
    consultation = make_ready(session, **STATES[state])
    MOVES[move](session, consultation)
    assert kinds(session, consultation)


def test_copy_consultation_copies_words_and_surveys_but_no_dates(session: Session) -> None:
    consultation = make.make_closed_consultation(
        session, title="A later bus", age_bands=["13-15"], first_promise_on=TODAY
    )
    survey = make.make_survey(session, consultation, title="The bus")
    make.make_question(session, survey, text="When should it go?")
    make.make_survey(session, consultation, title="For parents", position=1)
    make.make_response(session, survey)
    copied = copy_consultation(session, consultation, person_id=1, now=NOW)
    assert copied.state is ConsultationState.DRAFT
    assert (copied.title, copied.slug) == ("Copy of A later bus", "copy-of-a-later-bus")
    old, new = details_of(consultation), details_of(copied)
    assert (new.decision, new.age_bands, new.anonymity) == (
        old.decision,
        old.age_bands,
        old.anonymity,
    )
    assert (new.closes_on, new.promise_on, new.retention_on) == (None, None, None)
    assert copied.first_promise_on is None
    surveys = surveys_of(session, copied.id)
    assert [one.title for one in surveys] == ["The bus", "For parents"]
    assert surveys[0].questions[0].text == "When should it go?"
    assert surveys[0].code != survey.code
    (event, *_) = events_of(session, copied.id)
    assert (event.kind, event.detail) == ("created", "from “A later bus”")


def test_copy_consultation_cuts_a_title_that_grows_too_long(session: Session) -> None:
    consultation = make.make_consultation(session, title="x" * 160)
    assert copy_consultation(session, consultation, person_id=1, now=NOW).title == (
        "Copy of " + "x" * 152
    )
