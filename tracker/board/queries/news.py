"""What happened on the board, newest first: for its feeds. Public facts alone, and no counts."""

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, lazyload

from tracker.actions.models import Action, ActionVersion
from tracker.board.policy.words import OUTCOME_TITLES
from tracker.board.queries.parts import public_consultations
from tracker.clock import local_date, local_moment
from tracker.consultations.models import Consultation, ConsultationEvent
from tracker.languages import gettext as _
from tracker.services.queries import organisation

MOST = 50


@dataclass(frozen=True)
class Happening:
    """One thing that happened to a consultation in public. The moment is that of its day's beginning."""

    key: str
    consultation: Consultation
    title: str
    text: str
    at: datetime


def happenings(session: Session, consultation: Consultation | None = None) -> list[Happening]:
    """What happened last, on the whole board or to one consultation. Four queries."""
    query = public_consultations()
    if consultation is not None:
        query = query.where(Consultation.id == consultation.id)
    asked = {each.id: each for each in session.scalars(query)}
    zone = organisation(session).time_zone
    found = [*_answers(session, list(asked)), *_turns(session, list(asked.values()))]
    found.sort(key=lambda one: (one[4], one[0]), reverse=True)
    return [
        Happening(key, asked[of], title, text, _day(at, zone))
        for key, of, title, text, at in found[:MOST]
    ]


_Found = tuple[str, int, str, str, datetime]  # key, consultation, title, text, moment


def _day(at: datetime, zone: str) -> datetime:
    return local_moment(local_date(at, zone), time(0), zone)


def _answers(session: Session, ids: list[int]) -> list[_Found]:
    query = (
        select(ActionVersion)
        .join(Action, Action.id == ActionVersion.action_id)
        .where(Action.consultation_id.in_(ids), ActionVersion.published_at.is_not(None))
        .options(joinedload(ActionVersion.action).lazyload("*"))
        .order_by(ActionVersion.published_at.desc(), ActionVersion.id.desc())
        .limit(MOST)
    )
    return [
        (
            f"said-{version.id}",
            version.action.consultation_id,
            _(OUTCOME_TITLES[version.outcome]),
            " ".join(part for part in (version.text, version.reason) if part),
            version.published_at,
        )
        for version in session.scalars(query)
        if version.published_at is not None
    ]


def _turns(session: Session, asked: list[Consultation]) -> list[_Found]:
    found: list[_Found] = []
    for one in asked:
        turns = (
            ("opened", one.opened_at, _("It opened for answers."), one.purpose),
            ("closed", one.closed_at, _("It closed. The service reads the answers."), ""),
            ("stopped", one.withdrawn_at, _("It was stopped."), one.withdrawn_reason),
        )
        found += [(key, one.id, title, text, at) for key, at, title, text in turns if at]
    query = (
        select(ConsultationEvent)
        .where(
            ConsultationEvent.consultation_id.in_([one.id for one in asked]),
            ConsultationEvent.kind == "said_no",
        )
        .options(lazyload("*"))
        .order_by(ConsultationEvent.id.desc())
        .limit(MOST)
    )
    denied = _("Young people said that something hadn't changed. The service was asked again.")
    return found + [
        (f"denied-{event.id}", event.consultation_id, denied, "", event.at)
        for event in session.scalars(query)
    ]
