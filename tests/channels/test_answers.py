"""What an answer, and a broken line, mean for the message they are about."""

import pytest

from tracker.channels.answers import error_of_line, error_of_status
from tracker.mail.errors import (
    LineLost,
    MailError,
    PermanentMailError,
    ServerUnavailable,
    TemporaryMailError,
    UnknownOutcomeError,
)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, PermanentMailError),
        (400, PermanentMailError),
        (407, PermanentMailError),
        (408, TemporaryMailError),
        (425, TemporaryMailError),
        (429, TemporaryMailError),
        (499, PermanentMailError),
        (500, TemporaryMailError),
        (599, TemporaryMailError),
        (600, PermanentMailError),
    ],
)
def test_error_of_status(status: int, kind: type[MailError]) -> None:
    found = error_of_status(status, "said " + "x" * 500)
    assert type(found) is kind
    assert str(found).startswith(f"{status} said") and len(str(found)) == 300


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ConnectTimeout", LineLost),
        ("NewConnectionError", LineLost),
        ("NameResolutionError", LineLost),
        ("SSLError", ServerUnavailable),
        ("ProxyError", ServerUnavailable),
        ("ReadTimeout", UnknownOutcomeError),
        ("ConnectionError", UnknownOutcomeError),
        ("anything", UnknownOutcomeError),
    ],
)
def test_error_of_line(name: str, kind: type[MailError]) -> None:
    found = error_of_line(name, "no answer")
    assert type(found) is kind
    assert str(found) == f"{name}: no answer"
    assert str(error_of_line(name, "")) == name
