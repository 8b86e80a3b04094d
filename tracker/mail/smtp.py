"""Mail over SMTP: one connection for many mails, and an honest word on what became of each.

A server can hold a mail for `limit` seconds at most, whatever it does. Nothing is tried twice here,
but for a line that the server dropped between two mails, which is dialled anew.
"""

import smtplib
import ssl
from contextlib import suppress
from types import TracebackType
from typing import Self

from tracker.clock import seconds_running
from tracker.failpoints import reach
from tracker.mail.errors import (
    LineLost,
    PermanentMailError,
    ServerUnavailable,
    TemporaryMailError,
    UnknownOutcomeError,
)
from tracker.mail.line import Line
from tracker.mail.policy import Meaning, Reply, is_recipient_gone, meaning_of

LIMIT = 50.0  # seconds for one mail, dialling, signing in and apologies included
_GOODBYE = 3.0


class SmtpTransport:
    """Connects with the first mail, signs in, and keeps the line open until the end."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        security: str = "starttls",
        user: str = "",
        password: str = "",
        timeout: float = 20,
        limit: float = LIMIT,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._security = security
        self._credentials = (user, password)
        self._timeout = timeout
        self._limit = limit
        self._until = 0.0
        self._context = context or ssl.create_default_context()
        self._line: Line | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._line is not None:
            self._line.until = seconds_running() + min(_GOODBYE, self._timeout)
            with suppress(OSError):
                self._line.quit()
        self._hang_up()

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        """Hand one message over; a line that the server dropped in the meantime is opened anew."""
        if not (recipient.isascii() and recipient.isprintable()):
            raise PermanentMailError("the address holds signs that mail servers can't take")
        if not (sender.isascii() and sender.isprintable()):
            raise ServerUnavailable("the sender's address holds signs that mail servers can't take")
        self._until = seconds_running() + self._limit
        line = self._envelope(sender, recipient)
        self._announce(line)
        self._hand_over(line, message)

    def _envelope(self, sender: str, recipient: str) -> Line:
        """Say who writes to whom, over a line that works."""
        if self._line is not None:
            self._line.until = self._until
            with suppress(LineLost, ServerUnavailable):
                return self._said_envelope(self._line, sender, recipient)
        return self._said_envelope(self._connect(), sender, recipient)

    def _said_envelope(self, line: Line, sender: str, recipient: str) -> Line:
        self._say_sender(line, sender)
        try:
            reply = Reply(*line.rcpt(recipient))
        except OSError as error:
            raise self._lost("the line died at the address", error) from error
        if meaning_of(reply.code) is not Meaning.YES:
            self._refuse(reply, is_gone=is_recipient_gone(reply))
        return line

    def _say_sender(self, line: Line, sender: str) -> None:
        """Nothing about this mail has been said before: who refuses here would refuse every mail."""
        try:
            reply = Reply(*line.mail(sender))
        except OSError as error:
            self._hang_up()
            raise ServerUnavailable(_words("the server hung up", error)) from error
        meaning = meaning_of(reply.code)
        if meaning is Meaning.NOT_NOW:
            self._refuse(reply)
        if meaning is not Meaning.YES:
            self._hang_up()
            raise ServerUnavailable(f"the server takes no mail from {sender}: {reply.words}")

    def _announce(self, line: Line) -> None:
        try:
            reply = Reply(*line.docmd("DATA"))
        except OSError as error:
            raise self._lost("the server hung up before the message", error) from error
        if meaning_of(reply.code, expected=3) is not Meaning.YES:
            self._refuse(reply)

    def _hand_over(self, line: Line, message: bytes) -> None:
        """Send the message. Only from its last line on, a lost line means that nobody knows."""
        try:
            reach("smtp.message.unsaid")
            line.send(_dotted(message))
            line.listen_for_silence()
            reach("smtp.dot.unsaid")
        except OSError as error:
            raise self._lost("the line died within the message", error) from error
        try:
            line.send(b".\r\n")
            reach("smtp.dot.said")
            reply = Reply(*line.last_reply())
            reach("smtp.dot.answered")
        except OSError as error:
            raise self._unknown(error) from error
        meaning = meaning_of(reply.code)
        if meaning is Meaning.UNHEARD:
            raise self._unknown(smtplib.SMTPServerDisconnected(reply.words))
        if meaning is not Meaning.YES:
            self._refuse(reply)

    def _connect(self) -> Line:
        try:
            self._line = self._signed_in(self._dial())
        except (
            OSError,
            ValueError,
        ) as error:  # a ValueError: a name or password that can't be said
            raise ServerUnavailable(_words("no connection", error)) from error
        return self._line

    def _dial(self) -> Line:
        return Line(
            self._host,
            self._port,
            timeout=self._timeout,
            until=self._until,
            tls=self._context if self._security == "tls" else None,
        )

    def _signed_in(self, line: Line) -> Line:
        try:
            if self._security == "starttls":
                line.encrypt(self._context)
            line.ehlo_or_helo_if_needed()
            user, password = self._credentials
            if user:
                line.login(user, password)
        except BaseException:
            line.close()
            raise
        return line

    def _refuse(self, reply: Reply, *, is_gone: bool = False) -> None:
        """Raise what a reply that is no yes means for the mail, the line left fit for the next."""
        meaning = meaning_of(reply.code)
        if meaning is Meaning.NEVER:
            self._start_over()
            raise PermanentMailError(reply.words, is_recipient_gone=is_gone)
        if meaning is Meaning.NOT_NOW:
            self._start_over()
            raise TemporaryMailError(reply.words)
        self._hang_up()
        raise LineLost(reply.words)

    def _start_over(self) -> None:
        """Clear the server's memory of a refused mail, or drop the line if it won't."""
        try:
            if self._line is None or self._line.rset()[0] != 250:
                self._hang_up()
        except OSError:
            self._hang_up()

    def _lost(self, what: str, error: Exception) -> LineLost:
        self._hang_up()
        return LineLost(_words(what, error))

    def _unknown(self, error: Exception) -> UnknownOutcomeError:
        self._hang_up()
        return UnknownOutcomeError(_words("the line died after the message", error))

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None


def _dotted(message: bytes) -> bytes:
    """The message as it travels, but for the lone dot at the end: each leading dot doubled."""
    body = message.replace(b"\r\n.", b"\r\n..")
    body = b"." + body if body.startswith(b".") else body
    return body if body.endswith(b"\r\n") else body + b"\r\n"


def _words(what: str, error: Exception) -> str:
    return f"{what}: {type(error).__name__}: {error}"[:300]
