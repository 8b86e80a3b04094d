"""The links in mails: capabilities for one person and one consultation, with an expiry.

A link is signed, not stored. It is no sign-in: what it may be used for is decided at the moment of
use, from the person's tie to the service then, by the pages behind it (`capabilities`).
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from config import Config

LINK_DAYS = 60
_PURPOSE = "mail links"


@dataclass(frozen=True)
class LinkClaim:
    """What a genuine link says: who it was made for, about what, and until when."""

    consultation_id: int
    person_id: int
    expires_on: date
    is_expired: bool


def expiry(today: date) -> date:
    """The last day on which a link made today works."""
    return today + timedelta(days=LINK_DAYS)


def make_link(settings: Config, consultation_id: int, person_id: int, *, expires_on: date) -> str:
    """The absolute address of the page where this person says what happened."""
    claim = [consultation_id, person_id, expires_on.toordinal()]
    return f"{settings.base_url}/do/{_serializer(settings).dumps(claim)}"


def read_link(settings: Config, token: str, *, today: date) -> LinkClaim | None:
    """What a link claims, expired or not; None if it was cut short, altered or never one of ours."""
    try:
        consultation_id, person_id, ordinal = map(int, _serializer(settings).loads(token))
        expires_on = date.fromordinal(ordinal)
    except (BadData, ValueError, TypeError, OverflowError):
        return None
    return LinkClaim(consultation_id, person_id, expires_on, today > expires_on)


def page_address(settings: Config, endpoint: str, **values: int) -> str:
    """The absolute address of a staff page, outside of any request. Needs the app's context."""
    scheme, _, host = settings.base_url.partition("://")
    pages = current_app.url_map.bind(host, url_scheme=scheme)
    return pages.build(endpoint, values, force_external=True)


def _serializer(settings: Config) -> URLSafeSerializer:
    old = [replace(settings, secret_key=key) for key in settings.old_secret_keys.split()]
    keys = [each.derived_key(_PURPOSE) for each in (*old, settings)]  # the last one signs
    return URLSafeSerializer(keys, salt=_PURPOSE)
