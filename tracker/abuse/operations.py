"""Writes of the guard: the sum switched on and off, invitations made, used and called in.

They flush and never commit. Codes are handed out once and never stored; a used invitation is
deleted, in the transaction that stores the answer, and nothing else about it is kept.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Result, delete
from sqlalchemy.orm import Session

from tracker.abuse import policy
from tracker.abuse.models import Invitation, InvitationBatch
from tracker.abuse.queries import unused_invitations
from tracker.clock import local_date
from tracker.consultations.operations import note_event
from tracker.errors import Conflict, LoopkeeperError
from tracker.services.queries import organisation
from tracker.surveys.models import Survey

MOST_AT_ONCE = 500
LONGEST_GUARD = timedelta(days=7)


class MadeAlready(Conflict):
    """The form that asks for invitations was sent twice; codes are shown only once."""

    def __init__(self) -> None:
        super().__init__(
            "These links were made already, and links are shown only once. If you don't have them, "
            "call in the unused ones and make new ones."
        )


class InvitationMissing(LoopkeeperError):
    """The survey is for people with an invitation, and none of ours came with the answer."""


class InvitationUsed(Conflict):
    """An answer came with this invitation before, or it was called in."""


def guard(session: Session, survey: Survey, *, hours: int, person_id: int, now: datetime) -> None:
    """Ask a sum of every phone for so many hours; 0 stops asking."""
    survey.proof_until = now + min(timedelta(hours=hours), LONGEST_GUARD) if hours else None
    state = f"asks a sum of every phone for {hours} hours" if hours else "asks no sum"
    _note(session, survey, state, person_id, now)


def set_by_invitation(
    session: Session, survey: Survey, is_on: bool, *, person_id: int, now: datetime
) -> None:
    """Whether the survey can be answered with an invitation alone."""
    survey.by_invitation = is_on
    _note(session, survey, "by invitation" if is_on else "open to everybody", person_id, now)


def make_invitations(
    session: Session,
    survey: Survey,
    number: int,
    *,
    form_id: UUID,
    key: str,
    person_id: int,
    now: datetime,
) -> list[str]:
    """So many new codes, in the order they were drawn. Raises `MadeAlready` the second time."""
    if session.get(InvitationBatch, form_id) is not None:
        raise MadeAlready
    codes: dict[str, None] = {}
    while len(codes) < number:
        codes[policy.new_code(key)] = None
    session.add_all(
        Invitation(code_hash=policy.code_hash(code, key), survey_id=survey.id) for code in codes
    )
    _book(session, survey, form_id, number, now)
    _note(session, survey, f"{number} invitations made", person_id, now)
    return list(codes)


def call_in(
    session: Session, survey: Survey, *, form_id: UUID, person_id: int, now: datetime
) -> int:
    """Make every unused invitation worthless; how many there were."""
    unused = unused_invitations(session, survey.id)
    if unused:
        session.execute(delete(Invitation).where(Invitation.survey_id == survey.id))
        _book(session, survey, form_id, -unused, now)
        _note(session, survey, f"{unused} unused invitations called in", person_id, now)
    return unused


def use_invitation(session: Session, survey: Survey, code: str, keys: Sequence[str]) -> None:
    """Use up the invitation, if the survey asks for one. Raises if it can't be used.

    Of two answers that come with it at the same moment the second waits for the first, and finds it
    gone. If the transaction is undone, so is the use.
    """
    if not survey.by_invitation:
        return
    read = policy.read_code(code)
    if read is None or not policy.is_ours(read, keys):
        raise InvitationMissing("")
    hashes = [policy.code_hash(read, key) for key in keys]
    used: Result[tuple[Invitation]] = session.execute(
        delete(Invitation)
        .where(Invitation.code_hash.in_(hashes), Invitation.survey_id == survey.id)
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise InvitationUsed("")


def _book(session: Session, survey: Survey, form_id: UUID, number: int, now: datetime) -> None:
    today = local_date(now, organisation(session).time_zone)
    session.add(InvitationBatch(form_id=form_id, survey_id=survey.id, number=number, made_on=today))
    session.flush()


def _note(session: Session, survey: Survey, detail: str, person_id: int, now: datetime) -> None:
    note_event(
        session,
        survey.consultation,
        "survey_changed",
        person_id=person_id,
        now=now,
        detail=f"“{survey.title}”: {detail}",
    )
