from datetime import date, timedelta

import pytest

from tests.loop.test_policy import CHANGED, FOLLOWED_UP, HEARD, TODAY, TOLD, closed
from tracker.consultations.policy import ConsultationState
from tracker.loop.policy import LoopFacts, Promise, Stage
from tracker.loop.ring import Arc, arc_words, ring_arcs, ring_words

YESTERDAY = TODAY - timedelta(days=1)
OPEN, WITHDRAWN = ConsultationState.OPEN, ConsultationState.WITHDRAWN


@pytest.mark.parametrize(
    ("facts", "promise", "drawn", "words"),
    [
        (LoopFacts(OPEN), Promise.AHEAD, "eeee", "0 of 4. Not yet heard."),
        (LoopFacts(ConsultationState.CLOSED), Promise.LAPSED, "eeee", "No answers to act on."),
        (closed(set_aside=2, coded=0), Promise.LAPSED, "eeee", "No answers to act on."),
        (closed(coded=0, themes=0, themes_told=0), Promise.AHEAD, "eeee", "0 of 4. Not yet heard."),
        (closed(coded=1, themes_told=0), Promise.AHEAD, "heee", "0 of 4. Partly heard."),
        (
            closed(coded=1, themes_told=0),
            Promise.BROKEN,
            "hbee",
            "0 of 4. Partly heard. Not yet told, and overdue.",
        ),
        (closed(themes_told=0), Promise.AHEAD, "feee", "1 of 4: heard. Not yet told."),
        (closed(themes=2), Promise.AHEAD, "fhee", "1 of 4: heard. Partly told."),
        (closed(themes=2), Promise.BROKEN, "fbee", "1 of 4: heard. Not yet told, and overdue."),
        (closed(open_actions=1), Promise.KEPT, "ffee", "2 of 4: told. Not yet changed."),
        (closed(open_actions=1, cannot=1), Promise.KEPT, "ffhe", "2 of 4: told. Partly changed."),
        (
            closed(done=1, verdicts_end_on=TODAY),
            Promise.KEPT,
            "fffh",
            "3 of 4: changed. Being followed up.",
        ),
        (closed(), Promise.LATE, "ffff", "4 of 4: followed up. The loop is closed."),
        # A paper form that came late: all that was told still shows.
        (closed(responses=3, done=1), Promise.AHEAD, "hhhe", "0 of 4. Partly heard."),
        (closed(state=WITHDRAWN, themes_told=0), Promise.LAPSED, "feee", "Withdrawn."),
    ],
)
def test_ring_draws_and_says_how_far_the_loop_is(
    facts: LoopFacts, promise: Promise, drawn: str, words: str
) -> None:
    arcs = ring_arcs(facts, promise, TODAY)

    assert "".join(arc.value[0] for arc in arcs.values()) == drawn
    assert ring_words(facts, arcs) == words


@pytest.mark.parametrize(
    ("due_on", "promise", "arc"),
    [
        (None, Promise.KEPT, Arc.EMPTY),
        (TODAY, Promise.KEPT, Arc.EMPTY),
        (YESTERDAY, Promise.KEPT, Arc.BROKEN),
        (YESTERDAY, Promise.LAPSED, Arc.EMPTY),
    ],
)
def test_ring_breaks_at_changed_after_a_due_date(
    due_on: date | None, promise: Promise, arc: Arc
) -> None:
    facts = closed(open_actions=1, due_on=due_on)

    assert ring_arcs(facts, promise, TODAY)[CHANGED] is arc


@pytest.mark.parametrize(
    ("stage", "arc", "words"),
    [
        (HEARD, Arc.FILLED, "Heard."),
        (HEARD, Arc.HALF, "Partly heard."),
        (TOLD, Arc.EMPTY, "Not yet told."),
        (CHANGED, Arc.BROKEN, "Not yet changed, and overdue."),
        (FOLLOWED_UP, Arc.HALF, "Being followed up."),
    ],
)
def test_each_arc_has_words_of_its_own(stage: Stage, arc: Arc, words: str) -> None:
    assert arc_words(stage, arc) == words
