"""A real SMTP server on loopback that keeps what it accepts, and can be told to misbehave."""

import socket
import ssl
from asyncio import Transport
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as SmtpSession


@dataclass(frozen=True)
class Received:
    """One message the server said yes to, as it came."""

    sender: str
    recipient: str
    content: bytes
    peer: int = 0  # the sender's port: one per connection

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.content, policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def html(self) -> str:
        part = self.message.get_body(("html",))
        assert part is not None
        return str(part.get_content())


Answer = Callable[[str], str]


def accept(_recipient: str) -> str:
    return "250 OK"


@dataclass
class Inbox:
    """What the server accepted, and how it answers: replace `at_rcpt` or `at_data` to misbehave."""

    host: str = "127.0.0.1"
    port: int = 0
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    at_rcpt: Answer = accept
    at_data: Answer = accept

    async def handle_EHLO(  # noqa: N802
        self,
        server: SMTP,
        session: SmtpSession,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        session: SmtpSession,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        answer = self.at_rcpt(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: SmtpSession, envelope: Envelope
    ) -> str:
        recipient = envelope.rcpt_tos[0]
        answer = self.at_data(recipient)
        if answer.startswith(("250", "drop")):
            assert isinstance(envelope.content, bytes)
            sender, peer = str(envelope.mail_from), int(session.peer[1]) if session.peer else 0
            self.received.append(Received(sender, recipient, envelope.content, peer))
        if answer == "drop":  # accepted, and the line dies before the sender hears of it
            assert isinstance(server.transport, Transport)
            server.transport.abort()
        return answer


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def smtp_server(
    *,
    tls: ssl.SSLContext | None = None,
    is_implicit_tls: bool = False,
    password: str | None = None,
) -> Iterator[Inbox]:
    """A running server; STARTTLS or TLS if given a context, sign-in demanded if given a password."""
    inbox = Inbox(port=free_port())
    options: dict[str, Any] = {}
    if password is not None:
        options = {
            "authenticator": lambda *args: _check(password, args[-1]),
            "auth_required": True,
            "auth_require_tls": tls is not None and not is_implicit_tls,
        }
    if is_implicit_tls:
        options["ssl_context"] = tls
    elif tls is not None:
        options |= {"tls_context": tls, "require_starttls": True}
    controller = Controller(inbox, hostname=inbox.host, port=inbox.port, **options)
    controller.start()
    try:
        yield inbox
    finally:
        controller.stop()


def _check(password: str, given: Any) -> AuthResult:
    is_right = isinstance(given, LoginPassword) and given.password == password.encode()
    return AuthResult(success=is_right, handled=is_right)
