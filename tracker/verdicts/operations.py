"""Writes of verdicts, and the reopening that follows when enough say no.

Each holds the action first, so that of two who judge at once the second counts the first. No
moment is kept, only the day. Nobody is written to here: who has to be is found by the clock.
"""

from datetime import date, datetime, time

from sqlalchemy import Select, delete, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from tracker.actions.models import Action, Reopening
from tracker.clock import local_date, local_moment
from tracker.consultations.models import Consultation
from tracker.consultations.operations import note_event
from tracker.db import locked
from tracker.errors import Conflict
from tracker.responses.models import SurveyResponse
from tracker.safeguarding.operations import raise_flag
from tracker.services.queries import organisation
from tracker.themes.models import Coding
from tracker.verdicts.models import TAKEN_BACK, Verdict
from tracker.verdicts.policy import VerdictValue, enough_say_no, may_judge, tidy_why
from tracker.verdicts.queries import counts_of_change, held_verdicts, is_with_safeguarding


class NotYoursToJudge(Conflict):
    """The action isn't said to be done, or answers nothing that this response said."""

    def __init__(self) -> None:
        super().__init__(
            "We can't take your view on this. It may have changed since the page was opened. "
            "Open the page again to see what is there now."
        )


def give_verdict(
    session: Session,
    response: SurveyResponse,
    action: Action,
    value: VerdictValue,
    why: str = "",
    *,
    now: datetime,
) -> Verdict:
    """What the respondent thinks of the action; an earlier verdict of theirs on it is replaced."""
    change = _held_change(session, action)
    coded = session.scalars(select(Coding.theme_id).where(Coding.response_id == response.id))
    answered = [theme.id for theme in action.themes]
    outcome = action.published.outcome if action.published else None
    if response.set_aside or not may_judge(outcome, answered, coded.all()):
        raise NotYoursToJudge
    query = select(Verdict).where(Verdict.response_id == response.id)
    earlier = session.scalar(_about(query, action, change))
    verdict = earlier or Verdict(response_id=response.id)
    return _keep(session, verdict, action, change, value, why, now)


def give_verdict_by_subscription(
    session: Session, action: Action, voice: str, value: VerdictValue, why: str, *, now: datetime
) -> Verdict:
    """What a subscriber thinks of the action. The same `voice` (a keyed hash) is counted once."""
    change = _held_change(session, action)
    query = select(Verdict).where(Verdict.voice == voice)
    verdict = session.scalar(_about(query, action, change)) or Verdict(voice=voice)
    return _keep(session, verdict, action, change, value, why, now)


def give_verdict_at_kiosk(
    session: Session, action: Action, value: VerdictValue, why: str = "", *, now: datetime
) -> Verdict:
    """What somebody at the kiosk thinks of the action; each is a new one, and nobody's."""
    change = _held_change(session, action)
    return _keep(session, Verdict(), action, change, value, why, now)


def take_back_verdicts(session: Session, response: SurveyResponse) -> None:
    """Forget what this respondent thought of any change: it counts no longer, and nobody reads why.

    A reason that the safeguarding lead has to read stays for them alone, and leads back to no
    answer; `erase_taken_back` ends that. That a service was asked again stays too: it has been.
    """
    for verdict in held_verdicts(session, response.id):
        verdict.response_id, verdict.voice = None, f"{TAKEN_BACK}{verdict.id.hex}"
    session.flush()
    session.execute(delete(Verdict).where(Verdict.response_id == response.id))


def erase_taken_back(session: Session, verdict: Verdict) -> None:
    """Delete what was kept of a verdict for the safeguarding lead, if it was taken back."""
    if verdict.is_taken_back:
        session.delete(verdict)
        session.flush()


def forget_reasons(session: Session, *, now: datetime) -> int:
    """Delete why young people judged as they did where their words may not be kept any longer.

    The verdicts stay: they are nobody's words. Returns of how many the reason was deleted.
    """
    today = local_date(now, organisation(session).time_zone)
    over = (
        select(Action.id)
        .join(Consultation, Consultation.id == Action.consultation_id)
        .where(Consultation.retention_on < today)
    )
    statement = update(Verdict).where(Verdict.why != "", Verdict.action_id.in_(over))
    outcome = session.execute(statement.values(why="").execution_options(synchronize_session=False))
    assert isinstance(outcome, CursorResult)  # noqa: S101  (what an UPDATE gives)
    return outcome.rowcount


def _held_change(session: Session, action: Action) -> date:
    """Hold the action; the day of the change that is public now. Raises `NotYoursToJudge`."""
    query = locked(select(Action).where(Action.id == action.id))
    session.scalars(query.execution_options(populate_existing=True)).one()
    published = action.published
    if published is None or published.changed_on is None:  # only what is done has such a day
        raise NotYoursToJudge
    return published.changed_on


def _about(query: Select[Verdict], action: Action, change: date) -> Select[Verdict]:
    return query.where(Verdict.action_id == action.id, Verdict.changed_on == change)


def _keep(
    session: Session,
    verdict: Verdict,
    action: Action,
    change: date,
    value: VerdictValue,
    why: str,
    now: datetime,
) -> Verdict:
    zone = organisation(session).time_zone
    verdict.action_id, verdict.changed_on = action.id, change
    if why.strip() or verdict.value is not value:  # the same again keeps the reason given for it
        verdict.why = _beside_what_is_held(session, verdict, tidy_why(why))
    verdict.value = value
    verdict.given_on = local_date(now, zone)
    session.add(verdict)
    session.flush()
    raise_flag(
        session, verdict_id=verdict.id, consultation=action.consultation, texts=[why], now=now
    )
    _reopen_if_denied(session, action, change, local_date(now, zone), zone)
    return verdict


def _beside_what_is_held(session: Session, verdict: Verdict, why: str) -> str:
    """The reason to keep: new words never take the place of some the safeguarding lead has to read."""
    if verdict.why and is_with_safeguarding(session, verdict):
        return f"{why}\n\n{verdict.why}".strip()
    return why


def _reopen_if_denied(
    session: Session, action: Action, change: date, today: date, zone: str
) -> None:
    """Ask the service again if enough said no. Once for each change, however many more say so."""
    own, published = organisation(session), action.published
    if published is None or any(known.changed_on == change for known in action.reopenings):
        return
    counts = counts_of_change(session, action.id, change)
    if not enough_say_no(counts, share=own.reopens_at_share, judging=own.reopens_at_judging):
        return
    action.reopenings.append(
        Reopening(changed_on=change, after_number=published.number, reopened_on=today)
    )
    # The beginning of the day: the time itself would be that of somebody's verdict.
    at = local_moment(today, time(0), zone)
    note_event(session, action.consultation, "said_no", person_id=None, now=at)
