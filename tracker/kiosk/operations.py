"""Writes of kiosks: started, heard of, ended. They flush and never commit."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.clock import local_date
from tracker.consultations.operations import note_event
from tracker.kiosk import policy
from tracker.kiosk.models import Kiosk
from tracker.services.models import Service
from tracker.services.queries import organisation
from tracker.surveys.models import Survey

MOST_WAITING = 1_000_000


@dataclass(frozen=True)
class Started:
    """A kiosk, and the token for its address: given out here and never again."""

    kiosk: Kiosk
    token: str


def start_kiosk(
    session: Session,
    service: Service,
    surveys: Sequence[Survey],
    *,
    name: str,
    pin: str,
    asks_verdicts: bool,
    person_id: int,
    now: datetime,
) -> Started:
    """Make a tablet a kiosk. `pin` has been looked at by `policy.pin_problem`."""
    today = local_date(now, organisation(session).time_zone)
    token, salt = secrets.token_urlsafe(18), secrets.token_hex(16)
    kiosk = Kiosk(
        service=service,
        surveys=list(surveys),
        name=name,
        token_hash=policy.token_hash(token),
        pin_salt=salt,
        pin_hash=policy.pin_hash(pin, salt),
        asks_verdicts=asks_verdicts,
        started_by=person_id,
        started_on=today,
        last_seen_on=today,
    )
    session.add(kiosk)
    session.flush()
    for consultation in {survey.consultation for survey in surveys}:
        note_event(
            session, consultation, "kiosk_started", person_id=person_id, now=now, detail=name
        )
    return Started(kiosk, token)


def hear_of(session: Session, kiosk: Kiosk, *, waiting: int, now: datetime) -> None:
    """Note that the tablet was heard of today, and how many answers wait on it."""
    kiosk.last_seen_on = local_date(now, organisation(session).time_zone)
    kiosk.waiting = max(0, min(waiting, MOST_WAITING))
    session.flush()


def end_kiosk(session: Session, kiosk: Kiosk, *, now: datetime) -> None:
    """End a kiosk; what waits on its tablet still comes in. Ended again, nothing changes."""
    if kiosk.ended_on is None:
        kiosk.ended_on = local_date(now, organisation(session).time_zone)
        session.flush()
