"""Letters to those who asked to be told: please confirm; and what changed, gathered, once a week at most.

The rows that say what was told and the mail that tells it are one transaction, and the key of each
piece of news exists once: so it is told once, by any number of workers, after any crash. No mail
holds anything that leads to an answer.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from config import Config
from tracker.clock import local_date
from tracker.consultations.models import Consultation
from tracker.consultations.policy import ConsultationState
from tracker.languages import speaking
from tracker.loop.policy import Stage
from tracker.loop.queries import Loop, loops_of
from tracker.mail.render import RenderedMail, render_mail
from tracker.reminders.operations import queue_for_subscriber
from tracker.reminders.policy import is_in_hours
from tracker.services.queries import organisation
from tracker.subscriptions.models import Subscription, Told
from tracker.subscriptions.operations import mark_closed_loops
from tracker.subscriptions.policy import (
    CONFIRM_DAYS,
    News,
    NewsKind,
    may_mail,
    news_for,
)
from tracker.subscriptions.queries import (
    consultations_subscribed_to,
    published_about,
    subscribers,
    told_to,
    unwritten,
)
from tracker.subscriptions.sealing import Errand, Seal

_AT_ONCE = 500


def write_to_subscribers(session: Session, settings: Config, *, now: datetime) -> int:
    """Queue what subscribers have to read by now; how many letters.

    News leaves in the hours in which reminders do, a request to confirm at once.
    """
    desk = _Desk.at(session, settings, now)
    written = _ask_to_confirm(session, desk)
    consultations = consultations_subscribed_to(session)
    if is_in_hours(now, desk.zone):
        written += sum(_tell(session, desk, consultation) for consultation in consultations)
    loops = loops_of(session, consultations, now=now)
    closed = [each.id for each in consultations if _is_closed(each, loops[each.id])]
    mark_closed_loops(session, closed, now=now)
    return written


@dataclass(frozen=True)
class _Desk:
    """What every letter of one look has in common."""

    settings: Config
    seal: Seal
    organisation: str
    zone: str
    now: datetime
    today: date
    language: str  # what it speaks with those whose own is switched off
    languages_off: frozenset[str]

    @classmethod
    def at(cls, session: Session, settings: Config, now: datetime) -> "_Desk":
        own = organisation(session)
        today = local_date(now, own.time_zone)
        seal, off = Seal(settings), frozenset(own.languages_off)
        return cls(settings, seal, own.name, own.time_zone, now, today, own.language, off)

    def language_for(self, subscription: Subscription) -> str:
        """What a letter to this subscriber is written in."""
        is_off = subscription.language in self.languages_off
        return self.language if is_off else subscription.language

    def address(self, errand: Errand, subscription_id: UUID, *more: int) -> str:
        """The absolute address for one errand of a subscriber."""
        path = {Errand.CONFIRM: "tell-me", Errand.STOP: "stop", Errand.JUDGE: "changed"}[errand]
        parts = (path, self.seal.link(errand, subscription_id), *map(str, more))
        return "/".join((self.settings.base_url, *parts))


def _is_closed(consultation: Consultation, loop: Loop) -> bool:
    if consultation.state is ConsultationState.WITHDRAWN:
        return True
    is_over = consultation.state is ConsultationState.CLOSED and not loop.facts.to_hear
    return is_over or Stage.FOLLOWED_UP in loop.reached


def _ask_to_confirm(session: Session, desk: _Desk) -> int:
    waiting = unwritten(session, _AT_ONCE)
    for subscription in waiting:
        subscription.written_times = subscription.asked_times
        rendered = _rendered(
            "confirm",
            desk,
            subscription,
            confirm_address=desk.address(Errand.CONFIRM, subscription.id),
            confirm_by=subscription.asked_on + timedelta(days=CONFIRM_DAYS),
        )
        key = f"sub/{subscription.id.hex}/confirm/{subscription.asked_times}"
        _queue(session, desk, subscription, key, rendered)
    return len(waiting)


def _tell(session: Session, desk: _Desk, consultation: Consultation) -> int:
    published = published_about(session, consultation.id, desk.zone)
    told = told_to(session, consultation.id)
    written = 0
    for subscription in subscribers(session, consultation.id):
        if not may_mail(subscription.mailed_on, desk.today):
            continue
        known = told.get(subscription.id, set())
        news = news_for(published, since=subscription.told_until, told=known, today=desk.today)
        news += _stopped(consultation, known)
        subscription.told_until = max(desk.now, subscription.told_until or desk.now)
        if news:
            _write(session, desk, subscription, news)
            written += 1
    return written


def _stopped(consultation: Consultation, told: set[str]) -> list[News]:
    if consultation.state is not ConsultationState.WITHDRAWN or "stopped" in told:
        return []
    return [News(NewsKind.STOPPED, "stopped", 0, consultation.withdrawn_reason)]


def _write(session: Session, desk: _Desk, subscription: Subscription, news: list[News]) -> None:
    session.add_all(Told(subscription_id=subscription.id, event_key=one.key) for one in news)
    subscription.mailed_on = desk.today
    judge = {
        one.action_id: desk.address(Errand.JUDGE, subscription.id, one.action_id)
        for one in news
        if one.kind is NewsKind.JUDGE
    }
    rendered = _rendered("tidings", desk, subscription, news=news, judge=judge)
    key = f"sub/{subscription.id.hex}/news/{desk.today.isoformat()}"
    _queue(session, desk, subscription, key, rendered)


def _rendered(name: str, desk: _Desk, subscription: Subscription, **more: object) -> RenderedMail:
    consultation, language = subscription.consultation, desk.language_for(subscription)
    with speaking(language):
        return render_mail(
            name,
            consultation=consultation,
            organisation=desk.organisation,
            language=language,
            board_address=f"{desk.settings.base_url}/board/{consultation.slug}",
            stop_address=desk.address(Errand.STOP, subscription.id),
            **more,
        )


def _queue(
    session: Session, desk: _Desk, subscription: Subscription, key: str, rendered: RenderedMail
) -> None:
    queue_for_subscriber(
        session,
        subscription,
        key=key,
        rendered=rendered,
        seal=desk.seal,
        stop_address=desk.address(Errand.STOP, subscription.id),
        now=desk.now,
    )
