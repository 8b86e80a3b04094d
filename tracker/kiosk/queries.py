"""Reads about kiosks."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.actions.models import Action, ActionVersion
from tracker.actions.policy import Outcome
from tracker.consultations.models import Consultation
from tracker.errors import NotFound
from tracker.kiosk.models import Kiosk
from tracker.kiosk.policy import token_hash
from tracker.languages import gettext as _
from tracker.surveys.models import Survey

# A child at a kiosk is asked about a handful of changes, the newest first.
MOST_CHANGES = 5


def kiosk_or_404(session: Session, kiosk_id: int) -> Kiosk:
    """The kiosk with this id, or `NotFound`."""
    found = session.get(Kiosk, kiosk_id)
    if found is None:
        raise NotFound("There is no such kiosk.")
    return found


def kiosk_by_token(session: Session, token: str) -> Kiosk:
    """The kiosk whose address holds this token, ended or not; `NotFound` if there never was one."""
    found = session.scalar(select(Kiosk).where(Kiosk.token_hash == token_hash(token)))
    if found is None:
        raise NotFound(_("There is no kiosk at this address. Please tell a member of staff."))
    return found


def kiosks_of(session: Session, service_id: int) -> list[Kiosk]:
    """The running kiosks of a service, then the ended ones on which answers still wait."""
    query = (
        select(Kiosk)
        .where(Kiosk.service_id == service_id, Kiosk.ended_on.is_(None) | (Kiosk.waiting > 0))
        .order_by(Kiosk.ended_on.is_not(None), Kiosk.name, Kiosk.id)
    )
    return list(session.scalars(query))


def surveys_to_offer(session: Session, service_id: int) -> list[Survey]:
    """Surveys of the service that a kiosk may ask today: open ones, for everybody."""
    query = (
        select(Survey)
        .join(Survey.consultation)
        .where(
            Consultation.service_id == service_id,
            Consultation.opened_at.is_not(None),
            Consultation.closed_at.is_(None),
            Consultation.withdrawn_at.is_(None),
            Survey.by_invitation.is_(False),
        )
        .order_by(Consultation.title, Survey.position, Survey.id)
    )
    return [survey for survey in session.scalars(query) if survey.questions]


@dataclass(frozen=True)
class Change:
    """Something the service says is different now."""

    action_id: int
    text: str


def changes_to_judge(session: Session, service_id: int) -> list[Change]:
    """What the service says it has done, the newest change first. Two queries."""
    query = (
        select(Action)
        .join(Action.consultation)
        .join(ActionVersion, ActionVersion.action_id == Action.id)
        .where(
            Consultation.service_id == service_id,
            ActionVersion.outcome == Outcome.DONE,
            ActionVersion.published_at.is_not(None),
        )
        .order_by(ActionVersion.changed_on.desc(), Action.id.desc())
    )
    public = [action.published for action in dict.fromkeys(session.scalars(query))]
    done = [version for version in public if version and version.outcome is Outcome.DONE]
    return [Change(version.action_id, version.text) for version in done[:MOST_CHANGES]]
