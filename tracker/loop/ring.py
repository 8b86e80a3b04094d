"""The mark: a ring that closes. How each of its four arcs is drawn, and what it says in words.

Pure: facts in, shapes and words out. Drawing is in `templates/components/ring.html`.
"""

from datetime import date
from enum import StrEnum

from tracker.consultations.policy import ConsultationState
from tracker.languages import gettext as _
from tracker.languages import noop
from tracker.loop.policy import LoopFacts, Promise, Stage, stages_reached


class Arc(StrEnum):
    """How one arc of the ring is drawn. Each has a shape of its own, not a colour alone."""

    FILLED = "filled"  # the stage is reached
    HALF = "half"  # some of it is there
    EMPTY = "empty"
    BROKEN = "broken"  # missing, and its date has gone by


def ring_arcs(facts: LoopFacts, promise: Promise, today: date) -> dict[Stage, Arc]:
    """How each arc of the ring is drawn.

    The promise is a promise to tell, so a broken one breaks the arc of *Told*; a due date that has
    gone by breaks *Changed*. With no answers to act on, the ring stays empty.
    """
    if facts.to_hear == 0:
        return dict.fromkeys(Stage, Arc.EMPTY)
    reached = stages_reached(facts, today)
    late = {
        Stage.TOLD: promise is Promise.BROKEN,
        Stage.CHANGED: promise is not Promise.LAPSED and _is_past(facts.due_on, today),
    }
    begun = {
        Stage.HEARD: facts.coded > 0,
        Stage.TOLD: facts.themes_told > 0,
        Stage.CHANGED: facts.done + facts.reopened + facts.cannot + facts.other_final > 0,
        Stage.FOLLOWED_UP: Stage.CHANGED in reached,
    }
    return {stage: _arc(stage in reached, late.get(stage, False), begun[stage]) for stage in Stage}


def _is_past(day: date | None, today: date) -> bool:
    return day is not None and today > day


def _arc(is_reached: bool, is_late: bool, is_begun: bool) -> Arc:
    if is_reached:
        return Arc.FILLED
    if is_late:
        return Arc.BROKEN
    return Arc.HALF if is_begun else Arc.EMPTY


_REACHED_WORDS = {
    None: noop("0 of 4."),
    Stage.HEARD: noop("1 of 4: heard."),
    Stage.TOLD: noop("2 of 4: told."),
    Stage.CHANGED: noop("3 of 4: changed."),
    Stage.FOLLOWED_UP: noop("4 of 4: followed up."),
}
_ARC_WORDS = {
    Arc.FILLED: {
        Stage.HEARD: noop("Heard."),
        Stage.TOLD: noop("Told."),
        Stage.CHANGED: noop("Changed."),
        Stage.FOLLOWED_UP: noop("Followed up."),
    },
    Arc.HALF: {
        Stage.HEARD: noop("Partly heard."),
        Stage.TOLD: noop("Partly told."),
        Stage.CHANGED: noop("Partly changed."),
        Stage.FOLLOWED_UP: noop("Being followed up."),
    },
    Arc.EMPTY: {
        Stage.HEARD: noop("Not yet heard."),
        Stage.TOLD: noop("Not yet told."),
        Stage.CHANGED: noop("Not yet changed."),
        Stage.FOLLOWED_UP: noop("Not yet followed up."),
    },
    Arc.BROKEN: {
        Stage.HEARD: noop("Not yet heard, and overdue."),
        Stage.TOLD: noop("Not yet told, and overdue."),
        Stage.CHANGED: noop("Not yet changed, and overdue."),
        Stage.FOLLOWED_UP: noop("Not yet followed up, and overdue."),
    },
}


def ring_words(facts: LoopFacts, arcs: dict[Stage, Arc]) -> str:
    """The ring for those who don't see it: "2 of 4: told. Not yet changed."

    Says the last stage reached, the one that comes next, and every one that is overdue.
    """
    if facts.state is ConsultationState.WITHDRAWN:
        return _("Withdrawn.")
    if facts.to_hear == 0 and facts.state is ConsultationState.CLOSED:
        return _("No answers to act on.")
    filled = [stage for stage, arc in arcs.items() if arc is Arc.FILLED]
    missing = [stage for stage in arcs if stage not in filled]
    said = [_(_REACHED_WORDS[filled[-1] if filled else None])]
    if not missing:
        return " ".join([*said, _("The loop is closed.")])
    told_of = [stage for stage in missing if stage is missing[0] or arcs[stage] is Arc.BROKEN]
    return " ".join(said + [arc_words(stage, arcs[stage]) for stage in told_of])


def arc_words(stage: Stage, arc: Arc) -> str:
    """One stage of the ring in words: "Heard.", "Partly told.", "Not yet changed." """
    return _(_ARC_WORDS[arc][stage])
