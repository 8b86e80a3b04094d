"""The metronome beats, survives a bad beat, and stops when it is told to."""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.reminders.world import World
from tracker.app import create_app
from tracker.clock import utc_now
from tracker.mail.render import RenderedMail
from tracker.reminders.operations import queue_notice
from tracker.reminders.scheduler import log, run_forever, start_scheduler, tick_once

HELLO = RenderedMail("Hello", "Hello", "<p>Hello</p>")


def signal_process(number: int) -> None:
    """As `kill` does it: the main thread is woken."""
    signal.pthread_kill(threading.main_thread().ident or 0, number)


@contextmanager
def after_a_beat(do: Callable[[], None]) -> Iterator[None]:
    """`do`, a little after the first beat, however long that takes; the handlers are put back."""

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            log.removeHandler(self)
            threading.Timer(0.2, do).start()

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    level, listener = log.level, Listener()
    log.addHandler(listener)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(listener)
        log.setLevel(level)
        for number, handler in before.items():
            signal.signal(number, handler)


def wait_until_sent(world: World) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        world.session.rollback()
        found = str(world.mails[0].state)
        world.session.rollback()
        if found == "sent":
            return
        time.sleep(0.05)
    raise AssertionError("it never ticked")


def test_scheduler_ticks_in_a_thread(world: World) -> None:
    queue_notice(world.session, recipient=world.owner, key="k", rendered=HELLO, now=utc_now())
    world.session.commit()
    world.app.config["LOOPKEEPER"] = replace(world.settings, tick_seconds=1)
    scheduler = start_scheduler(world.app)
    try:
        wait_until_sent(world)
    finally:
        scheduler.shutdown()
        world.app.config["LOOPKEEPER"] = world.settings


def test_create_app_starts_the_scheduler_only_when_told_to(world: World) -> None:
    def beating() -> int:
        return sum(thread.name == "APScheduler" for thread in threading.enumerate())

    world.session.commit()
    before = beating()
    create_app(world.settings)
    assert beating() == before
    app = create_app(replace(world.settings, scheduler=True, tick_seconds=86_400))
    assert beating() == before + 1
    app.extensions["loopkeeper.scheduler"].shutdown()
    assert beating() == before


def test_run_ticks_until_it_is_told_to_stop(world: World) -> None:
    queue_notice(world.session, recipient=world.owner, key="k", rendered=HELLO, now=utc_now())
    world.session.commit()
    with after_a_beat(lambda: signal_process(signal.SIGTERM)):
        run_forever(world.app)
    wait_until_sent(world)


def test_run_survives_a_tick_that_breaks(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.session.commit()
    stop = threading.Event()
    world.app.config["LOOPKEEPER"] = replace(world.settings, data=None)  # type: ignore[arg-type]
    try:
        with after_a_beat(stop.set):
            run_forever(world.app, stop)
    finally:
        world.app.config["LOOPKEEPER"] = world.settings
    assert "the tick failed: TypeError" in caplog.text
    assert tick_once(world.app).failures == 0
