"""The processes of a chaos, each started and ended by its own number, never by a name."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.serving import ROOT, Site, deployed_command


class Talker:
    """A process that is told one line and answers with one."""

    def __init__(self, log: Path, environ: Mapping[str, str], *command: str) -> None:
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=dict(environ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.first = self._heard()  # what it says when it is ready

    def ask(self, words: str) -> str:
        self.tell(words)
        return self._heard()

    def tell(self, words: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(words + "\n")
        self._process.stdin.flush()

    def _heard(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._process.args!r} ended; its log says why")
        return line.strip()

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()  # at which it ends
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@dataclass
class Web:
    """granian as docs/deploy.md starts it, with all its processes in one group, as a service has it."""

    place: Site
    database: str
    _process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        command = deployed_command()
        command[command.index("--port") + 1] = str(self.place.port)
        if self.database == "postgresql":
            command[command.index("--workers") + 1] = "2"
        with (self.place.folder / "logs" / "web.log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(Path(sys.executable).with_name("granian")), *command],
                cwd=ROOT,
                env=self.place.environ | {"PGAPPNAME": "web"},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Until it answers."""
        for _ in range(600):
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.place.port), timeout=1).close()
                return
            time.sleep(0.1)
        raise RuntimeError("granian didn't answer within a minute; see logs/web.log")

    def kill(self) -> None:
        """All of it at once, with no time to tidy up."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


@dataclass
class Workers:
    """So many workers, always: one that is killed is followed by another."""

    nursery: Talker
    pids: list[int] = field(default_factory=list)
    stopped: dict[int, float] = field(default_factory=dict)  # when each that is paused goes on

    @property
    def awake(self) -> list[int]:
        return [pid for pid in self.pids if pid not in self.stopped]

    def add(self) -> None:
        self.pids.append(int(self.nursery.ask("another")))

    def kill(self, pid: int) -> None:
        self.pids.remove(pid)
        self.stopped.pop(pid, None)
        os.kill(pid, signal.SIGKILL)

    def pause(self, pid: int, until: float) -> None:
        self.stopped[pid] = until
        os.kill(pid, signal.SIGSTOP)

    def due_to_go_on(self, now: float) -> list[int]:
        return [pid for pid, until in self.stopped.items() if until <= now]

    def go_on(self, pid: int) -> None:
        del self.stopped[pid]
        os.kill(pid, signal.SIGCONT)

    def end(self) -> None:
        for pid in list(self.pids):
            self.kill(pid)


@contextmanager
def talking(log: Path, environ: Mapping[str, str], *command: str) -> Iterator[Talker]:
    talker = Talker(log, environ, *command)
    try:
        yield talker
    finally:
        talker.stop()


class Tail:
    """Counts how often some bytes stand in a file that grows."""

    def __init__(self, path: Path, *words: bytes) -> None:
        self._path, self._words = path, words
        self._read = 0
        self.count = 0

    def look(self) -> int:
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._read)
                fresh = file.read()
            whole = fresh[: fresh.rfind(b"\n") + 1]
            self._read += len(whole)
            self.count += sum(whole.count(words) for words in self._words)
        return self.count


def wait_a_moment() -> None:
    time.sleep(0.02)
