"""A real web server on loopback that keeps what it is sent, and answers as it is told to."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Posted:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Service:
    """What was posted, and how the next requests are answered: a status, or a way to misbehave."""

    address: str = ""
    status: int = 200
    body: Any = field(default_factory=dict)
    misbehaves: str = ""  # silent, trickling, cutting
    posted: list[Posted] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    def do_POST(self) -> None:
        service = self.server.service
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length) or b"null")
        headers = {name.lower(): value for name, value in self.headers.items()}
        service.posted.append(Posted(self.path, headers, body))
        if service.misbehaves == "silent":
            time.sleep(3)
        if service.misbehaves in ("silent", "cutting"):
            self.close_connection = True
        else:
            self._answer(service)

    def _answer(self, service: Service) -> None:
        said = service.body
        content = said.encode() if isinstance(said, str) else json.dumps(said).encode()
        trickles = 20 if service.misbehaves == "trickling" else 0
        self.send_response(service.status)
        self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.send_header("Content-Length", str(len(content) + trickles))
        self.end_headers()
        self.wfile.write(content)
        for _ in range(trickles):
            time.sleep(0.1)
            self.wfile.write(b" ")

    def handle(self) -> None:
        with suppress(OSError):  # the other side hung up, as some tests want it to
            super().handle()

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, service: Service) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.service = service


@contextmanager
def web_service() -> Iterator[Service]:
    service = Service()
    server = _Server(service)
    service.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
