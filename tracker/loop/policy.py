"""The four stages of a loop, and what the public is told about where it stands.

Pure: counts and dates in, stages and words out. Stages are never stored and never ticked by hand.
Source: Lundy (2007), "'Voice' is not enough": space and voice, audience, influence, and feedback
that is followed up.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker.consultations.policy import ConsultationState
from tracker.languages import noop
from tracker.working_days import Nation, add_working_days

AT_RISK_WORKING_DAYS = 20


class Stage(StrEnum):
    """The four arcs of the ring, in order; none is reached before the one ahead of it."""

    HEARD = "heard"
    TOLD = "told"
    CHANGED = "changed"
    FOLLOWED_UP = "followed_up"


class PublicState(StrEnum):
    """Where a consultation stands, as the public reads it."""

    OPEN = "open"
    READING = "reading"
    WAITING = "waiting"
    OVERDUE = "overdue"
    AT_RISK = "at_risk"
    TOLD = "told"
    CHANGES_MADE = "changes_made"
    NOTHING_COULD_CHANGE = "nothing_could_change"
    NO_ANSWERS = "no_answers"
    WITHDRAWN = "withdrawn"


PUBLIC_WORDS = {
    PublicState.OPEN: noop("Open for answers"),
    PublicState.READING: noop("Reading your answers"),
    PublicState.WAITING: noop("Waiting for the service"),
    PublicState.OVERDUE: noop("Overdue"),
    PublicState.AT_RISK: noop("At risk of tokenism"),
    PublicState.TOLD: noop("We've told you"),
    PublicState.CHANGES_MADE: noop("Changes made"),
    PublicState.NOTHING_COULD_CHANGE: noop("Closed: nothing could change, and why"),
    PublicState.NO_ANSWERS: noop("No answers to act on"),
    PublicState.WITHDRAWN: noop("Withdrawn, and why"),
}
STAGE_WORDS = {
    Stage.HEARD: noop("Heard"),
    Stage.TOLD: noop("Told"),
    Stage.CHANGED: noop("Changed"),
    Stage.FOLLOWED_UP: noop("Followed up"),
}


class Promise(StrEnum):
    """What became of the promise date."""

    NONE = "none"  # no date yet: a draft
    AHEAD = "ahead"
    KEPT = "kept"
    LATE = "late"  # told, but after the date
    BROKEN = "broken"  # not told, and the date has gone by
    LAPSED = "lapsed"  # nobody is waiting: withdrawn, or no answers to act on


@dataclass(frozen=True)
class LoopFacts:
    """What the rows say about one consultation. All counts are true counts, for staff eyes."""

    state: ConsultationState
    responses: int = 0
    set_aside: int = 0
    coded: int = 0  # responses with at least one theme, those set aside left out
    themes: int = 0  # themes with at least one response
    themes_told: int = 0  # of these, the ones with a published action
    open_actions: int = 0  # published, planned or doing
    reopened: int = 0  # said to be done, but young people said it hasn't changed
    done: int = 0  # changes made, those reopened left out
    cannot: int = 0
    other_final: int = 0  # already, passed on, praise
    due_on: date | None = None  # the first date promised by an open action
    told_on: date | None = None  # the day the last theme got its first published answer
    verdicts_end_on: date | None = None  # the last day of the last verdict window
    is_mail_owed: bool = False  # somebody who asked to be told hasn't been told of all of it

    @property
    def to_hear(self) -> int:
        """Responses that somebody has to read: all but those set aside."""
        return self.responses - self.set_aside


def stages_reached(facts: LoopFacts, today: date) -> frozenset[Stage]:
    """The stages reached, cumulative: a missing one holds back all that follow."""
    is_heard = facts.responses > 0 and facts.coded == facts.to_hear
    is_told = facts.themes_told == facts.themes
    is_changed = facts.open_actions == 0 and facts.reopened == 0
    is_judged = facts.verdicts_end_on is None or today > facts.verdicts_end_on
    is_followed_up = is_judged and not facts.is_mail_owed
    reached: set[Stage] = set()
    for stage, holds in zip(Stage, (is_heard, is_told, is_changed, is_followed_up), strict=True):
        if not holds:
            break
        reached.add(stage)
    return frozenset(reached)


def is_at_risk(promise_on: date | None, today: date, nation: Nation) -> bool:
    """Whether the promise date plus twenty working days has passed."""
    if promise_on is None:
        return False
    return today > add_working_days(promise_on, AT_RISK_WORKING_DAYS, nation)


def public_state(
    facts: LoopFacts, promise_on: date | None, today: date, nation: Nation
) -> PublicState:
    """Where the consultation stands in public. Drafts have no public state: don't ask for one."""
    if facts.state is ConsultationState.WITHDRAWN:
        return PublicState.WITHDRAWN
    if facts.state is ConsultationState.OPEN:
        return PublicState.OPEN
    if facts.to_hear == 0:
        return PublicState.NO_ANSWERS
    reached = stages_reached(facts, today)
    if Stage.TOLD in reached:
        return _told_state(facts, reached)
    return _waiting_state(reached, promise_on, today, nation)


def _told_state(facts: LoopFacts, reached: frozenset[Stage]) -> PublicState:
    if Stage.CHANGED not in reached:
        return PublicState.TOLD
    if facts.done:
        return PublicState.CHANGES_MADE
    if facts.cannot and not facts.other_final:
        return PublicState.NOTHING_COULD_CHANGE
    return PublicState.TOLD


def _waiting_state(
    reached: frozenset[Stage], promise_on: date | None, today: date, nation: Nation
) -> PublicState:
    if is_at_risk(promise_on, today, nation):
        return PublicState.AT_RISK
    if promise_on is not None and today > promise_on:
        return PublicState.OVERDUE
    return PublicState.WAITING if Stage.HEARD in reached else PublicState.READING


def promise_kept(facts: LoopFacts, promise_on: date | None, today: date) -> Promise:
    """Whether respondents were told by the day they were promised."""
    if promise_on is None:
        return Promise.NONE
    if _is_lapsed(facts):
        return Promise.LAPSED
    if Stage.TOLD in stages_reached(facts, today):
        return Promise.LATE if facts.told_on and facts.told_on > promise_on else Promise.KEPT
    return Promise.AHEAD if today <= promise_on else Promise.BROKEN


def _is_lapsed(facts: LoopFacts) -> bool:
    if facts.state is ConsultationState.WITHDRAWN:
        return True
    return facts.state is ConsultationState.CLOSED and facts.to_hear == 0
