"""The metronome: something that calls `tick` again and again. It decides nothing and stores nothing.

Whether a beat is late, doubled or missed makes no difference: what is due follows from the tables.
"""

import logging
import signal
import threading
from datetime import UTC

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from config import Config
from tracker.channels.outlets import outlets_of_app
from tracker.clock import utc_now
from tracker.db import current_session
from tracker.mail.transport import transport_of
from tracker.reminders.worker import Clock, Part, Summary, tick
from tracker.reminders.worker.failures import place_of

log = logging.getLogger(__name__)

PARTS = "loopkeeper.parts of a tick"


def tick_once(app: Flask, clock: Clock = utc_now) -> Summary:
    """One tick with the app's own database and mail server."""
    settings: Config = app.config["LOOPKEEPER"]
    with app.app_context():
        return tick(
            current_session(),
            transport_of(settings),
            settings,
            clock=clock,
            parts_above=app.extensions[PARTS],
            outlets=outlets_of_app(),
        )


def init_parts(app: Flask, *parts: Part) -> None:
    """What features above do at the end of each tick, in this order."""
    app.extensions[PARTS] = parts


def start_scheduler(app: Flask) -> BackgroundScheduler:
    """Tick in a thread of this web process. Only for the one worker of the embedded default."""
    settings: Config = app.config["LOOPKEEPER"]
    scheduler = BackgroundScheduler(timezone=UTC, daemon=True)
    scheduler.add_job(
        _tick_and_survive,
        "interval",
        args=[app],
        seconds=settings.tick_seconds,
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    scheduler.start()
    return scheduler


def run_forever(app: Flask, stop: threading.Event | None = None) -> None:
    """Tick in this process until `stop`, SIGTERM or Ctrl-C; the tick under way is finished first."""
    settings: Config = app.config["LOOPKEEPER"]
    stop = stop or threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        _tick_and_survive(app)
        stop.wait(settings.tick_seconds)


def _tick_and_survive(app: Flask) -> None:
    try:
        summary = tick_once(app)
    except Exception as error:
        log.error("the tick failed: %s", place_of(error))
        return
    log.info("%s", summary)
