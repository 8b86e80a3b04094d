"""Reads for the desk: what needs a person, one consultation at a glance, every open loop."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tracker.actions.models import Action, ActionVersion
from tracker.actions.policy import Outcome
from tracker.actions.queries import Overview, overview_of
from tracker.clock import day_in_words, local_date
from tracker.consultations.models import Consultation, ConsultationEvent
from tracker.consultations.policy import ConsultationState
from tracker.consultations.queries import events_of
from tracker.desk.glance import Happened, HistoryLine, history
from tracker.desk.policy import NextThing, gravity, next_thing, urgency
from tracker.loop.policy import PUBLIC_WORDS
from tracker.loop.queries import Loop, loops_of
from tracker.reminders.queries import NextStep, next_steps
from tracker.services.queries import organisation
from tracker.surveys.models import Survey
from tracker.surveys.queries import surveys_of

SHOWN_CHANGES = 10


@dataclass(frozen=True)
class Line:
    """One consultation with how it stands, the next thing to do, and the next reminder."""

    consultation: Consultation
    loop: Loop
    thing: NextThing | None
    step: NextStep | None
    days_waiting: int | None  # since it closed; None before, and once they were told

    @property
    def state_words(self) -> str:
        if self.consultation.state is ConsultationState.DRAFT:
            return "Draft"
        return PUBLIC_WORDS[self.loop.public_state]


@dataclass(frozen=True)
class Changed:
    """A change that is public: what is different, and where it was asked for."""

    title: str
    consultation_id: int
    text: str
    changed_on: date


@dataclass(frozen=True)
class Pending:
    """A version recorded through a mail: when it becomes public, on the organisation's clock."""

    version: ActionVersion
    consultation: Consultation
    publishes_at: datetime

    @property
    def when(self) -> str:
        return f"{day_in_words(self.publishes_at.date())} at {self.publishes_at:%H.%M}"


@dataclass(frozen=True)
class Home:
    """What needs one person, what is about to be published, and what was changed this year."""

    lines: list[Line]
    pending: list[Pending]
    changes: list[Changed]


def home(session: Session, service_ids: Collection[int] | None, *, now: datetime) -> Home:
    """The desk of a person with these services (None: all of them)."""
    mine = select(Consultation).where(Consultation.withdrawn_at.is_(None))
    if service_ids is not None:
        mine = mine.where(Consultation.service_id.in_(service_ids))
    consultations = list(session.scalars(mine).unique())
    needed = [line for line in _lines(session, consultations, now=now) if line.thing]
    needed.sort(key=_urgency)
    ids = [consultation.id for consultation in consultations]
    return Home(
        lines=needed,
        pending=_pending(session, ids),
        changes=_changes(session, ids, now=now),
    )


def open_loops(session: Session, service_id: int | None, *, now: datetime) -> list[Line]:
    """Every loop that isn't closed, the gravest first. As many queries for three as for one."""
    query = select(Consultation).where(
        Consultation.opened_at.is_not(None), Consultation.withdrawn_at.is_(None)
    )
    if service_id is not None:
        query = query.where(Consultation.service_id == service_id)
    lines = _lines(session, list(session.scalars(query).unique()), now=now)
    still_open = [line for line in lines if line.thing]
    return sorted(still_open, key=_gravity)


@dataclass(frozen=True)
class Glance:
    """Everything the page of one consultation shows."""

    line: Line
    overview: Overview
    surveys: list[Survey]
    history: list[HistoryLine]


def glance(session: Session, consultation: Consultation, *, now: datetime) -> Glance:
    """One consultation at a glance."""
    zone = organisation(session).time_zone
    (line,) = _lines(session, [consultation], now=now)
    return Glance(
        line=line,
        overview=overview_of(session, consultation.id),
        surveys=surveys_of(session, consultation.id),
        history=history(_happened(event, zone) for event in events_of(session, consultation.id)),
    )


def _happened(event: ConsultationEvent, zone: str) -> Happened:
    who = event.person.name if event.person else ""
    return Happened(local_date(event.at, zone), event.kind, who, event.detail)


def _lines(session: Session, consultations: list[Consultation], *, now: datetime) -> list[Line]:
    zone = organisation(session).time_zone
    today = local_date(now, zone)
    loops = loops_of(session, consultations, now=now)
    steps = next_steps(session, [c.id for c in consultations], now=now)
    return [
        Line(
            consultation=c,
            loop=loops[c.id],
            thing=next_thing(loops[c.id].facts, c.closes_on, today),
            step=steps.get(c.id),
            days_waiting=(
                c.days_waiting(today, zone) if c.closed_at and not loops[c.id].is_told else None
            ),
        )
        for c in consultations
    ]


def _urgency(line: Line) -> tuple[bool, date, date, int]:
    assert line.thing  # noqa: S101  (lines without one don't reach the desk)
    on = line.step.on if line.step else None
    return (*urgency(line.thing, on, line.consultation.promise_on), line.consultation.id)


def _gravity(line: Line) -> tuple[int, date, int]:
    consultation = line.consultation
    return (*gravity(line.loop.public_state, consultation.promise_on), consultation.id)


def _pending(session: Session, ids: list[int]) -> list[Pending]:
    """Versions recorded through a mail that become public by themselves, the first one first."""
    zone = ZoneInfo(organisation(session).time_zone)
    query = (
        select(ActionVersion)
        .join(ActionVersion.action)
        .where(
            Action.consultation_id.in_(ids),
            ActionVersion.publishes_at.is_not(None),
            ActionVersion.published_at.is_(None),
            ActionVersion.stopped_at.is_(None),
        )
        .options(
            joinedload(ActionVersion.action).joinedload(Action.consultation),
            joinedload(ActionVersion.recorder),
        )
        .order_by(ActionVersion.publishes_at, ActionVersion.id)
    )
    return [
        Pending(version, version.action.consultation, version.publishes_at.astimezone(zone))
        for version in session.scalars(query).unique()
        if version.publishes_at is not None
    ]


def _changes(session: Session, ids: list[int], *, now: datetime) -> list[Changed]:
    """What is different since the beginning of the year, the newest change first."""
    zone = organisation(session).time_zone
    new_year = local_date(now, zone).replace(month=1, day=1)
    query = (
        select(ActionVersion, Consultation)
        .join(ActionVersion.action)
        .join(Action.consultation)
        .where(Action.consultation_id.in_(ids), ActionVersion.published_at.is_not(None))
        .order_by(ActionVersion.number)
    )
    newest = {version.action_id: (version, asked) for version, asked in session.execute(query)}
    changes = [
        Changed(asked.title, asked.id, version.text, version.changed_on)
        for version, asked in newest.values()
        if version.outcome is Outcome.DONE and version.changed_on and version.changed_on >= new_year
    ]
    changes.sort(key=lambda change: change.changed_on, reverse=True)
    return changes[:SHOWN_CHANGES]


def local_today(session: Session, *, now: datetime) -> date:
    """The organisation's calendar date."""
    return local_date(now, organisation(session).time_zone)
