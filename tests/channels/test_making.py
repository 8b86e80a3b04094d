"""Which channels the settings make, and what is said when a package isn't there."""

import sys
from dataclasses import replace

import pytest

from config import BadSetting, Config, from_environ
from tracker.channels.chat import ChatTransport
from tracker.channels.making import outlets_of
from tracker.channels.notify import NotifyEmailTransport, NotifyTextTransport
from tracker.channels.outlets import switched_on
from tracker.channels.policy import Channel
from tracker.services.models import Organisation

TEMPLATE = "2a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"
KEY = f"loopkeeper-{TEMPLATE}-{TEMPLATE}"


@pytest.fixture
def plain() -> Config:
    return from_environ({"LOOPKEEPER_SECRET_KEY": "s" * 32})


@pytest.fixture
def full(plain: Config) -> Config:
    return replace(
        plain,
        chat=True,
        notify_key=KEY,
        notify_email_template=TEMPLATE,
        notify_text_template=TEMPLATE,
    )


def test_nothing_is_made_unless_it_is_set(plain: Config) -> None:
    assert outlets_of(plain) == {}


def test_each_channel_is_made_by_its_setting(full: Config) -> None:
    assert {channel: type(outlet) for channel, outlet in outlets_of(full).items()} == {
        Channel.CHAT: ChatTransport,
        Channel.NOTIFY_EMAIL: NotifyEmailTransport,
        Channel.NOTIFY_TEXT: NotifyTextTransport,
    }


def test_what_has_no_template_is_not_made(full: Config) -> None:
    texts = replace(full, chat=False, notify_email_template="")
    assert list(outlets_of(texts)) == [Channel.NOTIFY_TEXT]
    emails = replace(full, chat=False, notify_text_template="")
    assert list(outlets_of(emails)) == [Channel.NOTIFY_EMAIL]


@pytest.mark.parametrize(
    ("package", "says"),
    [
        ("apprise", r"LOOPKEEPER_CHAT needs .* pip install 'loopkeeper\[chat\]'"),
        (
            "notifications_python_client.errors",
            r"LOOPKEEPER_NOTIFY_KEY needs .* pip install 'loopkeeper\[notify\]'",
        ),
    ],
)
def test_missing_package_stops_the_start_and_is_named(
    full: Config, monkeypatch: pytest.MonkeyPatch, package: str, says: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(BadSetting, match=says):
        outlets_of(full)


@pytest.mark.parametrize(
    ("uses_chat", "uses_notify", "expected"),
    [
        (False, False, set()),
        (True, False, {Channel.CHAT}),
        (False, True, {Channel.NOTIFY_EMAIL, Channel.NOTIFY_TEXT}),
    ],
)
def test_organisation_switches_each_on(
    uses_chat: bool, uses_notify: bool, expected: set[Channel]
) -> None:
    own = Organisation(uses_chat=uses_chat, uses_notify=uses_notify)
    assert switched_on(own, list(Channel)) == expected
