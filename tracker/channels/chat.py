"""Microsoft Teams, Slack and ntfy, through apprise: one message, one request, an honest outcome.

Apprise answers yes or no; why it was no stands only in what it logs, so that is listened to while it
sends, and goes nowhere else: it holds the address, which is a key. No redirect is followed, nothing is
tried twice, and each answer has to come within the time-outs.
"""

import logging
import re
import threading
from collections.abc import Callable
from typing import Any

from tracker.channels.addresses import BadAddressOfChannel, ChatTarget, chat_target
from tracker.channels.answers import error_of_line, error_of_status
from tracker.channels.patience import within
from tracker.channels.transcript import Transcript, transcript_of
from tracker.mail.errors import MailError, PermanentMailError, UnknownOutcomeError
from tracker.mail.transport import AlwaysOpen

CONNECT_WITHIN, ANSWER_WITHIN, LIMIT = 5.0, 10.0, 18.0  # seconds; the last for all of it
_STATUS = re.compile(r"\berror=(\d{3})\b")
_BROKEN = "Socket Exception: "
_BEFORE = re.compile(r"ConnectTimeoutError|NewConnectionError|NameResolutionError|SSLError")
_BEFORE_NAMES = {"ConnectTimeoutError": "ConnectTimeout"}


class ChatTransport(AlwaysOpen):
    """Writes to chats. `ntfy_servers`: those that may be written to, by their addresses."""

    def __init__(self, ntfy_servers: str, *, limit: float = LIMIT) -> None:
        self._ntfy_servers = ntfy_servers
        self._limit = limit
        self._make = _maker()

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        """Hand one message over; `recipient` is the address of the chat."""
        try:
            target = chat_target(recipient, self._ntfy_servers)
        except BadAddressOfChannel as bad:
            raise PermanentMailError(str(bad)) from bad
        chat = self._make(_as_apprise_knows_it(target, min(ANSWER_WITHIN, self._limit)))
        if chat is None:
            raise PermanentMailError(f"{target.service} takes no such address.")
        said, heard = transcript_of(message), list[str]()
        try:
            is_taken = within(self._limit, lambda: _written(chat, said, heard))
        except TimeoutError as error:
            raise UnknownOutcomeError(f"{target.service} took too long") from error
        if not is_taken:
            raise _error_in(heard, target)


def _maker() -> Callable[[str], Any]:
    import apprise  # an optional extra

    log = logging.getLogger("apprise")
    log.setLevel(logging.DEBUG)
    log.propagate = False
    # Nothing is loaded from folders, and nothing asks what the machine is called.
    asset = apprise.AppriseAsset(
        app_id="Loopkeeper", app_desc="Loopkeeper", app_url="", secure_logging=True
    )
    return lambda address: apprise.Apprise.instantiate(
        address, asset=asset, suppress_exceptions=True
    )


def _as_apprise_knows_it(target: ChatTarget, answer_within: float) -> str:
    address = target.address
    if target.service == "ntfy":
        # Its own form says which server; the plain one is known for ntfy.sh alone.
        address = re.sub(r"^http", "ntfy", address) + "?mode=private"
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}image=no&footer=no&cto={CONNECT_WITHIN}&rto={answer_within}&redirect=no&retry=0"


class _Ear(logging.Handler):
    """Keeps what is said in its own thread."""

    def __init__(self, heard: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._heard, self._thread = heard, threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self._heard.append(record.getMessage())


def _written(chat: Any, said: Transcript, heard: list[str]) -> bool:
    """Have apprise send it; what it says in the meantime is `heard`, by us and by nobody else."""
    ear, log = _Ear(heard), logging.getLogger("apprise")
    log.addHandler(ear)
    try:
        return bool(chat.notify(body=said.words, title=said.subject))
    finally:
        log.removeHandler(ear)


def _error_in(heard: list[str], target: ChatTarget) -> MailError:
    """Why it was no. The words of apprise may hold the address, so they aren't passed on."""
    for words in heard:
        if found := _STATUS.search(words):
            return error_of_status(int(found[1]), f"from {target.service}")
    broken = next((each for each in heard if each.startswith(_BROKEN)), "")
    before = _BEFORE.search(broken)
    kind = _BEFORE_NAMES.get(before[0], before[0]) if before else "ConnectionError"
    return error_of_line(kind, f"{target.service} didn’t answer")
