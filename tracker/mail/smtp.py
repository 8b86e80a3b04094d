"""Mail over SMTP: one connection for many mails, and an honest word on what became of each."""

import smtplib
import ssl
from contextlib import suppress
from types import TracebackType
from typing import Self

from tracker.mail.errors import (
    PermanentMailError,
    ServerUnavailable,
    TemporaryMailError,
    UnknownOutcomeError,
)

# Refusals of an address that mean: nobody is there (RFC 5321 §4.2.3), unless the enhanced status
# says that it was policy (5.7, relaying for one) and so our own set-up, not the address.
_NOBODY_THERE = (550, 551, 553)
_POLICY = b"5.7."


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
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._security = security
        self._credentials = (user, password)
        self._timeout = timeout
        self._context = context or ssl.create_default_context()
        self._line: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._line is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._line.quit()
        self._hang_up()

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        """Hand one message over; a line that the server dropped in the meantime is opened anew."""
        if not (recipient.isascii() and recipient.isprintable()):
            raise PermanentMailError("the address holds signs that mail servers can't take")
        line = self._envelope(sender, recipient)
        try:
            answer = line.docmd("DATA")
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise TemporaryMailError(
                _words("the server hung up before the message", error)
            ) from error
        if answer[0] != 354:
            self._refuse(answer)
        self._hand_over(line, message)

    def _envelope(self, sender: str, recipient: str) -> smtplib.SMTP:
        """Say who writes to whom, over a line that works."""
        was_open = self._line is not None
        try:
            return self._say_envelope(sender, recipient)
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            self._hang_up()
            if not was_open:
                raise ServerUnavailable(_words("the server hung up", error)) from error
        return self._envelope(sender, recipient)

    def _say_envelope(self, sender: str, recipient: str) -> smtplib.SMTP:
        line = self._line = self._line or self._connect()
        answer = line.mail(sender)
        if answer[0] == 421:
            raise smtplib.SMTPServerDisconnected("421")
        if answer[0] >= 400:
            self._refuse(answer)
        answer = line.rcpt(recipient)
        if answer[0] >= 400:
            self._refuse(answer, is_about_recipient=True)
        return line

    def _connect(self) -> smtplib.SMTP:
        try:
            return self._signed_in(self._dial())
        except (OSError, smtplib.SMTPException) as error:
            raise ServerUnavailable(_words("no connection", error)) from error

    def _dial(self) -> smtplib.SMTP:
        if self._security == "tls":
            return smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._timeout, context=self._context
            )
        return smtplib.SMTP(self._host, self._port, timeout=self._timeout)

    def _signed_in(self, line: smtplib.SMTP) -> smtplib.SMTP:
        try:
            if self._security == "starttls":
                line.starttls(context=self._context)
            line.ehlo_or_helo_if_needed()
            user, password = self._credentials
            if user:
                line.login(user, password)
        except BaseException:
            line.close()
            raise
        return line

    def _hand_over(self, line: smtplib.SMTP, message: bytes) -> None:
        """Send the message itself. From the first byte on a lost line means: nobody knows."""
        try:
            line.send(_dotted(message))
            answer = line.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise UnknownOutcomeError(_words("the line died after the message", error)) from error
        if answer[0] != 250:
            self._refuse(answer)

    def _refuse(self, answer: tuple[int, bytes], *, is_about_recipient: bool = False) -> None:
        code, text = answer
        self._start_over()
        words = f"{code} {text.decode('utf-8', 'replace')}"[:300]
        if code < 500:
            raise TemporaryMailError(words)
        is_gone = is_about_recipient and code in _NOBODY_THERE and not text.startswith(_POLICY)
        raise PermanentMailError(words, is_recipient_gone=is_gone)

    def _start_over(self) -> None:
        """Clear the server's memory of a refused mail, or drop the line if it won't."""
        try:
            assert self._line is not None  # noqa: S101  (only called on an open line)
            if self._line.rset()[0] != 250:
                self._hang_up()
        except (OSError, smtplib.SMTPException):
            self._hang_up()

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None


def _dotted(message: bytes) -> bytes:
    """The message as it travels: a leading dot doubled, a lone dot at the end (RFC 5321 §4.5.2)."""
    body = message.replace(b"\r\n.", b"\r\n..")
    return (body if body.endswith(b"\r\n") else body + b"\r\n") + b".\r\n"


def _words(what: str, error: Exception) -> str:
    return f"{what}: {type(error).__name__}: {error}"[:300]
