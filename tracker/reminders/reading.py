"""A stored mail, taken apart again so that a person can read it as it would look."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass(frozen=True)
class StoredMail:
    """The headers and both bodies of a stored message."""

    headers: tuple[tuple[str, str], ...]
    text: str
    html: str


def read_stored(content: bytes) -> StoredMail:
    """The message in `content`, as `tracker.mail.message` wrote it."""
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)  # noqa: S101  (the policy makes one)
    headers = tuple((name, str(value)) for name, value in message.items())
    return StoredMail(
        tuple(pair for pair in headers if pair[0] not in ("Content-Type", "MIME-Version")),
        _body(message, "plain"),
        _body(message, "html"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
