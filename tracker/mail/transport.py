"""Ways for a mail to leave: over SMTP, into a folder (demo), or into memory (tests).

A transport moves finished bytes and says what became of them; it never renders and never retries a
mail whose outcome it doesn't know.
"""

from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from uuid import uuid4

from config import Config
from tracker.mail.smtp import SmtpTransport


class Transport(Protocol):
    """One line to the outside, open for many mails: `with transport as line: line.send(…)`."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        """Hand one message over. Returning means it was accepted; else a `MailError`."""


class AlwaysOpen:
    """A transport that needs no opening and no closing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None


class FolderTransport(AlwaysOpen):
    """Writes each mail as an .eml file, which any mail program opens."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{len(list(self.folder.glob('*.eml'))) + 1:05}-{uuid4().hex[:8]}"
        draft = self.folder / f"{name}.part"
        draft.write_bytes(message)
        draft.rename(draft.with_suffix(".eml"))  # nobody ever finds half a mail


class MemoryTransport(AlwaysOpen):
    """Keeps each mail as (sender, recipient, bytes), in the order of sending."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, bytes]] = []

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        self.sent.append((sender, recipient, message))


def transport_of(settings: Config) -> Transport:
    """SMTP where a mail server is set, else the folder `mails` beside the data."""
    if not settings.smtp_host:
        return FolderTransport(settings.data / "mails")
    return SmtpTransport(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password,
        timeout=settings.smtp_timeout,
    )
