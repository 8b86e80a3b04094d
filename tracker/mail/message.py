"""From a mail's words to the bytes that travel: headers by the RFCs, the same bytes every time.

Two steps, because a notice is written before it is known who sends it: `compose` makes the message,
`stamp` puts the sender and the Message-ID on top.
"""

from collections.abc import Mapping
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256

from tracker.mail.render import RenderedMail

_LONG_LINES = SMTP.clone(max_line_length=900)  # RFC 5322 §2.1.1: at most 998


class BadAddress(ValueError):
    """The address can't be written on a mail."""


def compose(
    rendered: RenderedMail,
    *,
    to_name: str,
    to: str,
    key: str,
    date: datetime,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """The message without its sender. The same words, `key` and `date` give the same bytes.

    Line breaks in a name or subject become spaces, so that nobody can write headers through them.
    Raises `BadAddress` for an address that can't stand in a header.
    """
    subject = _one_line(rendered.subject)
    # A folded subject begins with a blank in some mail programs. Encoded words have to be folded.
    policy = _LONG_LINES if (subject + to_name).isascii() else SMTP
    message = EmailMessage(policy=policy)
    message["To"] = _address(to_name, to)
    message["Subject"] = subject
    message["Date"] = date
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"=-{_digest(key)}")
    return message.as_bytes()


def stamp(message: bytes, *, sender_name: str, sender: str, message_id: str) -> bytes:
    """The message with its sender and id on top, ready to travel."""
    head = EmailMessage(policy=SMTP)
    head["From"] = _address(sender_name, sender)
    head["Message-ID"] = message_id
    return head.as_bytes().rstrip(b"\r\n") + b"\r\n" + message


def message_id_of(key: str, sender: str) -> str:
    """The Message-ID that belongs to an intent: the same for every try."""
    return f"<{_digest(key)}@{sender.rpartition('@')[2]}>"


def _address(name: str, address: str) -> Address:
    try:
        return Address(_one_line(name), addr_spec=address)
    except (MessageError, ValueError, IndexError) as error:  # as the parser happens to fail
        raise BadAddress(type(error).__name__) from error


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:32]


def _one_line(words: str) -> str:
    printable = "".join(c if c.isprintable() else " " for c in words)
    return " ".join(printable.split())
