from datetime import date, timedelta

import pytest

from tests.factories import TODAY
from tests.loop.test_policy import closed
from tracker.consultations.policy import ConsultationState
from tracker.desk.policy import NextThing, Task, counted, gravity, next_thing, urgency
from tracker.loop.policy import LoopFacts, PublicState

CLOSES = date(2026, 2, 18)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
OPEN = ConsultationState.OPEN


@pytest.mark.parametrize(
    ("facts", "task", "words"),
    [
        (
            LoopFacts(ConsultationState.DRAFT),
            Task.FINISH,
            "Not open yet. See what is missing.",
        ),
        (
            LoopFacts(OPEN),
            Task.INVITE,
            "Open for answers until 18 February 2026. All that came are read.",
        ),
        (LoopFacts(OPEN, responses=3, coded=2), Task.READ, "1 answer to read."),
        (closed(coded=0), Task.READ, "2 answers to read."),
        (
            LoopFacts(ConsultationState.CLOSED),
            Task.ASK_AGAIN,
            "Nobody answered. Give more time, or withdraw it and say why.",
        ),
        (closed(themes=2), Task.ANSWER, "1 theme is owed an answer."),
        (closed(themes=3), Task.ANSWER, "2 themes are owed an answer."),
        (closed(open_actions=1), Task.DELIVER, "1 action still to finish."),
        (
            closed(open_actions=2, due_on=TODAY),
            Task.DELIVER,
            "2 actions still to finish, the first by 4 February 2026.",
        ),
        (
            closed(open_actions=1, due_on=YESTERDAY),
            Task.DELIVER,
            "1 action still to finish. The date you gave, 3 February 2026, has gone by.",
        ),
        (
            closed(reopened=1, open_actions=1, due_on=TODAY),
            Task.DELIVER,
            "Young people say that 1 action hasn't changed anything.",
        ),
        (
            closed(done=1, verdicts_end_on=TODAY),
            Task.LISTEN,
            "Young people say if it changed, until 4 February 2026.",
        ),
    ],
)
def test_next_thing_is_the_first_that_is_missing(facts: LoopFacts, task: Task, words: str) -> None:
    thing = next_thing(facts, CLOSES, TODAY)

    assert thing is not None
    assert (thing.task, thing.words) == (task, words)


@pytest.mark.parametrize(
    "facts",
    [
        closed(),
        closed(done=1, verdicts_end_on=YESTERDAY),
        closed(coded=0, themes=0, themes_told=0, set_aside=2),
        closed(state=ConsultationState.WITHDRAWN, coded=0),
    ],
)
def test_nothing_is_left_to_do_when_the_loop_is_closed(facts: LoopFacts) -> None:
    assert next_thing(facts, CLOSES, TODAY) is None


def test_open_consultation_without_a_closing_date_gives_none() -> None:
    thing = next_thing(LoopFacts(OPEN), None, TODAY)

    assert thing is not None
    assert thing.words == "Open for answers. All that came are read."


def thing(facts: LoopFacts) -> NextThing:
    found = next_thing(facts, CLOSES, TODAY)
    assert found is not None
    return found


def test_desk_puts_first_what_escalates_first() -> None:
    to_read, to_wait = thing(closed(coded=1)), thing(LoopFacts(OPEN))
    in_order: list[tuple[NextThing, date | None, date | None]] = [
        (to_read, YESTERDAY, TOMORROW),
        (to_read, None, TODAY),
        (to_read, TOMORROW, TODAY),
        (to_read, TOMORROW, None),
        (to_read, None, None),
        (to_wait, None, YESTERDAY),
    ]

    assert sorted(in_order, key=lambda one: urgency(*one)) == in_order


def test_open_loops_put_first_what_is_gravest() -> None:
    in_order: list[tuple[PublicState, date | None]] = [
        (PublicState.AT_RISK, TOMORROW),
        (PublicState.OVERDUE, YESTERDAY),
        (PublicState.OVERDUE, TODAY),
        (PublicState.WAITING, TODAY),
        (PublicState.READING, TOMORROW),
        (PublicState.OPEN, None),
    ]

    assert sorted(in_order, key=lambda one: gravity(*one)) == in_order


def test_counted_agrees_with_its_number() -> None:
    assert [counted(n, "answer") for n in (0, 1, 2)] == ["0 answers", "1 answer", "2 answers"]
