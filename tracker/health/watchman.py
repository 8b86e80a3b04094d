"""The watchman: in the web process, it looks whether the worker still ticks, and says so if not.

It does no work of the worker's but the one that can't wait: alerts about young people leave with its
own. It is exactly once as all notices are: the key names the tick after which all was silent.
"""

import logging
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.orm import Session

from config import Config
from tracker.clock import moment_in_words, utc_now
from tracker.db import current_session
from tracker.failpoints import reach
from tracker.health.policy import SILENT_FOR, silence_in_words
from tracker.health.queries import Health, administrators, health
from tracker.mail.render import render_mail
from tracker.mail.transport import Transport, transport_of
from tracker.reminders.operations import queue_notice
from tracker.reminders.worker import Clock, deliver
from tracker.reminders.worker.alarms import raise_alarms
from tracker.reminders.worker.failures import place_of
from tracker.services.queries import organisation

log = logging.getLogger(__name__)

LOOKS_EVERY = 5  # minutes


def start_watchman(app: Flask) -> BackgroundScheduler:
    """Look every five minutes, in a thread of this process."""
    scheduler = BackgroundScheduler(timezone=UTC, daemon=True)
    scheduler.add_job(
        _watch_and_survive, "interval", args=[app], minutes=LOOKS_EVERY, coalesce=True
    )
    scheduler.start()
    return scheduler


def _watch_and_survive(app: Flask) -> None:
    settings: Config = app.config["LOOPKEEPER"]
    with app.app_context():
        try:
            watch(current_session(), transport_of(settings), settings, clock=utc_now)
        except Exception as error:
            log.error("the watchman failed: %s", place_of(error))


def watch(session: Session, transport: Transport, settings: Config, *, clock: Clock) -> bool:
    """Tell every administrator, once, if the worker stands still; whether it does."""
    now = clock()
    state = health(session, now=now)
    session.rollback()
    if not state.is_stalled:
        return False
    log.error("no tick for %s: %s", SILENT_FOR, silence_in_words(state.last_tick_at, now))
    _tell(session, settings, state, now)
    reach("watchman.done")
    session.commit()
    reach("watchman.committed")

    def alarms() -> None:
        raise_alarms(session, settings, now=clock())
        session.commit()

    deliver(session, transport, settings, clock=clock, look=alarms, only_urgent=True)
    return True


def _tell(session: Session, settings: Config, state: Health, now: datetime) -> None:
    own = organisation(session)
    since = state.last_tick_at.isoformat() if state.last_tick_at else "never"
    for person in administrators(session):
        rendered = render_mail(
            "stalled",
            person=person,
            organisation=own.name,
            silence=silence_in_words(state.last_tick_at, now),
            since=moment_in_words(state.last_tick_at, own.time_zone) if state.last_tick_at else "",
            state=state,
            url=f"{settings.base_url}/staff/health",
        )
        key = f"stalled/{since}/{person.id}"
        queue_notice(session, recipient=person, key=key, rendered=rendered, now=now, is_urgent=True)
