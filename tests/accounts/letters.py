"""The mails that left through the folder transport, as a reader would open them."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from flask import Flask


def letters(app: Flask) -> list[EmailMessage]:
    """Every mail sent so far, oldest first."""
    found = sorted((app.config["LOOPKEEPER"].data / "mails").glob("*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in found]


def text_of(letter: EmailMessage) -> str:
    """The plain text of a mail."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(letter: EmailMessage) -> str:
    """The path of the first link in a mail."""
    found = re.search(r"http://localhost(/\S+)", text_of(letter))
    assert found, text_of(letter)
    return found[1]
