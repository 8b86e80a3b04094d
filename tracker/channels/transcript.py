"""A stored message as a chat, a text message or GOV.UK Notify needs it: its subject and its plain words."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass(frozen=True)
class Transcript:
    """What a message says. `key`: its Message-ID, the same for every try."""

    subject: str
    words: str
    key: str


def transcript_of(message: bytes) -> Transcript:
    """The words of a message as `tracker.mail.message` wrote it."""
    parsed = message_from_bytes(message, policy=default)
    assert isinstance(parsed, EmailMessage)  # noqa: S101  (the policy makes one)
    part = parsed.get_body(("plain",))
    words = str(part.get_content()) if part is not None else ""
    plain = "\n".join(words.splitlines()).strip()
    return Transcript(str(parsed["Subject"] or ""), plain, str(parsed["Message-ID"] or ""))
