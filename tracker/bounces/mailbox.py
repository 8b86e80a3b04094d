"""The conversation with the mailbox that bounces come to: IMAP over TLS, read-only, and never for long.

Opens the folder with EXAMINE and reads with PEEK, so that nothing in the mailbox changes: no mail is
deleted, moved or marked. Every answer has a time-out, the whole conversation a limit, and no answer
may be larger than what is asked for. Whatever goes wrong is a `MailboxTrouble`.
"""

import imaplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from config import Config
from tracker.bounces.policy import LARGEST, as_words
from tracker.clock import seconds_running

TIMEOUT = 10  # seconds for one answer
LIMIT = 20  # seconds for everything
MOST_LETTERS = 200  # at one look; the next goes on

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BIGGEST_UID = 2**32 - 1


class MailboxTrouble(Exception):
    """The mailbox can't be read just now; the words say why."""


class _Watch:
    """Cuts the line when the time for everything is over, wherever the conversation stands then."""

    def __init__(self, limit: float) -> None:
        self._socket: socket.socket | None = None
        self._is_over = False
        self._timer = threading.Timer(limit, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def guard(self, line: socket.socket) -> None:
        """From now on this is what has to be cut."""
        self._socket = line
        if self._is_over:
            self._cut()

    def wrap_socket(self, line: socket.socket, context: ssl.SSLContext, host: str) -> ssl.SSLSocket:
        """Begin TLS, so that even a handshake that never ends is cut."""
        wrapped = context.wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)
        self.guard(wrapped)
        wrapped.do_handshake()
        return wrapped

    def stop(self) -> None:
        self._timer.cancel()
        self._cut()

    def _cut(self) -> None:
        self._is_over = True
        if self._socket is not None:
            with suppress(OSError):  # below TLS, which another thread may be reading
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class _WatchedTls:
    """What the library asks to begin TLS: a context whose sockets are watched."""

    def __init__(self, context: ssl.SSLContext, watch: _Watch) -> None:
        self._context, self._watch = context, watch

    def wrap_socket(self, line: socket.socket, server_hostname: str) -> ssl.SSLSocket:
        return self._watch.wrap_socket(line, self._context, server_hostname)


class _Careful:
    """A line that is watched, and refuses an answer larger than any that was asked for."""

    def __init__(self, watch: _Watch, *where: Any, **how: Any) -> None:
        self._watch = watch
        super().__init__(*where, **how)

    def open(self, *where: Any, **how: Any) -> None:
        super().open(*where, **how)  # type: ignore[misc]  # of the line this is mixed into
        self._watch.guard(self.sock)  # type: ignore[attr-defined]

    def read(self, size: int) -> bytes:
        if size > LARGEST + 1024:
            raise imaplib.IMAP4.abort("the answer is larger than what was asked for")
        content: bytes = super().read(size)  # type: ignore[misc]
        return content


class _Plain(_Careful, imaplib.IMAP4):
    pass


class _Tls(_Careful, imaplib.IMAP4_SSL):
    pass


@dataclass(frozen=True)
class Letter:
    """One mail of the mailbox, by its UID, cut off at `LARGEST`."""

    uid: int
    content: bytes


class Mailbox:
    """An open folder, for reading."""

    def __init__(self, line: imaplib.IMAP4, uid_validity: int, enough: float) -> None:
        self._line = line
        self.uid_validity = uid_validity
        self._enough = enough

    def letters(self, *, after: int, since: date) -> Iterator[Letter]:
        """The mails with a UID above `after` that arrived on `since` or later, oldest first.

        As many as half of the time allows: the rest is for the next look.
        """
        with _as_trouble():
            found = self._line.uid("SEARCH", "UID", f"{after + 1}:*", "SINCE", _on(since))
            listed = b" ".join(each for each in found[1] if isinstance(each, bytes)).split()
            # "7:*" gives the last mail even if its UID is lower (RFC 9051, "sequence-set").
            uids = sorted(uid for uid in map(int, listed) if after < uid <= _BIGGEST_UID)
        for uid in uids[:MOST_LETTERS]:
            if seconds_running() > self._enough:
                return
            with _as_trouble():
                fetched = self._line.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{LARGEST}>)")[1]
            content = next((each[1] for each in fetched if isinstance(each, tuple)), b"")
            yield Letter(uid, content)


@contextmanager
def open_mailbox(
    settings: Config,
    *,
    context: ssl.SSLContext | None = None,
    timeout: float = TIMEOUT,
    limit: float = LIMIT,
) -> Iterator[Mailbox]:
    """Sign in and open the folder. After `limit` seconds the line is cut, wherever it stands."""
    watch, enough = _Watch(limit), seconds_running() + limit / 2
    try:
        with _as_trouble():
            tls = _WatchedTls(context or ssl.create_default_context(), watch)
            line = _dial(settings, watch, tls, timeout)
            _sign_in(line, settings)
            uid_validity = _examine(line, settings.bounce_imap_folder)
        yield Mailbox(line, uid_validity, enough)
        with suppress(Exception):
            line.logout()
    finally:
        watch.stop()


def _dial(settings: Config, watch: _Watch, tls: Any, timeout: float) -> imaplib.IMAP4:
    host, port = settings.bounce_imap_host, settings.bounce_imap_port
    if settings.bounce_imap_security == "tls":
        return _Tls(watch, host, port, ssl_context=tls, timeout=timeout)
    line = _Plain(watch, host, port, timeout=timeout)
    if settings.bounce_imap_security == "starttls":
        line.starttls(tls)
    return line


def _sign_in(line: imaplib.IMAP4, settings: Config) -> None:
    user, password = settings.bounce_imap_user, settings.bounce_imap_password
    if "AUTH=PLAIN" in line.capabilities:
        secret = f"\0{user}\0{password}".encode()
        line.authenticate("PLAIN", lambda _challenge: secret)
    else:
        line.login(_quoted(user), password)


def _examine(line: imaplib.IMAP4, folder: str) -> int:
    answer, words = line.select(_quoted(folder), readonly=True)
    if answer != "OK":
        raise imaplib.IMAP4.error(f"there is no folder {folder}: {words!r}")
    stated = line.response("UIDVALIDITY")[1]
    return int((stated or [b"0"])[0] or 0) & _BIGGEST_UID


@contextmanager
def _as_trouble() -> Iterator[None]:
    """Whatever a server can make the library raise, in words."""
    try:
        yield
    except Exception as error:
        raise MailboxTrouble(as_words(f"{type(error).__name__}: {error}")) from error


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _on(day: date) -> str:
    """A date as IMAP writes it, in English wherever this runs."""
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"
