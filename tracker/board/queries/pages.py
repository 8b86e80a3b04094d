"""The page of one consultation: You said, we did, or we can't because; and what is still owed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.actions.models import Action
from tracker.actions.queries import actions_of
from tracker.board.policy.small_numbers import public_count
from tracker.board.policy.words import LATE_STATES, answers_in_words
from tracker.board.queries.parts import (
    Did,
    Said,
    did,
    promise_of,
    public_consultations,
)
from tracker.clock import local_date
from tracker.consultations.models import Consultation, ConsultationEvent
from tracker.consultations.policy import ConsultationState
from tracker.consultations.queries import events_of
from tracker.errors import NotFound
from tracker.languages import gettext as _
from tracker.languages import noop
from tracker.loop.policy import PUBLIC_WORDS, Promise, PublicState
from tracker.loop.queries import Loop, loop_of
from tracker.services.queries import organisation
from tracker.surveys.models import Survey
from tracker.themes.queries import ThemeRow, themes_of
from tracker.verdicts.queries import verdict_counts


@dataclass(frozen=True)
class SaidAndDid:
    """Themes that the same actions answer, and these actions."""

    said: list[Said]
    did: list[Did]


@dataclass(frozen=True)
class Moment:
    """One line of the public history."""

    day: date
    words: str


@dataclass(frozen=True)
class Page:
    """Everything the public reads about one consultation."""

    consultation: Consultation
    loop: Loop
    today: date
    days_waited: int
    promise: list[str]
    answered: list[SaidAndDid]
    owed: list[Said]
    unasked: list[Did]
    history: list[Moment]
    surveys: list[tuple[str, str]]  # title, code: only while open
    calendar_code: str  # of a survey through which the promise date can be had; "" without one

    @property
    def state_words(self) -> str:
        return _(PUBLIC_WORDS[self.loop.public_state])

    @property
    def is_open(self) -> bool:
        return self.loop.public_state is PublicState.OPEN

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen: it was stopped, or nobody answered."""
        return self.loop.public_state in (PublicState.WITHDRAWN, PublicState.NO_ANSWERS)

    @property
    def is_late(self) -> bool:
        return self.loop.public_state in LATE_STATES

    @property
    def answers(self) -> str:
        return answers_in_words(public_count(self.loop.facts.responses), is_open=self.is_open)


def public_consultation_or_404(session: Session, slug: str) -> Consultation:
    """The consultation at this address of the board, or `NotFound` while it is a draft."""
    consultation = session.scalar(public_consultations().where(Consultation.slug == slug))
    if consultation is None:
        raise NotFound(_("There is nothing on the board at this address. It may have moved."))
    return consultation


def board_page(session: Session, slug: str, *, now: datetime) -> Page:
    """The public page of a consultation, or `NotFound` while it is a draft."""
    consultation = public_consultation_or_404(session, slug)
    zone = organisation(session).time_zone
    today = local_date(now, zone)
    loop = loop_of(session, consultation, now=now)
    surveys = surveys_of_board(session, consultation)
    answered, owed, unasked = _said_and_did(session, consultation, zone)
    return Page(
        consultation=consultation,
        loop=loop,
        today=today,
        days_waited=consultation.days_waiting(today, zone),
        promise=promise_of(consultation, loop, today),
        answered=answered,
        owed=owed,
        unasked=unasked,
        history=_history(consultation, loop, events_of(session, consultation.id), zone),
        surveys=surveys if consultation.state is ConsultationState.OPEN else [],
        calendar_code=calendar_code(surveys, loop),
    )


def _said_and_did(
    session: Session, consultation: Consultation, zone: str
) -> tuple[list[SaidAndDid], list[Said], list[Did]]:
    """What was said and answered, what was said and is owed an answer, what nobody asked for.

    While answers still come in, what is owed isn't shown: it would lead those who answer next.
    """
    actions = [action for action in actions_of(session, consultation.id) if action.published]
    verdicts = verdict_counts(session, [action.id for action in actions])
    rows = [row for row in themes_of(session, consultation.id) if row.responses]
    answering = {row.theme.id: _answering(row, actions) for row in rows}
    groups: dict[tuple[int, ...], list[ThemeRow]] = {}
    # By the public count: an order by the true one would compare counts that are hidden.
    for row in sorted(rows, key=lambda row: -public_count(row.responses).about):
        groups.setdefault(tuple(action.id for action in answering[row.theme.id]), []).append(row)
    owed = groups.pop((), [])
    answered = [
        SaidAndDid(_said(own), did(answering[own[0].theme.id], zone, verdicts))
        for own in groups.values()
    ]
    asked_for = {action.id for own in answering.values() for action in own}
    unasked = did((a for a in actions if a.id not in asked_for), zone, verdicts)
    is_open = consultation.state is ConsultationState.OPEN
    return answered, [] if is_open else _said(owed), unasked


def _answering(row: ThemeRow, actions: Iterable[Action]) -> list[Action]:
    return [action for action in actions if row.theme in action.themes]


def _said(rows: Iterable[ThemeRow]) -> list[Said]:
    return [Said(row.theme.id, row.theme.statement, public_count(row.responses)) for row in rows]


def calendar_code(surveys: list[tuple[str, str]], loop: Loop) -> str:
    """A survey's code for the calendar entry, while there is a promise that is still to be kept."""
    is_ahead = loop.promise is Promise.AHEAD
    return surveys[0][1] if surveys and is_ahead else ""


def surveys_of_board(session: Session, consultation: Consultation) -> list[tuple[str, str]]:
    """The consultation's surveys as (title, code), in order."""
    query = (
        select(Survey.title, Survey.code)
        .where(Survey.consultation_id == consultation.id)
        .order_by(Survey.position, Survey.id)
    )
    return [(title, code) for title, code in session.execute(query)]


_EVENT_WORDS = {
    "extended": noop("There was more time to answer."),
    "reopened": noop("It opened again for answers."),
    "promise_moved": noop("The promise was moved to a later day."),
    "said_no": noop(
        "Young people said that something hadn't changed. The service was asked again."
    ),
}


def _history(
    consultation: Consultation, loop: Loop, events: Iterable[ConsultationEvent], zone: str
) -> list[Moment]:
    """What happened, day by day, without a name and without a word that isn't public anyway."""
    moments = [
        (consultation.opened_at, noop("It opened for answers.")),
        (consultation.closed_at, noop("It closed. The service reads the answers.")),
        (consultation.withdrawn_at, noop("It was stopped.")),
        *((event.at, _EVENT_WORDS[event.kind]) for event in events if event.kind in _EVENT_WORDS),
    ]
    lines = [Moment(local_date(at, zone), words) for at, words in moments if at is not None]
    if loop.is_told and loop.facts.told_on:
        lines.append(Moment(loop.facts.told_on, noop("The last thing you said got its answer.")))
    return sorted(lines, key=lambda line: line.day)
