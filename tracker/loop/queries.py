"""Reads every fact about loops in a fixed number of queries, however many consultations are asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, lazyload

from tracker.actions.models import Action, ActionVersion, Reopening, action_themes
from tracker.actions.policy import Outcome, is_answered, is_final
from tracker.clock import local_date
from tracker.consultations.models import Consultation
from tracker.loop.policy import (
    LoopFacts,
    Promise,
    PublicState,
    Stage,
    promise_kept,
    public_state,
    stages_reached,
)
from tracker.loop.ring import Arc, arc_words, ring_arcs, ring_words
from tracker.responses.models import SetAsideReason, SurveyResponse
from tracker.responses.queries import is_set_aside
from tracker.services.queries import organisation
from tracker.subscriptions.queries import told_until
from tracker.themes.models import Coding
from tracker.verdicts.policy import window_ends_on


@dataclass(frozen=True)
class Loop:
    """How one consultation's loop stands today."""

    consultation_id: int
    facts: LoopFacts
    reached: frozenset[Stage]
    public_state: PublicState
    promise: Promise
    arcs: dict[Stage, Arc]

    @property
    def words(self) -> str:
        """What the ring says: "2 of 4: told. Not yet changed." """
        return ring_words(self.facts, self.arcs)

    @property
    def legend(self) -> list[tuple[str, Arc]]:
        """Each stage in words, with its arc: what stands under a large ring."""
        return [(arc_words(stage, arc), arc) for stage, arc in self.arcs.items()]

    @property
    def is_told(self) -> bool:
        return Stage.TOLD in self.reached

    @property
    def is_heard(self) -> bool:
        return Stage.HEARD in self.reached


def loop_of(session: Session, consultation: Consultation, *, now: datetime) -> Loop:
    """How one consultation's loop stands at `now`."""
    return loops_of(session, [consultation], now=now)[consultation.id]


def loops_of(
    session: Session, consultations: Iterable[Consultation], *, now: datetime
) -> dict[int, Loop]:
    """How each consultation's loop stands at `now`, by consultation id. Seven queries in all."""
    listed = list(consultations)
    if not listed:
        return {}
    zone = organisation(session).time_zone
    today = local_date(now, zone)
    ids = [consultation.id for consultation in listed]
    answered = _response_counts(session, ids)
    coded = _coded_counts(session, ids)
    theme_ids = _themes_with_responses(session, ids)
    published = _published_versions(session, ids)
    links = _theme_links(session, ids)
    told = told_until(session, ids)
    loops = {}
    for consultation in listed:
        own = published.get(consultation.id, {})
        facts = _facts(
            consultation,
            answered.get(consultation.id, (0, 0)),
            coded.get(consultation.id, 0),
            theme_ids.get(consultation.id, set()),
            own,
            links,
            zone,
            told.get(consultation.id),
        )
        loops[consultation.id] = _loop(consultation, facts, today)
    return loops


def loop_of_response(session: Session, response: SurveyResponse, *, now: datetime) -> Loop:
    """How the loop stands for one response alone: its own themes, and the actions answering them."""
    consultation = response.consultation
    zone = organisation(session).time_zone
    is_aside = response.set_aside not in (None, SetAsideReason.HELD)
    coded = select(Coding.theme_id).where(Coding.response_id == response.id)
    themes = set() if is_aside else set(session.scalars(coded))
    links = _theme_links(session, [consultation.id])
    answering = set().union(*(links.get(theme, set()) for theme in themes))
    published = _published_versions(session, [consultation.id]).get(consultation.id, {})
    own = {action: public for action, public in published.items() if action in answering}
    counts = (1, int(is_aside))
    facts = _facts(consultation, counts, int(bool(themes)), themes, own, links, zone)
    return _loop(consultation, facts, local_date(now, zone))


def _loop(consultation: Consultation, facts: LoopFacts, today: date) -> Loop:
    reached = stages_reached(facts, today)
    promise_on = consultation.promise_on
    nation = consultation.service.nation
    promise = promise_kept(facts, promise_on, today)
    return Loop(
        consultation_id=consultation.id,
        facts=facts,
        reached=reached,
        public_state=public_state(facts, promise_on, today, nation),
        promise=promise,
        arcs=ring_arcs(facts, promise, today),
    )


@dataclass(frozen=True)
class _Public:
    """What the public reads of one action now, and since when they read anything of it."""

    outcome: Outcome
    due_on: date | None
    first_at: datetime
    since: datetime
    is_reopened: bool = False


_Published = dict[int, _Public]  # by action id


def _facts(
    consultation: Consultation,
    answered: tuple[int, int],
    coded: int,
    themes: set[int],
    published: _Published,
    links: dict[int, set[int]],
    zone: str,
    subscribers_know_until: datetime | None = None,
) -> LoopFacts:
    first_told = {
        theme: min(published[action].first_at for action in answering)
        for theme in themes
        if (answering := links.get(theme, set()) & published.keys())
    }
    windows = [
        window_ends_on(local_date(public.since, zone))
        for public in published.values()
        if public.outcome is Outcome.DONE
    ]
    outcomes = [public.outcome for public in published.values() if not public.is_reopened]
    reopened = sum(is_final(public.outcome) for public in published.values() if public.is_reopened)
    owed = [public.due_on for public in published.values() if not is_final(public.outcome)]
    done, cannot = outcomes.count(Outcome.DONE), outcomes.count(Outcome.CANNOT)
    return LoopFacts(
        state=consultation.state,
        responses=answered[0],
        set_aside=answered[1],
        coded=coded,
        themes=len(themes),
        themes_told=len(first_told),
        open_actions=len(owed),
        reopened=reopened,
        done=done,
        cannot=cannot,
        other_final=sum(map(is_final, outcomes)) - done - cannot,
        due_on=min((day for day in owed if day), default=None),
        told_on=local_date(max(first_told.values()), zone) if first_told else None,
        verdicts_end_on=max(windows, default=None),
        is_mail_owed=any(
            subscribers_know_until is not None and public.since > subscribers_know_until
            for public in published.values()
        ),
    )


def _response_counts(session: Session, ids: list[int]) -> dict[int, tuple[int, int]]:
    query = (
        select(
            SurveyResponse.consultation_id,
            func.count(),
            func.count(case((is_set_aside(), 1))),
        )
        .where(SurveyResponse.consultation_id.in_(ids), SurveyResponse.withdrawn_on.is_(None))
        .group_by(SurveyResponse.consultation_id)
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def _coded_counts(session: Session, ids: list[int]) -> dict[int, int]:
    query = (
        select(SurveyResponse.consultation_id, func.count(SurveyResponse.id.distinct()))
        .join(Coding, Coding.response_id == SurveyResponse.id)
        .where(SurveyResponse.consultation_id.in_(ids), SurveyResponse.set_aside.is_(None))
        .group_by(SurveyResponse.consultation_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _themes_with_responses(session: Session, ids: list[int]) -> dict[int, set[int]]:
    query = (
        select(SurveyResponse.consultation_id, Coding.theme_id)
        .join(Coding, Coding.response_id == SurveyResponse.id)
        .where(SurveyResponse.consultation_id.in_(ids), SurveyResponse.set_aside.is_(None))
        .distinct()
    )
    return _gathered(session.execute(query))


def _published_versions(session: Session, ids: list[int]) -> dict[int, _Published]:
    query = (
        select(
            Action.consultation_id,
            ActionVersion.action_id,
            ActionVersion.outcome,
            ActionVersion.due_on,
            ActionVersion.published_at,
            ActionVersion.number,
            ActionVersion.changed_on,
        )
        .join(Action, Action.id == ActionVersion.action_id)
        .where(Action.consultation_id.in_(ids), ActionVersion.published_at.is_not(None))
        .order_by(ActionVersion.number)
    )
    found: dict[int, _Published] = {}
    reopenings = _newest_reopenings(session, ids)
    for (
        consultation_id,
        action_id,
        outcome,
        due_on,
        published_at,
        number,
        changed_on,
    ) in session.execute(query):
        assert published_at is not None  # noqa: S101  (the query asks for these alone)
        own = found.setdefault(consultation_id, {})
        before = own.get(action_id)
        first = before.first_at if before else published_at
        reopening = reopenings.get(action_id)
        is_reopened = reopening is not None and (
            number == reopening.after_number
            or (
                bool(before and before.is_reopened)
                and not is_answered(reopening.changed_on, [(outcome, changed_on)])
            )
        )
        own[action_id] = _Public(outcome, due_on, first, published_at, is_reopened)
    return found


def _newest_reopenings(session: Session, ids: list[int]) -> dict[int, Reopening]:
    """The last reopening of each action, by action id."""
    query = (
        select(Reopening)
        .join(Action, Action.id == Reopening.action_id)
        .where(Action.consultation_id.in_(ids))
        .options(lazyload(Reopening.action))
        .order_by(Reopening.id)
    )
    return {reopening.action_id: reopening for reopening in session.scalars(query)}


def _theme_links(session: Session, ids: list[int]) -> dict[int, set[int]]:
    query = (
        select(action_themes.c.theme_id, action_themes.c.action_id)
        .join(Action, Action.id == action_themes.c.action_id)
        .where(Action.consultation_id.in_(ids))
    )
    return _gathered(session.execute(query))


def _gathered(rows: Iterable[Sequence[int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for key, value in rows:
        found.setdefault(key, set()).add(value)
    return found
