"""Which cadence holds where: the versions that were stored, read. Never writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from tracker.reminders.models import CadenceVersion
from tracker.reminders.policy import (
    AS_ABOVE,
    DEFAULTS,
    Cadence,
    CadenceSettings,
    cadence_for,
    from_stored,
)


@dataclass(frozen=True)
class Cadences:
    """The settings of the organisation, and of each service that has its own."""

    organisation: CadenceSettings = AS_ABOVE
    services: Mapping[int, CadenceSettings] = field(default_factory=dict)
    latest: Mapping[int | None, CadenceVersion] = field(default_factory=dict)

    def of(self, service_id: int | None) -> Cadence:
        """The cadence of a service, or (None) of the organisation."""
        return cadence_for(DEFAULTS, self.organisation, self.own(service_id))

    def own(self, service_id: int | None) -> CadenceSettings:
        """What a service sets itself; nothing for the organisation, whose settings lie below."""
        return AS_ABOVE if service_id is None else self.services.get(service_id, AS_ABOVE)

    def set_by(self, service_id: int | None) -> CadenceSettings:
        """What a service, or (None) the organisation, sets itself."""
        return self.organisation if service_id is None else self.own(service_id)

    def above(self, service_id: int | None) -> Cadence:
        """What holds where a service, or (None) the organisation, sets nothing itself."""
        return DEFAULTS if service_id is None else self.of(None)

    def but(self, service_id: int | None, settings: CadenceSettings) -> "Cadences":
        """The same, with other settings in one place."""
        if service_id is None:
            return replace(self, organisation=settings)
        return replace(self, services={**self.services, service_id: settings})


def cadences(session: Session) -> Cadences:
    """The settings that hold now: the latest version of each place, in one query."""
    newest = select(func.max(CadenceVersion.id)).group_by(CadenceVersion.service_id)
    query = select(CadenceVersion).where(CadenceVersion.id.in_(newest))
    latest = {version.service_id: version for version in session.scalars(query)}
    read = {place: from_stored(version.settings) for place, version in latest.items()}
    return Cadences(
        organisation=read.get(None, AS_ABOVE),
        services={place: settings for place, settings in read.items() if place is not None},
        latest=latest,
    )


def versions_of(session: Session, *places: int | None) -> list[CadenceVersion]:
    """Every version of the settings of these places (None: the organisation), oldest first."""
    services = CadenceVersion.service_id.in_([place for place in places if place is not None])
    is_theirs = or_(services, CadenceVersion.service_id.is_(None)) if None in places else services
    query = select(CadenceVersion).where(is_theirs).order_by(CadenceVersion.id)
    return list(session.scalars(query.options(joinedload(CadenceVersion.person))))
