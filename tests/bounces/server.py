"""A real IMAP server on loopback: one folder of letters, read-only like its guest, and able to misbehave.

It speaks what a guest needs that only reads (RFC 3501: CAPABILITY, STARTTLS, LOGIN, AUTHENTICATE PLAIN,
SELECT, EXAMINE, UID SEARCH, UID FETCH, LOGOUT), and notes every command it was given.
"""

import re
import socketserver
import ssl
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

USER, PASSWORD = "bounces@example.org", 'a "pass\\word" é'
# Given the command in capitals: an answer of its own, or None for the usual one. "" hangs up.
Misbehaviour = Callable[[str], bytes | None]


def behave(_command: str) -> bytes | None:
    return None


@dataclass
class Box:
    """What lies in the folder, by UID, and how the server answers."""

    port: int = 0
    folder: str = "INBOX"
    uid_validity: int = 7
    letters: dict[int, bytes] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    capabilities: str = "IMAP4rev1 AUTH=PLAIN"
    tls: ssl.SSLContext | None = None
    is_implicit_tls: bool = False
    misbehave: Misbehaviour = behave
    # What a thing that waits for its end may wait on.
    is_over: threading.Event = field(default_factory=threading.Event)

    def put(self, *letters: bytes) -> None:
        for letter in letters:
            self.letters[max(self.letters, default=0) + 1] = letter.replace(b"\n", b"\r\n")


class _Guest(socketserver.StreamRequestHandler):
    server: "_Server"
    disable_nagle_algorithm = True

    def handle(self) -> None:
        try:
            if self.server.box.is_implicit_tls:
                self._begin_tls()
            self._say(self._own("GREETING") or b"* OK ready")
            while line := self.rfile.readline():
                if not self._answer(line.decode("utf-8", "replace").strip()):
                    return
        except (OSError, ValueError):
            return  # the guest has gone

    def _own(self, command: str) -> bytes | None:
        return self.server.box.misbehave(command)

    def _answer(self, line: str) -> bool:
        tag, _, rest = line.partition(" ")
        verb = rest.split(" ")[0].upper()
        if verb == "UID":
            verb = " ".join(rest.split(" ")[:2]).upper()
        self.server.box.commands.append(re.sub(r"^LOGIN .*", "LOGIN", rest))
        own = self._own(verb)
        if own == b"":
            return False
        if own is not None:
            self._say(own.replace(b"TAG", tag.encode()))
            return True
        for said in self._usual(verb, rest):
            self._say(said if said.startswith((b"*", b"+")) else tag.encode() + b" " + said)
        if verb == "STARTTLS":
            self._begin_tls()
        return verb != "LOGOUT"

    def _usual(self, verb: str, rest: str) -> Iterator[bytes]:
        answer = {
            "CAPABILITY": self._capability,
            "AUTHENTICATE": self._authenticate,
            "LOGIN": self._login,
            "EXAMINE": self._examine,
            "UID SEARCH": self._search,
            "UID FETCH": self._fetch,
        }.get(verb, self._done)
        yield from answer(rest)

    def _done(self, _rest: str) -> Iterator[bytes]:
        yield b"OK done"

    def _capability(self, rest: str) -> Iterator[bytes]:
        yield b"* CAPABILITY " + self.server.box.capabilities.encode()
        yield from self._done(rest)

    def _examine(self, rest: str) -> Iterator[bytes]:
        box = self.server.box
        if rest.split(" ", 1)[1] != f'"{box.folder}"':
            yield b"NO no such folder"
            return
        yield f"* {len(box.letters)} EXISTS".encode()
        yield f"* OK [UIDVALIDITY {box.uid_validity}] valid".encode()
        yield from self._done(rest)

    def _search(self, rest: str) -> Iterator[bytes]:
        letters = self.server.box.letters
        first = int(rest.split(" ")[3].partition(":")[0])
        last = max(letters, default=0)  # which "n:*" names even if it is below n
        found = [str(uid) for uid in letters if uid >= first or uid == last]
        yield f"* SEARCH {' '.join(found)}".encode()
        yield from self._done(rest)

    def _fetch(self, rest: str) -> Iterator[bytes]:
        letters = self.server.box.letters
        uid, size = int(rest.split(" ")[2]), int(rest.partition("<0.")[2].partition(">")[0])
        if uid in letters:
            part = letters[uid][:size]
            head = f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(part)}}}\r\n".encode()
            yield head + part + b")"
        yield from self._done(rest)

    def _login(self, rest: str) -> Iterator[bytes]:
        user, password = re.findall(r'"((?:[^"\\]|\\.)*)"', rest)
        yield self._welcome(re.sub(r"\\(.)", r"\1", f"\0{user}\0{password}"))

    def _authenticate(self, _rest: str) -> Iterator[bytes]:
        self._say(b"+ ")
        yield self._welcome(b64decode(self.rfile.readline()).decode())

    def _welcome(self, said: str) -> bytes:
        return b"OK welcome" if said == f"\0{USER}\0{PASSWORD}" else b"NO that isn't you"

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")

    def _begin_tls(self) -> None:
        assert self.server.box.tls is not None
        self.request = self.server.box.tls.wrap_socket(self.request, server_side=True)
        self.setup()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, box: Box) -> None:
        self.box = box
        super().__init__(("127.0.0.1", 0), _Guest)
        box.port = self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """A guest that hangs up in the middle is none."""


@contextmanager
def imap_server(box: Box) -> Iterator[Box]:
    """The server of `box`, running; its port is in the box."""
    with _Server(box) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.05], daemon=True)
        thread.start()
        try:
            yield box
        finally:
            box.is_over.set()
            server.shutdown()
