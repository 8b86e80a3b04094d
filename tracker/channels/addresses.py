"""Addresses of further channels, as people copy them: which are taken, and what they lead to. Pure.

Only well-known doors are taken, so that nobody has Loopkeeper call a machine inside the house.
"""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

LONGEST = 2_000
_SLACK = re.compile(r"/services/[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9]+/?")
_TEAMS_HOSTS = (".logic.azure.com", ".api.powerplatform.com")
_TEAMS = re.compile(
    r"(?:/powerautomate/automations/direct(?:/cu/[0-9]+)?)?"
    r"/workflows/[A-Za-z0-9_-]+/triggers/manual/paths/invoke/?"
)
_HOST = re.compile(r"[a-z0-9.-]+")
_TOPIC = re.compile(r"/[A-Za-z0-9_-]{1,64}")
_PHONE = re.compile(r"\+[1-9]\d{7,14}")


class BadAddressOfChannel(ValueError):
    """It leads to no channel of ours; the words say what would."""


@dataclass(frozen=True)
class ChatTarget:
    """A chat that can be written to."""

    service: str
    address: str


def chat_target(typed: str, ntfy_servers: str) -> ChatTarget:
    """The chat that an address leads to. `ntfy_servers`: the ntfy servers allowed, by their addresses.

    Raises `BadAddressOfChannel`.
    """
    address = typed.strip()
    parts = _parts(address)
    if parts is not None:
        server, host = f"{parts.scheme}://{parts.netloc}", parts.netloc.removesuffix(":443")
        if server == "https://hooks.slack.com" and _SLACK.fullmatch(parts.path):
            return ChatTarget("Slack", address)
        if _is_teams(parts, host):
            return ChatTarget("Microsoft Teams", address)
        if server in ntfy_servers.split() and _TOPIC.fullmatch(parts.path) and not parts.query:
            return ChatTarget("ntfy", address)
    raise BadAddressOfChannel(
        "Paste the whole address of a Teams workflow, a Slack incoming webhook or an ntfy topic"
        f" ({' or '.join(f'{each}/…' for each in ntfy_servers.split())})."
    )


def _parts(address: str) -> SplitResult | None:
    """The address taken apart; None if it is none that a service gives out."""
    if len(address) > LONGEST or not (address.isascii() and address.isprintable()):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return None if parts.fragment or "@" in parts.netloc or " " in address else parts


def _is_teams(parts: SplitResult, host: str) -> bool:
    is_theirs = _HOST.fullmatch(host) is not None and host.endswith(_TEAMS_HOSTS)
    is_door = _TEAMS.fullmatch(parts.path) is not None and "sig=" in parts.query
    return parts.scheme == "https" and is_theirs and is_door


def phone_number(typed: str) -> str:
    """A mobile number in international form: +447700900123. Raises `BadAddressOfChannel`."""
    number = re.sub(r"[\s().-]", "", typed)
    if number.startswith("00"):
        number = f"+{number[2:]}"
    elif number.startswith("0"):
        number = f"+44{number[1:]}"
    if not (number.isascii() and _PHONE.fullmatch(number)):
        raise BadAddressOfChannel("Enter a mobile number, like 07700 900123 or +44 7700 900123.")
    return number
