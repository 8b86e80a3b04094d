"""Writes of the cadence: set it, and take a change back. Each makes a version; none is ever changed.

Nothing is queued or sent here: what is due follows from the settings at the next look.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.cadence.policy import (
    MANY_MAILS,
    FaultKey,
    changes_in_words,
    faults_everywhere,
    surge,
)
from tracker.cadence.queries import outlook
from tracker.errors import Conflict, LoopkeeperError
from tracker.reminders.cadences import Cadences, cadences, versions_of
from tracker.reminders.models import CadenceVersion
from tracker.reminders.operations import lock_cadence
from tracker.reminders.policy import AS_ABOVE, DEFAULTS, CadenceSettings, from_stored, to_stored
from tracker.services.queries import all_services


class CadenceRefused(LoopkeeperError):
    """The settings don't make sense. `faults` says why, all at once, by what each is about."""

    def __init__(self, faults: Mapping[FaultKey, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


class ChangedMeanwhile(Conflict):
    """Somebody else has set the cadence since it was looked at."""


class NothingToUndo(Conflict):
    """The settings are as they came."""


class ManyMailsAtOnce(LoopkeeperError):
    """The change would send many mails with the next sending. `names` are those who would get them."""

    def __init__(self, names: tuple[str, ...], wanted: Cadences) -> None:
        super().__init__(f"This would send {len(names)} more mails at once. Nothing is saved yet.")
        self.names = names
        self.wanted = wanted


def stamp_of(settings: Cadences, service_id: int | None) -> int:
    """What a form about this place is based on: it grows with every change that concerns it."""
    latest = (settings.latest.get(None), settings.latest.get(service_id))
    return max((version.id for version in latest if version), default=0)


def set_cadence(
    session: Session,
    service_id: int | None,
    wanted: CadenceSettings,
    *,
    based_on: int,
    confirmed: int,
    person_id: int,
    now: datetime,
) -> CadenceVersion | None:
    """Let these settings hold for a service, or (None) for the organisation, from now on.

    None if that changes nothing. `based_on`: the stamp that was looked at; `confirmed`: how many
    mails at once somebody has agreed to. Raises `ChangedMeanwhile`, `CadenceRefused` and
    `ManyMailsAtOnce`. Waits for the workers that are deciding, so that none decides by both.
    """
    lock_cadence(session)
    before = cadences(session)
    if stamp_of(before, service_id) != based_on:
        raise ChangedMeanwhile(
            "Somebody else changed when reminders go out, or you did in another window. "
            "Nothing was saved. Go back, load the page again and look at what holds now."
        )
    after = before.but(service_id, wanted)
    if after.set_by(service_id) == before.set_by(service_id):
        return None
    if faults := faults_of_settings(session, after, service_id):
        raise CadenceRefused(faults)
    view = outlook(session, now=now)
    names = surge(view.mails(before), view.mails(after))
    if len(names) > max(MANY_MAILS, confirmed):
        raise ManyMailsAtOnce(names, after)
    latest = before.latest.get(service_id)
    version = CadenceVersion(
        service_id=service_id,
        number=latest.number + 1 if latest else 1,
        settings=to_stored(wanted),
        summary=" ".join(changes_in_words(before.of(service_id), after.of(service_id))),
        at=now,
        person_id=person_id,
    )
    session.add(version)
    session.flush()
    return version


def faults_of_settings(
    session: Session, after: Cadences, service_id: int | None
) -> dict[FaultKey, str]:
    """All that is wrong with settings at a place and, below the organisation, in its services."""
    if service_id is not None:
        return faults_everywhere(after.of(service_id), DEFAULTS, {})
    services = {s.name: after.of(s.id) for s in all_services(session) if s.id in after.services}
    return faults_everywhere(after.of(None), DEFAULTS, services)


def undo(
    session: Session,
    service_id: int | None,
    *,
    based_on: int,
    confirmed: int,
    person_id: int,
    now: datetime,
) -> CadenceVersion | None:
    """Put the settings back to what they were before the latest change; once more changes back.

    Raises like `set_cadence`, and `NothingToUndo`.
    """
    versions = versions_of(session, service_id)
    if not versions:
        raise NothingToUndo("There is no change to take back: reminders go out as they came.")
    earlier = from_stored(versions[-2].settings) if len(versions) > 1 else AS_ABOVE
    return set_cadence(
        session,
        service_id,
        earlier,
        based_on=based_on,
        confirmed=confirmed,
        person_id=person_id,
        now=now,
    )
