"""Reminder workers by the dozen: `python -m tests.chaos.worker FOLDER PORT`.

One process loads the application and then splits off a worker, which is a process with connections
of its own, for each line it gets; it answers with the worker's number. A worker ticks as
`flask reminders run` does, but by the clock in the folder and over a mail server on this machine, and
writes down each failpoint that it passes and each mail that it hands over. It dies with its parent.
"""

import logging
import os
import re
import signal
import sys
import time
from pathlib import Path

from flask import Flask

import config
from tests.chaos.certificates import Certificates
from tests.chaos.clockwork import Clockwork
from tests.chaos.hostile_smtp import PASSWORD, USER
from tests.chaos.ledger import Ledger
from tracker import failpoints
from tracker.app import create_app
from tracker.db import current_session, db
from tracker.mail.line import Line
from tracker.mail.smtp import SmtpTransport
from tracker.reminders.scheduler import PARTS
from tracker.reminders.worker import tick

PAUSE = 0.1  # seconds between two ticks
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.MULTILINE | re.IGNORECASE)


class LoggedTransport(SmtpTransport):
    """The product's own transport; says which mail it hands over, and from which port."""

    def __init__(self, ledger: Ledger, folder: Path, port: int) -> None:
        super().__init__(
            host="127.0.0.1",
            port=port,
            user=USER,
            password=PASSWORD,
            context=Certificates(folder).trusting,
        )
        self._ledger = ledger

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        found = _MESSAGE_ID.search(message)
        self._ledger.note("sending", pid=os.getpid(), message_id=found[1].decode() if found else "")
        super().send(message, sender=sender, recipient=recipient)

    def _connect(self) -> Line:
        line = super()._connect()
        assert line.sock is not None
        self._ledger.note("connected", pid=os.getpid(), peer=line.sock.getsockname()[1])
        return line


class _Errors(logging.Handler):
    """Writes down what a worker complains of."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(logging.WARNING)
        self._ledger = ledger

    def emit(self, record: logging.LogRecord) -> None:
        self._ledger.note("complaint", pid=os.getpid(), words=record.getMessage())


def work(app: Flask, folder: Path, port: int) -> None:
    """Tick for ever."""
    ledger, clock, parent = Ledger(folder / "workers"), Clockwork(folder / "clock"), os.getppid()
    logging.getLogger("tracker").addHandler(_Errors(ledger))

    def note(point: str) -> None:
        if not point.startswith("any."):
            ledger.note("reached", pid=os.getpid(), point=point, now=clock.now().timestamp())

    failpoints.at_each(note)
    settings: config.Config = app.config["LOOPKEEPER"]
    while os.getppid() == parent:
        with app.app_context():
            try:
                tick(
                    current_session(),
                    LoggedTransport(ledger, folder, port),
                    settings,
                    clock=clock.now,
                    parts_above=app.extensions[PARTS],
                )
            except Exception as error:
                ledger.note("complaint", pid=os.getpid(), words=repr(error))
        time.sleep(PAUSE)


def split_off(app: Flask, folder: Path, port: int) -> int:
    """A new worker; its number."""
    pid = os.fork()
    if pid:
        return pid
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        # By this name PostgreSQL knows whose connection it is.
        os.environ["PGAPPNAME"] = f"worker {os.getpid()}"
        work(app, folder, port)
    finally:
        os._exit(1)


def main() -> None:
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    asked = {n: v for n, v in os.environ.items() if n.startswith("LOOPKEEPER_")}
    app = create_app(config.from_environ(asked))
    with app.app_context():
        db.engine.dispose()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    print("ready", flush=True)
    for _ in sys.stdin:
        print(split_off(app, folder, port), flush=True)


if __name__ == "__main__":
    main()
