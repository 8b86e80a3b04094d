"""GOV.UK Notify: e-mails and text messages through its own client, with an honest outcome for each.

The Message-ID travels as Notify's `reference`, so that its delivery receipts find the mail
(`tracker.bounces`). A template for e-mails needs the places ((subject)) and ((body)), one for texts ((body)).
"""

from abc import ABC, abstractmethod
from typing import Any

from tracker.channels.answers import error_of_line, error_of_status
from tracker.channels.patience import within
from tracker.channels.transcript import Transcript, transcript_of
from tracker.mail.errors import (
    MailError,
    PermanentMailError,
    ServerUnavailable,
    UnknownOutcomeError,
)
from tracker.mail.transport import AlwaysOpen

ANSWER_WITHIN, LIMIT = 10.0, 18.0  # seconds: for a read, and for all of it
LONGEST_TEXT = 612  # as long as four text messages
_MORE = "\nThere is more: look in Loopkeeper."
# What Notify calls a mistake in what was typed: a number or an address that can't be one.
_ABOUT_RECIPIENT = ("phone_number", "email_address")


class _NotifyTransport(AlwaysOpen, ABC):
    """What both kinds share: the client, and what its errors mean."""

    def __init__(self, *, key: str, template: str, url: str, limit: float = LIMIT) -> None:
        from notifications_python_client.errors import APIError  # an optional extra
        from notifications_python_client.notifications import NotificationsAPIClient

        timeout = min(ANSWER_WITHIN, limit)
        make: Any = NotificationsAPIClient
        self._client: Any = make(key, base_url=url, timeout=timeout)
        self._error = APIError
        self._template = template
        self._limit = limit

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        """Hand one message over to Notify."""
        said = transcript_of(message)
        try:
            within(self._limit, lambda: self._post(said, recipient))
        except TimeoutError as error:
            raise UnknownOutcomeError("GOV.UK Notify took too long") from error
        except self._error as error:
            if (meaning := _meaning_of(error)) is not None:
                raise meaning from error

    @abstractmethod
    def _post(self, said: Transcript, recipient: str) -> None:
        """Call the client."""


class NotifyEmailTransport(_NotifyTransport):
    """E-mails: the subject and the words go into the template's two places."""

    def _post(self, said: Transcript, recipient: str) -> None:
        self._client.send_email_notification(
            email_address=recipient,
            template_id=self._template,
            personalisation={"subject": said.subject, "body": said.words},
            reference=said.key,
        )


class NotifyTextTransport(_NotifyTransport):
    """Text messages, cut where they would cost too much."""

    def _post(self, said: Transcript, recipient: str) -> None:
        self._client.send_sms_notification(
            phone_number=recipient,
            template_id=self._template,
            personalisation={"body": as_text(said.words)},
            reference=said.key,
        )


def as_text(words: str) -> str:
    """The words of a text message, cut between two of its pieces."""
    if len(words) <= LONGEST_TEXT:
        return words
    kept, rest = "", words.split("\n\n")
    while rest and len(kept) + len(rest[0]) + 2 + len(_MORE) <= LONGEST_TEXT:
        kept += rest.pop(0) + "\n\n"
    return (kept or f"{words[: LONGEST_TEXT - len(_MORE)]}").strip() + _MORE


def _meaning_of(error: Any) -> MailError | None:
    """What an error of the client means; None for a yes whose words it couldn't read."""
    response = error.response
    if response is None:
        cause = error.__cause__
        return error_of_line(_kind(cause), "GOV.UK Notify didn’t answer")
    status = int(response.status_code)
    if status < 300:
        return None
    said = _words(error)
    about_recipient = status == 400 and any(field in said for field in _ABOUT_RECIPIENT)
    if about_recipient:
        return PermanentMailError(f"{status} {said}"[:300])
    meaning = error_of_status(status, said)
    # Whatever else it refuses for good is about our key or our template, and so about every message.
    is_ours = isinstance(meaning, PermanentMailError)
    return ServerUnavailable(str(meaning)) if is_ours else meaning


def _kind(cause: BaseException | None) -> str:
    """The kind of a broken line. What never got through to the server is told from what may have."""
    words = f"{type(cause).__name__} {cause}"
    for name in ("ConnectTimeout", "NewConnectionError", "NameResolutionError", "SSLError"):
        if name in words:
            return name
    return type(cause).__name__


def _words(error: Any) -> str:
    found = error.message
    if not isinstance(found, list):
        return str(found)
    listed = [each for each in found if isinstance(each, dict)]
    return "; ".join(f"{each.get('error', '')}: {each.get('message', '')}" for each in listed)
