"""One line to a mail server, on which no wait is without end.

smtplib gives each read a time-out of its own, so a server that sends a byte now and then holds its
caller for ever. Here each reply has to be complete within `timeout` seconds and the whole
conversation has to be over at `until`; a reply has a size; and a server that speaks unasked is not
listened to. Any of these ends the line with an `OSError`, as all that goes wrong in smtplib is one.

It doesn't know what a reply means, and never dials again.
"""

import smtplib
import socket
import ssl
import threading
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from typing import Any

from tracker.clock import seconds_running
from tracker.failpoints import WORDS, reach

LONGEST_REPLY = 64 * 1024
_PIECE = 16 * 1024
_CODES = range(200, 600)


class Line(smtplib.SMTP):
    """A conversation. Move `until` (on the clock `seconds_running`) to allow another mail on it."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        timeout: float,
        until: float,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.until = until
        self._name = host
        self._tls = tls
        self._unread = bytearray()
        self._verb = ""  # the last one said; none before the greeting
        # smtplib would ask the network for this machine's name, and wait for as long as it takes.
        super().__init__(host, port, local_hostname=_own_name(), timeout=timeout)

    def connect(
        self, host: str = "", port: int = 0, source_address: Any = None
    ) -> tuple[int, bytes]:
        """Dial each address the name has until one takes the call, and read the greeting."""
        reach("smtp.call.unsaid")
        failure: OSError = OSError("the name of the server has no address")
        for family, address in _addresses(host, port, self._patience()):
            try:
                self.sock = self._dialled(family, address)
            except OSError as error:
                failure = error
            else:
                break
        else:
            raise failure
        try:
            reach("smtp.call.answered")
            if self._tls is not None:
                self._wrap(self._tls)
            return self.getreply()
        except BaseException:
            self.close()
            raise

    def encrypt(self, context: ssl.SSLContext) -> None:
        """STARTTLS, or an error: never a word in the clear. What was learnt before is forgotten."""
        self.ehlo_or_helo_if_needed()
        if not self.has_extn("starttls"):
            raise smtplib.SMTPNotSupportedError("the server offers no encryption (STARTTLS)")
        code, words = self.docmd("STARTTLS")
        if code != 220:
            raise smtplib.SMTPResponseException(code, words)
        self.listen_for_silence()  # whatever came in the clear may come from somebody between
        self._wrap(context)
        self.helo_resp = self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False

    def send(self, s: Any) -> None:
        """Say `s`, all of it, unless the server has said something unasked in the meantime."""
        self.listen_for_silence()
        data = memoryview(s.encode("ascii") if isinstance(s, str) else s)
        try:
            for start in range(0, len(data), _PIECE):
                self._open().settimeout(self._patience())
                self._open().sendall(data[start : start + _PIECE])
        except OSError:
            self.close()
            raise

    def putcmd(self, cmd: str, args: str = "") -> None:
        """Say a command. (Within a sign-in there are words that are none, and secret.)"""
        self._verb = cmd.upper() if cmd.upper() in WORDS else ""
        if self._verb:
            reach(f"smtp.{self._verb}.unsaid")
        super().putcmd(cmd, args)

    def getreply(self) -> tuple[int, bytes]:
        """The next reply: its code and its lines. Raises if it is late, endless or no reply."""
        reply = self._reply(min(seconds_running() + self.timeout, self.until))
        if self._verb:
            reach(f"smtp.{self._verb}.answered")
        return reply

    def last_reply(self) -> tuple[int, bytes]:
        """The answer to a whole message, which a server that looks into it gives late."""
        return self._reply(self.until)

    def listen_for_silence(self) -> None:
        """Make sure that nobody spoke out of turn: the answers would be off by one from then on."""
        line = self._open()
        line.settimeout(0)
        try:
            said = bytes(self._unread) or line.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        except OSError:
            said = b""
        self.close()
        raise smtplib.SMTPServerDisconnected(
            "the server spoke out of turn" if said else "the server hung up"
        )

    def close(self) -> None:
        self._unread.clear()
        super().close()

    def _reply(self, until: float) -> tuple[int, bytes]:
        size = 0
        lines = []
        try:
            while True:
                line = self._text_line(until)
                size += len(line)
                code = int(line[:3]) if line[:3].isdigit() and line[3:4] in b" -" else 0
                if code not in _CODES or size > LONGEST_REPLY:
                    raise smtplib.SMTPServerDisconnected("what the server says is no reply")
                lines.append(line[4:].strip())
                if line[3:4] != b"-":
                    return code, b"\n".join(lines)
        except OSError:
            self.close()
            raise

    def _text_line(self, until: float) -> bytes:
        while b"\n" not in self._unread:
            if len(self._unread) > LONGEST_REPLY:
                raise smtplib.SMTPServerDisconnected("the server's reply has no end")
            self._open().settimeout(_left(until))
            said = self._open().recv(_PIECE)
            if not said:
                raise smtplib.SMTPServerDisconnected("the server hung up")
            self._unread += said
        line, _, rest = self._unread.partition(b"\n")
        self._unread = rest
        return bytes(line.rstrip(b"\r"))

    def _dialled(self, family: int, address: Sequence[Any]) -> socket.socket:
        line = socket.socket(family, socket.SOCK_STREAM)
        try:
            # Else the last line of each message waits for the server to acknowledge the others.
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line.settimeout(self._patience())
            line.connect(tuple(address))
        except BaseException:
            line.close()
            raise
        return line

    def _wrap(self, context: ssl.SSLContext) -> None:
        line = self._open()
        line.settimeout(self._patience())
        reach("smtp.handshake.unsaid")
        self.sock = context.wrap_socket(line, server_hostname=self._name)
        reach("smtp.handshake.answered")

    def _open(self) -> socket.socket:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("the line is closed")
        return self.sock

    def _patience(self) -> float:
        return min(self.timeout, _left(self.until))


def _left(until: float) -> float:
    left = until - seconds_running()
    if left <= 0:
        raise TimeoutError("the server took too long")
    return left


def _own_name() -> str:
    """What this machine calls itself; an address literal (RFC 5321 §4.1.3) if that is no domain."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


def _addresses(host: str, port: int, seconds: float) -> list[tuple[int, Sequence[Any]]]:
    """The addresses of a name. The system's own look-up knows no time-out, so it gets a thread."""
    found: SimpleQueue[list[tuple[int, Sequence[Any]]] | OSError] = SimpleQueue()

    def look_up() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.put([(family, address) for family, _, _, _, address in rows])
        except OSError as error:
            found.put(error)
        except UnicodeError as error:  # a name that can't be one
            found.put(OSError(str(error)))

    threading.Thread(target=look_up, name="look up the mail server", daemon=True).start()
    try:
        answer = found.get(timeout=seconds)
    except Empty:
        raise TimeoutError("looking up the name of the server took too long") from None
    if isinstance(answer, OSError):
        raise answer
    return answer
