"""A small load generator: sixteen kept connections, each asking again as soon as it was answered, or
at a pace. At a pace the time that counts begins when a request was due, not when it could be sent.

`measure` runs it in a process of its own, so that it shares no interpreter with what it measures. It
talks to this machine alone and stops when its time is over.
"""

import heapq
import json
import re
import selectors
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

CONNECTIONS = 16
ID = "00000000-0000-4000-8000-000000000000"  # each request carries a new one in its place
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_HEADERS = (
    "Host: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\nAccept-Language: en-GB,en;q=0.9\r\n"
    "User-Agent: Mozilla/5.0 (Linux; Android 9)\r\n"
)


@dataclass(frozen=True)
class Load:
    """What came of it: answers a second, the 99th percentile in milliseconds, and refusals."""

    rate: float
    p99: float
    failed: int


def get(port: int, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\n{_HEADERS.format(port=port)}\r\n".encode()


def post(port: int, path: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\n{_HEADERS.format(port=port)}"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def measure(port: int, request: bytes, seconds: float, rate: float = 0) -> Load:
    """Ask for `seconds`, from another process: `rate` times a second, or as fast as answers come."""
    told = json.dumps([port, request.decode(), seconds, rate])
    command = [sys.executable, "-m", "bench.load"]
    done = subprocess.run(command, input=told, capture_output=True, text=True, timeout=seconds + 60)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Load(**json.loads(done.stdout))


class _Line:
    """One connection."""

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.requests = requests

    def ask(self, due_at: float) -> None:
        self.got, self.expected = b"", 0
        self.due_at = due_at
        self.socket.sendall(next(self.requests))

    def is_answered(self) -> bool:
        piece = self.socket.recv(262_144)
        if not piece:
            raise ConnectionError("the server hung up")
        self.got += piece
        if not self.expected:
            end = self.got.find(b"\r\n\r\n")
            found = _LENGTH.search(self.got, 0, end) if end >= 0 else None
            if not found:
                return False
            self.expected = end + 4 + int(found[1])
        return len(self.got) >= self.expected


def _run(port: int, request: bytes, seconds: float, rate: float) -> Load:
    # Made beforehand, so that making them takes nothing from the measured time.
    requests = (request.replace(ID.encode(), str(uuid.uuid4()).encode()) for _ in iter(int, 1))
    ready = selectors.DefaultSelector()
    lines = [_Line(port, requests) for _ in range(CONNECTIONS)]
    started = time.perf_counter()
    until, pause, took, failed = started + seconds, CONNECTIONS / rate if rate else 0.0, [], 0
    # When each line may ask next, the soonest first.
    coming = [(started + number * pause / CONNECTIONS, number) for number in range(CONNECTIONS)]
    busy = 0
    while coming or busy:
        while coming and coming[0][0] <= time.perf_counter():
            due_at, number = heapq.heappop(coming)
            lines[number].ask(due_at)
            ready.register(lines[number].socket, selectors.EVENT_READ, number)
            busy += 1
        wait = max(0.0, coming[0][0] - time.perf_counter()) if coming else 30
        for key, _ in ready.select(wait):
            line = lines[key.data]
            if not line.is_answered():
                continue
            now = time.perf_counter()
            took.append(now - line.due_at)
            failed += not line.got.startswith(b"HTTP/1.1 200")
            ready.unregister(line.socket)
            busy -= 1
            if now < until:
                heapq.heappush(coming, (line.due_at + pause if rate else now, key.data))
    return Load(len(took) / (time.perf_counter() - started), p99_of(took), failed)


def p99_of(took: Sequence[float]) -> float:
    """The 99th percentile of so many seconds, in milliseconds."""
    return sorted(took)[min(len(took) - 1, int(len(took) * 0.99))] * 1000


if __name__ == "__main__":
    _port, _request, _seconds, _rate = json.loads(sys.stdin.read())
    print(json.dumps(asdict(_run(_port, _request.encode(), _seconds, _rate))))
