"""The front page of the board: every consultation that was ever opened, on the shelf it belongs to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session, selectinload

from tracker.actions.models import Action, ActionVersion, action_themes
from tracker.board.policy.small_numbers import public_count
from tracker.board.policy.words import (
    LATE_STATES,
    Section,
    answers_in_words,
    place,
    section_of,
)
from tracker.board.queries.parts import (
    Did,
    did,
    promise_of,
    public_consultations,
)
from tracker.clock import local_date
from tracker.consultations.models import Consultation
from tracker.languages import gettext as _
from tracker.loop.policy import PUBLIC_WORDS, PublicState
from tracker.loop.queries import Loop, loops_of
from tracker.services.models import Service
from tracker.services.queries import organisation
from tracker.themes.models import Theme

# How many cards a shelf shows before "Show all"; what still waits is always shown in full.
SHELF_SIZE = 12
_TALKED_ABOUT = (Section.TOLD, Section.CHANGED)


@dataclass(frozen=True)
class Asked:
    """What a visitor asked to see: one service, some words, one shelf in full."""

    service_id: int | None = None
    words: tuple[str, ...] = ()
    section: Section | None = None

    @property
    def is_narrowed(self) -> bool:
        return bool(self.service_id or self.words or self.section)


@dataclass(frozen=True)
class Example:
    """One "You said, we did" of a consultation, for its card."""

    statement: str
    did: Did


@dataclass(frozen=True)
class Card:
    """One consultation on the front page."""

    consultation: Consultation
    loop: Loop
    days_waited: int
    promise: list[str]
    example: Example | None = None

    @property
    def section(self) -> Section:
        return section_of(self.loop.public_state)

    @property
    def state_words(self) -> str:
        return _(PUBLIC_WORDS[self.loop.public_state])

    @property
    def is_late(self) -> bool:
        return self.loop.public_state in LATE_STATES

    @property
    def answers(self) -> str:
        is_open = self.loop.public_state is PublicState.OPEN
        return answers_in_words(public_count(self.loop.facts.responses), is_open=is_open)


@dataclass(frozen=True)
class Shelf:
    """The cards of one section; `more` says how many are not shown."""

    section: Section
    cards: list[Card]
    more: int


def shelves(session: Session, asked: Asked, *, now: datetime) -> list[Shelf]:
    """The board as asked for, empty shelves left out. As many queries for three as for one."""
    zone = organisation(session).time_zone
    today = local_date(now, zone)
    found = list(session.scalars(_matching(asked)).unique())
    loops = loops_of(session, found, now=now)
    placed = sorted(found, key=lambda c: (*_place(c, loops[c.id]), c.id))
    chosen, more = _shelved(placed, loops, asked)
    examples = _examples(session, chosen, loops, zone)
    cards = [
        _card(consultation, loops[consultation.id], examples.get(consultation.id), today, zone)
        for consultation in chosen
    ]
    by_section = {
        section: [card for card in cards if card.section is section] for section in Section
    }
    return [Shelf(section, own, more[section]) for section, own in by_section.items() if own]


def services_on_board(session: Session) -> list[Service]:
    """The services that have asked something in public, by name."""
    asked = select(Consultation.service_id).where(Consultation.opened_at.is_not(None))
    query = select(Service).where(Service.id.in_(asked)).order_by(Service.name)
    return list(session.scalars(query).unique())


def _matching(asked: Asked) -> Select[Consultation]:
    query = public_consultations()
    if asked.service_id is not None:
        query = query.where(Consultation.service_id == asked.service_id)
    for word in asked.words:
        query = query.where(_speaks_of(word))
    return query


def _speaks_of(word: str) -> ColumnElement[bool]:
    """Whether a word stands in what was asked or in a theme that has a public answer.

    Other themes are left out, so that a search can't find out what isn't public yet.
    """
    answered = (
        select(Theme.consultation_id)
        .join(action_themes, action_themes.c.theme_id == Theme.id)
        .where(
            Theme.statement.icontains(word, autoescape=True),
            exists().where(
                ActionVersion.action_id == action_themes.c.action_id,
                ActionVersion.published_at.is_not(None),
            ),
        )
    )
    texts = (Consultation.title, Consultation.purpose, Consultation.decision)
    return or_(
        *(text.icontains(word, autoescape=True) for text in texts),
        Consultation.id.in_(answered),
    )


def _place(consultation: Consultation, loop: Loop) -> tuple[int, int, int]:
    return place(
        loop.public_state, consultation.promise_on, consultation.closes_on, loop.facts.told_on
    )


def _shelved(
    placed: Iterable[Consultation], loops: dict[int, Loop], asked: Asked
) -> tuple[list[Consultation], dict[Section, int]]:
    """Which consultations are shown, and how many of each section are not."""
    chosen: list[Consultation] = []
    seen = dict.fromkeys(Section, 0)
    more = dict.fromkeys(Section, 0)
    for consultation in placed:
        section = section_of(loops[consultation.id].public_state)
        if asked.section not in (None, section):
            continue
        is_full = asked.section is None and section is not Section.WAITING
        seen[section] += 1
        if is_full and seen[section] > SHELF_SIZE:
            more[section] += 1
        else:
            chosen.append(consultation)
    return chosen, more


def _examples(
    session: Session, chosen: Iterable[Consultation], loops: dict[int, Loop], zone: str
) -> dict[int, Example]:
    """For each consultation that has been told: a change if there is one, else the newest answer."""
    ids = [c.id for c in chosen if section_of(loops[c.id].public_state) in _TALKED_ABOUT]
    query = (
        select(Action)
        .where(Action.consultation_id.in_(ids), Action.themes.any())
        .options(selectinload(Action.versions), selectinload(Action.themes))
    )
    found: dict[int, tuple[tuple[bool, date, int], Example]] = {}
    for action in session.scalars(query):
        for done in did([action], zone):
            rank = (done.is_done, done.published_on, action.id)
            best = found.get(action.consultation_id)
            if best is None or rank > best[0]:
                example = Example(action.themes[0].statement, done)
                found[action.consultation_id] = (rank, example)
    return {consultation_id: example for consultation_id, (_rank, example) in found.items()}


def _card(
    consultation: Consultation, loop: Loop, example: Example | None, today: date, zone: str
) -> Card:
    return Card(
        consultation=consultation,
        loop=loop,
        days_waited=consultation.days_waiting(today, zone),
        promise=promise_of(consultation, loop, today),
        example=example,
    )
