"""From a mail's words to the bytes that travel: headers by the RFCs, the same bytes every time.

Two steps, because a notice is written before it is known who sends it, and its reader's address may
have to be mended first: `compose` makes the message, `stamp` puts sender, reader and Message-ID on
top. No line break in a name or subject gets through, so that nobody can write headers with one.
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
_FIRST = b"Subject:"  # with this a composed message begins


class BadAddress(ValueError):
    """The address can't be written on a mail."""


def compose(
    rendered: RenderedMail,
    *,
    key: str,
    date: datetime,
    headers: Mapping[str, str] | None = None,
    calendar: str = "",
) -> bytes:
    """The message without sender and reader. The same words, `key` and `date` give the same bytes.

    `calendar` is an iCalendar file, to be published and not to be answered.
    """
    subject = _one_line(rendered.subject)
    message = _headed_by(subject)
    message["Subject"] = subject
    message["Date"] = date
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    if calendar:
        message.add_attachment(
            calendar,
            subtype="calendar",
            cte="quoted-printable",
            filename="promise-date.ics",
            params={"method": "PUBLISH"},
        )
    for number, part in enumerate(p for p in message.walk() if p.is_multipart()):
        part.set_boundary(f"=-{_digest(key)}{number or ''}")
    return message.as_bytes()


def stamp(
    message: bytes, *, to_name: str, to: str, sender_name: str, sender: str, message_id: str
) -> bytes:
    """The message with sender, reader and id on top, ready to travel; an earlier stamp is replaced.

    Raises `BadAddress` for an address that can't stand in a header.
    """
    head = _headed_by(to_name)
    head["From"] = _address(sender_name, sender)
    head["To"] = _address(to_name, to)
    head["Message-ID"] = message_id
    return head.as_bytes().rstrip(b"\r\n") + b"\r\n" + _unstamped(message)


def is_address(address: str) -> bool:
    """Whether the address can be written on a mail."""
    try:
        _address("", address)
    except BadAddress:
        return False
    return True


def message_id_of(key: str, sender: str) -> str:
    """The Message-ID that belongs to an intent: the same for every try."""
    return f"<{_digest(key)}@{sender.rpartition('@')[2]}>"


def _unstamped(message: bytes) -> bytes:
    head, _, rest = message.partition(b"\r\n" + _FIRST)
    return message if head.startswith(_FIRST) else _FIRST + rest


def _headed_by(words: str) -> EmailMessage:
    """A folded header begins with a blank in some mail programs. Encoded words have to be folded."""
    return EmailMessage(policy=_LONG_LINES if words.isascii() else SMTP)


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
