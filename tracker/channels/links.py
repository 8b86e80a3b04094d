"""The link in a reminder's foot: for one person, to choose how reminders reach them, with an expiry.

Signed, not stored, and no sign-in. It opens the choice between at once and weekly and the way back to
mail; a new address to send to needs a sign-in, because reminders carry links that do the job.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from itsdangerous import BadData, URLSafeSerializer

from config import Config

LINK_DAYS = 60
_PURPOSE = "how reminders reach you"


@dataclass(frozen=True)
class ReachClaim:
    """What a genuine link says: for whom it was made, and whether its time is over."""

    person_id: int
    is_expired: bool


def make_reach_link(settings: Config, person_id: int, *, today: date) -> str:
    """The absolute address of the page where this person chooses."""
    claim = [person_id, (today + timedelta(days=LINK_DAYS)).toordinal()]
    return f"{settings.base_url}/reach/{_serializer(settings).dumps(claim)}"


def read_reach_link(settings: Config, token: str, *, today: date) -> ReachClaim | None:
    """What a link claims; None if it was cut short, altered or never one of ours."""
    try:
        person_id, ordinal = map(int, _serializer(settings).loads(token))
    except (BadData, ValueError, TypeError):
        return None
    return ReachClaim(person_id, today.toordinal() > ordinal)


def _serializer(settings: Config) -> URLSafeSerializer:
    old = [replace(settings, secret_key=key) for key in settings.old_secret_keys.split()]
    keys = [each.derived_key(_PURPOSE) for each in (*old, settings)]  # the last one signs
    return URLSafeSerializer(keys, salt=_PURPOSE)
