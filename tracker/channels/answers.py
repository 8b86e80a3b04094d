"""What the answer of a web service means for the message it was handed. Pure: a status in, an error out.

Of a message that may have arrived it never says that it didn't.
"""

from tracker.mail.errors import (
    LineLost,
    MailError,
    PermanentMailError,
    ServerUnavailable,
    TemporaryMailError,
    UnknownOutcomeError,
)

_LATER = frozenset({408, 425, 429})


def error_of_status(status: int, words: str) -> MailError:
    """What an answer that is no yes means: try again, or never."""
    said = f"{status} {words}".strip()[:300]
    if status in _LATER or 500 <= status < 600:
        return TemporaryMailError(said)
    return PermanentMailError(said)


def error_of_line(kind: str, words: str) -> MailError:
    """What a broken line means, by what broke: before, within or after the request."""
    said = f"{kind}: {words}"[:300] if words else kind
    if kind in _NEVER_REACHED:
        return LineLost(said)
    if kind in _NO_LINE:
        return ServerUnavailable(said)
    return UnknownOutcomeError(said)


# As the HTTP library names them.
_NEVER_REACHED = frozenset({"ConnectTimeout", "NewConnectionError", "NameResolutionError"})
_NO_LINE = frozenset({"SSLError", "ProxyError"})
