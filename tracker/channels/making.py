"""Making what carries messages to the further channels, by the settings. Without the extra: says so."""

from collections.abc import Iterator

from config import BadSetting, Config
from tracker.channels.chat import ChatTransport
from tracker.channels.notify import NotifyEmailTransport, NotifyTextTransport
from tracker.channels.outlets import Outlets
from tracker.channels.policy import Channel
from tracker.mail.transport import Transport


def outlets_of(settings: Config) -> Outlets:
    """The channels that the settings name. Raises `BadSetting` if what they need isn't installed."""
    return dict(_outlets(settings))


def _outlets(settings: Config) -> Iterator[tuple[Channel, Transport]]:
    try:
        extra, setting = "chat", "LOOPKEEPER_CHAT"
        if settings.chat:
            yield Channel.CHAT, ChatTransport(settings.chat_ntfy)
        extra, setting = "notify", "LOOPKEEPER_NOTIFY_KEY"
        if settings.notify_key:
            yield from _notify(settings)
    except ImportError as error:
        raise BadSetting(
            [f"{setting} needs more than is installed: pip install 'loopkeeper[{extra}]'"]
        ) from error


def _notify(settings: Config) -> Iterator[tuple[Channel, Transport]]:
    key, url = settings.notify_key, settings.notify_url
    if template := settings.notify_email_template:
        yield Channel.NOTIFY_EMAIL, NotifyEmailTransport(key=key, template=template, url=url)
    if template := settings.notify_text_template:
        yield Channel.NOTIFY_TEXT, NotifyTextTransport(key=key, template=template, url=url)
