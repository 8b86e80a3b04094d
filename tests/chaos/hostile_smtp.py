"""A real SMTP server on loopback that misbehaves as told, and writes down every act of its own.

What it can be told is the table in `behaviours`. Without a behaviour it is a decent server.
"""

import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from hashlib import sha256

from tests.chaos.certificates import Certificates
from tracker.clock import seconds_running

USER, PASSWORD = "loop", "right"
DECENT = {
    "GREETING": b"220 hostile.example.org\r\n",
    "STARTTLS": b"220 go on\r\n",
    "AUTH": b"235 2.7.0 welcome\r\n",
    "MAIL": b"250 2.1.0 fine\r\n",
    "RCPT": b"250 2.1.5 fine\r\n",
    "DATA": b"354 go on\r\n",
    "DOT": b"250 2.0.0 taken\r\n",
    "RSET": b"250 2.0.0 forgotten\r\n",
    "NOOP": b"250 2.0.0 nothing\r\n",
    "QUIT": b"221 2.0.0 bye\r\n",
}


class HungUp(Exception):
    """The conversation is over."""


@dataclass(frozen=True)
class Deed:
    """One act of the server. `fault` names the behaviour, where it was at work."""

    connection: int
    verb: str
    recipient: str = ""
    message_id: str = ""
    digest: str = ""  # sha256 of the message's bytes
    is_kept: bool = False  # whether the message counts as delivered from here on
    fault: str = ""
    peer: int = 0  # the client's port
    at: float = field(default_factory=seconds_running)


Answer = Callable[["Talk"], bytes]


@dataclass(frozen=True)
class Behaviour:
    """One way to misbehave: `answer` instead of the decent one at each `verb` that `when` picks.

    Verbs are those of SMTP and CONNECT, GREETING, BODY (within a message) and DOT (at its end).
    """

    name: str
    verb: str
    answer: Answer
    outcome: str  # what becomes of the mails while it goes on; see `behaviours`
    holds: bool = False  # whether it keeps its client waiting for as long as that waits
    when: Callable[["Talk"], bool] = lambda _: True
    security: str = "none"
    signs_in: bool = False
    certificate: str = "good"
    keeps: bool = False  # at DOT: whether the message is delivered all the same
    others: tuple[tuple[str, bytes], ...] = ()  # what it says at other verbs


@dataclass
class Talk:
    """One conversation, as the server sees it."""

    server: "HostileServer"
    line: socket.socket
    number: int
    unread: bytes = b""
    recipient: str = ""
    mails: int = 0  # messages that came on this line
    answered: int = 0  # answers given at the behaviour's verb on this line
    decent: bytes = b""  # what a decent server would say now
    peer: int = 0  # the client's port

    def say(self, words: bytes) -> None:
        try:
            self.line.sendall(words)
        except OSError:
            raise HungUp from None

    def hear(self) -> bytes:
        while b"\n" not in self.unread:
            try:
                said = self.line.recv(65536)
            except OSError:
                raise HungUp from None
            if not said:
                raise HungUp
            self.unread += said
        words, _, self.unread = self.unread.partition(b"\n")
        return words.rstrip(b"\r")

    def wait(self, seconds: float) -> None:
        """Wait without reading; the conversation is over when the server is."""
        if self.server.is_over.wait(seconds):
            raise HungUp

    def stall(self) -> bytes:
        """Say nothing more until the client gives up."""
        while not self._has_left():
            self.wait(0.01)
        raise HungUp

    def drop(self) -> bytes:
        """Hang up."""
        raise HungUp

    def _has_left(self) -> bool:
        if not select.select([self.line], [], [], 0)[0]:
            return False
        try:
            if isinstance(self.line, ssl.SSLSocket):
                return not self.line.recv(1)
            waiting = self.line.recv(65536, socket.MSG_PEEK)
        except OSError:
            return True
        if waiting:
            self.line.recv(len(waiting))
        return not waiting

    def reset(self) -> bytes:
        """End the line with a TCP reset."""
        self.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.line.close()
        raise HungUp


@dataclass
class HostileServer:
    """Start it with `hostile_server`. Change `behaviour` whenever no conversation is under way."""

    certificates: Certificates
    behaviour: Behaviour | None = None
    beat: float = 0.02  # seconds between two bytes of one who trickles
    port: int = 0
    security: str = "none"  # what a decent server offers
    log: list[Deed] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)  # how often each recipient was named
    is_over: threading.Event = field(default_factory=threading.Event)
    _connections: int = 0

    @property
    def kept(self) -> list[Deed]:
        """The messages that were delivered, in order."""
        return [deed for deed in self.log if deed.is_kept]

    def converse(self, line: socket.socket) -> None:
        self._connections += 1
        talk = Talk(self, line, self._connections, peer=line.getpeername()[1])
        with suppress(HungUp, OSError):
            self._answer(talk, "CONNECT", b"")
            self._answer(talk, "GREETING")
            while True:
                self._one(talk, talk.hear())
        with suppress(OSError):
            talk.line.close()

    def _one(self, talk: Talk, words: bytes) -> None:
        verb = words[:4].upper().decode(errors="replace")
        verb = "STARTTLS" if verb == "STAR" else verb
        if verb == "RCPT":
            talk.recipient = words.partition(b"<")[2].partition(b">")[0].decode(errors="replace")
            self.seen[talk.recipient] = self.seen.get(talk.recipient, 0) + 1
        if verb in ("EHLO", "HELO"):
            self._answer(talk, "EHLO", self._hello(talk))
        elif verb in DECENT:
            self._answer(talk, verb)
        else:
            talk.say(b"500 5.5.1 what\r\n")
        if verb == "QUIT":
            raise HungUp

    def _hello(self, talk: Talk) -> bytes:
        offers = [b"hostile.example.org", b"SIZE 1000000"]
        own = self.behaviour
        asked = {self.security, own.security if own else "none"}
        if "starttls" in asked and not isinstance(talk.line, ssl.SSLSocket):
            offers.append(b"STARTTLS")
        offers.append(b"AUTH PLAIN")
        lines = [b"250-" + each + b"\r\n" for each in offers[:-1]]
        return b"".join([*lines, b"250 " + offers[-1] + b"\r\n"])

    def _answer(
        self, talk: Talk, verb: str, decent: bytes | None = None, *, message: bytes = b""
    ) -> None:
        own = self._at_work(talk, verb)
        talk.decent = DECENT[verb] if decent is None else decent
        is_kept = verb == "DOT" and (own is None or own.keeps)
        self._note(talk, verb, own, message=message, is_kept=is_kept)
        words = own.answer(talk) if own else self._other(verb, talk.decent)
        if words:
            talk.say(words)
        if verb == "STARTTLS" and words.startswith(b"220"):
            self._encrypt(talk)
        elif verb == "DATA" and words.startswith(b"354"):
            self._read_message(talk)

    def _at_work(self, talk: Talk, verb: str) -> Behaviour | None:
        """The behaviour, if this is its moment."""
        own = self.behaviour
        if own is None or own.verb != verb:
            return None
        talk.answered += 1
        return own if own.when(talk) else None

    def _other(self, verb: str, decent: bytes) -> bytes:
        own = self.behaviour
        return dict(own.others).get(verb, decent) if own else decent

    def _encrypt(self, talk: Talk) -> None:
        own = self.behaviour
        kind = own.certificate if own else "good"
        talk.line = self.certificates.server(kind).wrap_socket(talk.line, server_side=True)
        talk.unread = b""

    def _read_message(self, talk: Talk) -> None:
        lines = []
        talk.mails += 1
        if own := self._at_work(talk, "BODY"):
            lines.append(talk.hear())
            self._note(talk, "BODY", own)
            own.answer(talk)
        while (line := talk.hear()) != b".":
            lines.append(line[1:] if line.startswith(b".") else line)
        message = b"".join(line + b"\r\n" for line in lines)
        self._answer(talk, "DOT", message=message)

    def _note(
        self,
        talk: Talk,
        verb: str,
        own: Behaviour | None = None,
        *,
        message: bytes = b"",
        is_kept: bool = False,
    ) -> None:
        parsed = message_from_bytes(message, policy=default)
        self.log.append(
            Deed(
                connection=talk.number,
                peer=talk.peer,
                verb=verb,
                recipient=talk.recipient,
                message_id=str(parsed.get("Message-ID", "")),
                digest=sha256(message).hexdigest() if message else "",
                is_kept=is_kept,
                fault=own.name if own else "",
            )
        )


@contextmanager
def hostile_server(certificates: Certificates) -> Iterator[HostileServer]:
    """A running server, decent until told otherwise."""
    server = HostileServer(certificates)
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    server.port = listener.getsockname()[1]

    def serve() -> None:
        while not server.is_over.is_set():
            try:
                line, _ = listener.accept()
            except OSError:
                return
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=server.converse, args=(line,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server
    finally:
        server.is_over.set()
        listener.close()
