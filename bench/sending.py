"""20,000 reminders due at one minute, sent by 4 workers; beside 4 bare SMTP clients on the same server.

Each mail goes to another owner, is looked at once more, written, stored, handed over and recorded.
The bare clients only hand over as many messages of the same size, over one connection each.

    python -m bench.sending                     both databases
    python -m bench.sending --count 2000 --database sqlite

Fails if a mail is missing or came twice. Part of `python -m bench.reminders`.
"""

import argparse
import asyncio
import os
import smtplib
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy import func, select

import config
from bench.population import NOW, fill, settle
from bench.serving import DATABASES, Site, site
from tracker.app import create_app
from tracker.clock import seconds_running
from tracker.db import current_session, db
from tracker.mail.transport import MemoryTransport, transport_of
from tracker.reminders.models import Mail, MailState
from tracker.reminders.worker import deliver, tick

COUNT, WORKERS = 20_000, 4
NINE = NOW + timedelta(hours=6)  # nine o'clock in the morning of that day
HOST = "127.0.0.1"


class _Counting:
    """Takes every message; answers how many came, and how many Message-IDs they had, on closing."""

    def __init__(self) -> None:
        self.ids: list[bytes] = []

    async def handle_DATA(  # noqa: N802  (the server looks for this name)
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content or b""
        assert isinstance(content, bytes)
        at = content.index(b"Message-ID: ")
        self.ids.append(content[at : content.index(b"\r\n", at)])
        return "250 OK"


def serve() -> None:
    """A mail server in a process of its own: prints its port, then on end of input what came."""

    async def run() -> None:
        handler = _Counting()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(handler, data_size_limit=0), HOST, 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await loop.run_in_executor(None, sys.stdin.read)
        print(len(handler.ids), len(set(handler.ids)), flush=True)
        server.close()

    asyncio.run(run())


def _wait_for_the_start() -> None:
    print("ready", flush=True)
    sys.stdin.read()


def bare(port: int, number: int, size: int) -> None:
    """Hand over `number` messages of `size` bytes as fast as smtplib can."""
    with smtplib.SMTP(HOST, port) as line:
        _wait_for_the_start()
        for one in range(number):
            head = f"Message-ID: <{os.getpid()}-{one}@example.org>\r\nSubject: Hello\r\n\r\n"
            body = ("x" * 74 + "\r\n") * ((size - len(head)) // 76)
            line.sendmail("loop@example.org", ["owner@example.org"], head + body)


def work() -> None:
    """One worker: delivers at nine o'clock until no mail waits or is in anybody's hands."""
    app = create_app(config.from_environ())
    settings: config.Config = app.config["LOOPKEEPER"]
    with app.app_context():
        session = current_session()
        _wait_for_the_start()
        while True:
            deliver(session, transport_of(settings), settings, clock=lambda: NINE)
            unsent = select(func.count()).where(
                Mail.state.in_([MailState.WAITING, MailState.SENDING])
            )
            left = session.scalar(unsent)
            session.rollback()
            if not left:
                return


@contextmanager
def _server() -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.sending", "--serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=config.ROOT,
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline()), process
    finally:
        process.kill()
        process.wait()


def _came(server: "subprocess.Popen[str]") -> tuple[int, int]:
    """How many messages the server took, and how many different ones."""
    assert server.stdin is not None and server.stdout is not None
    server.stdin.close()
    messages, different = server.stdout.readline().split()
    return int(messages), int(different)


def _together(arguments: Sequence[str], environ: Mapping[str, str]) -> float:
    """Seconds that WORKERS processes of this module take from the moment at which all are ready."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.sending", *arguments],
            cwd=config.ROOT,
            env=dict(environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(WORKERS)
    ]
    for process in running:
        assert process.stdin is not None and process.stdout is not None
        process.stdout.readline()
    start = seconds_running()
    for process in running:
        assert process.stdin is not None
        process.stdin.close()
    failed = [process for process in running if process.wait() != 0]
    if failed:
        raise SystemExit(f"{len(failed)} of {WORKERS} failed")
    return seconds_running() - start


def measure(place: Site, count: int) -> list[str]:
    """Print both rates for one database; what went wrong."""
    _queue(place.app, place.settings, count)
    with _server() as (port, server):
        environ = place.environ | {
            "LOOPKEEPER_SMTP_HOST": HOST,
            "LOOPKEEPER_SMTP_PORT": str(port),
            "LOOPKEEPER_SMTP_SECURITY": "none",
        }
        ours = _together(["--work"], environ)
        messages, different = _came(server)
    size = _size(place.app)
    with _server() as (port, server):
        each = str(count // WORKERS)
        theirs = _together(["--bare", each, "--port", str(port), "--size", str(size)], os.environ)
        bare_messages, _ = _came(server)
    print(
        f"  {messages:,} mails of {size:,} bytes    {messages / ours:8,.0f} a second, {ours:.0f} s"
    )
    rate = bare_messages / theirs
    print(
        f"  the bare client        {rate:8,.0f} a second  = {rate * ours / messages:.1f} times ours"
    )
    if (messages, different) != (count, count):
        return [f"{messages} messages came, {different} different ones, of {count}"]
    return []


def _queue(app: Flask, settings: config.Config, count: int) -> None:
    with app.app_context():
        session = current_session()
        fill(session, count, count, services=count)
        settle(session, count)
        while tick(session, MemoryTransport(), settings, clock=lambda: NOW).looked_at:
            pass


def _size(app: Flask) -> int:
    with app.app_context():
        size = current_session().scalar(select(func.avg(func.length(Mail.content))))
        current_session().rollback()
        db.engine.dispose()
    return round(float(size or 0))


def main() -> int:
    """Measure on each database; 1 if a mail was missing or came twice."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--count", type=int, default=COUNT)
    arguments.add_argument("--database", choices=DATABASES)
    for name in ("serve", "work"):
        arguments.add_argument(f"--{name}", action="store_true", help=argparse.SUPPRESS)
    for name in ("bare", "port", "size"):
        arguments.add_argument(f"--{name}", type=int, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.serve or given.work or given.bare:
        serve() if given.serve else work() if given.work else bare(
            given.port, given.bare, given.size
        )
        return 0
    wrong = []
    for database in [given.database] if given.database else DATABASES:
        print(database, flush=True)
        with (
            tempfile.TemporaryDirectory() as folder,
            site(Path(folder) / "site", database) as place,
        ):
            wrong += [f"{database}: {words}" for words in measure(place, given.count)]
    for words in wrong:
        print(f"WRONG  {words}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
