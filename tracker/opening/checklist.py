"""The checklist as the page shows it: each item done or missing, and where it is mended."""

from dataclasses import dataclass

from flask import url_for

from tracker.accounts.guard import actor_may
from tracker.accounts.policy import Act
from tracker.consultations.models import Consultation
from tracker.opening.policy import CHECKS, GateFacts, Place, missing


@dataclass(frozen=True)
class Line:
    """One item. `note` says what is wrong where the title doesn't say it all; `url` is None where
    it is for somebody else to mend."""

    code: str
    title: str
    is_done: bool
    note: str
    url: str | None


_MENDED_BY = {
    Place.DETAILS: "Somebody of the service’s team can mend this.",
    Place.SERVICE: "An administrator can mend this.",
    Place.OWNER: "The service’s owner, its escalation contact or an administrator can mend this.",
    Place.SURVEYS: "Somebody of the service’s team can mend this.",
}


def checklist_of(facts: GateFacts, consultation: Consultation) -> list[Line]:
    """Every item of the gate, in order."""
    whats = {one.code: one.what for one in missing(facts)}
    lines = []
    for check in CHECKS:
        what = whats.get(check.code, "")
        url = place_url(check.place, consultation, check.field)
        is_plainly_empty = check.field and not getattr(facts.details, check.field)
        note = "" if is_plainly_empty else what
        if what and url is None:
            note = f"{note} {_MENDED_BY[check.place]}".strip()
        lines.append(Line(check.code, check.title, not what, note, url))
    return lines


def place_url(place: Place, consultation: Consultation, field: str = "") -> str | None:
    """The page where this person can mend something; None if the page isn't theirs."""
    act, endpoint, key = {
        Place.DETAILS: (Act.EDIT_CONSULTATION, "consultations.edit", "consultation_id"),
        Place.SERVICE: (Act.MANAGE_SERVICES, "services.edit", "service_id"),
        Place.OWNER: (Act.HAND_OVER, "consultations.hand_over", "consultation_id"),
        Place.SURVEYS: (Act.EDIT_CONSULTATION, "surveys.index", "consultation_id"),
    }[place]
    if not actor_may(act, consultation.service_id):
        return None
    row = consultation.service_id if place is Place.SERVICE else consultation.id
    at = {"at": field} if field else {}  # opens the part of the page that holds the field
    address = url_for(endpoint, **{key: row} | at)  # type: ignore[arg-type]  # none has an underscore
    return f"{address}#{field}" if field else address
