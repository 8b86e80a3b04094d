"""Taking back what was done through a link: a pause, a hand-over, a request, the stop of an answer.

Only for a day, only by whoever did it, and never over something newer. Doing it twice changes
nothing. Nothing is deleted: the history says both what was done and that it was taken back.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.actions.models import ActionVersion, Via
from tracker.actions.operations import revise_action
from tracker.capabilities.deeds import putting_back, taking_back
from tracker.capabilities.models import SentForm
from tracker.capabilities.operations.sending import hold_actions
from tracker.capabilities.people import Holder
from tracker.capabilities.policy import Undo
from tracker.consultations.operations import hand_over, lock_consultation, note_event
from tracker.reminders.operations import take_back_snooze


def take_back(session: Session, holder: Holder, form: SentForm, *, now: datetime) -> bool:
    """Make undone what this form of the holder did; False if that can't be (any more).

    Raises `NoNewOwner` if whoever had it before can't have it back.
    """
    consultation, person_id = holder.consultation, holder.person.id
    lock_consultation(session, consultation)
    session.refresh(form)
    found = taking_back(session, consultation, form, now=now)
    if found is None or found.state is not Undo.OPEN:
        return False
    if form.snooze is not None:
        take_back_snooze(session, form.snooze, person_id=person_id, now=now)
    elif form.former_owner is not None:
        hand_over(session, consultation, to=form.former_owner, person_id=person_id, now=now)
    else:
        kind = "new_owner_not_asked_for"
        note_event(session, consultation, kind, person_id=person_id, now=now)
    form.taken_back_at = now
    session.flush()
    return True


def put_back(
    session: Session, holder: Holder, version: ActionVersion, *, now: datetime
) -> ActionVersion | None:
    """Record anew what the holder stopped, to go on the board a day from now; None if it can't be."""
    hold_actions(session, [version.action_id])
    lock_consultation(session, holder.consultation)
    session.refresh(version)
    found = putting_back(session, holder, version, now=now)
    if found is None or found.state is not Undo.OPEN:
        return None
    person_id = holder.person.id
    return revise_action(
        session, version.action, version.draft, person_id=person_id, via=Via.MAIL, now=now
    )
