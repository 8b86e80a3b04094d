"""The further channels that are set up on this installation, each with what carries messages there."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from flask import Flask, current_app

from tracker.channels.policy import Channel
from tracker.mail.transport import Transport
from tracker.services.models import Organisation

OUTLETS = "loopkeeper.outlets"
Outlets = Mapping[Channel, Transport]
NO_OUTLETS: Outlets = MappingProxyType({})


def init_outlets(app: Flask, outlets: Outlets) -> None:
    """Let the app's worker and pages know what is set up."""
    app.extensions[OUTLETS] = outlets


def outlets_of_app() -> Outlets:
    """What is set up in the present app."""
    outlets: Outlets = current_app.extensions[OUTLETS]
    return outlets


def switched_on(own: Organisation, channels: Collection[Channel]) -> frozenset[Channel]:
    """Those of these channels that the organisation has switched on."""
    wanted = {
        Channel.CHAT: own.uses_chat,
        Channel.NOTIFY_EMAIL: own.uses_notify,
        Channel.NOTIFY_TEXT: own.uses_notify,
    }
    return frozenset(channel for channel in channels if wanted.get(channel, False))
