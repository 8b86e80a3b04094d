"""Reads for the pages behind the links. Theme statements and true counts only: never a child's words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.actions.models import Action, ActionVersion
from tracker.actions.policy import is_final
from tracker.capabilities.models import SentForm
from tracker.capabilities.people import Holder
from tracker.capabilities.policy import (
    FRESH_LINK_MINUTES,
    VersionState,
    version_state,
)
from tracker.clock import local_date
from tracker.consultations.models import Consultation
from tracker.errors import NotFound
from tracker.loop.queries import Loop, loop_of
from tracker.reminders.models import Case, Mail
from tracker.reminders.policy import Cadence, CaseKind
from tracker.reminders.queries import cases_that_can_wait, open_cases_of
from tracker.responses.models import SurveyResponse
from tracker.services.queries import organisation
from tracker.themes.models import Coding, Theme


@dataclass(frozen=True)
class Card:
    """One thing to answer: a theme still owed an answer, or an action whose end is still owed."""

    key: str  # "t12" for a theme, "a5" for an action
    themes: tuple[Theme, ...]
    responses: int  # how many said so; where themes overlap, of the largest
    action: Action | None = None

    @property
    def said_so_far(self) -> ActionVersion | None:
        """What the public reads about it today."""
        return self.action.published if self.action else None


def cards_of(session: Session, consultation_id: int) -> list[Card]:
    """What waits for an answer: themes nobody has answered, most said first; then open actions."""
    counts = _responses_by_theme(session, consultation_id)
    actions = _actions(session, consultation_id)
    answered = {theme.id for action in actions if _speaks(action) for theme in action.themes}
    owed = [
        theme for theme in _themes(session, consultation_id, counts) if theme.id not in answered
    ]
    owed.sort(key=lambda theme: (-counts[theme.id], theme.position, theme.id))
    open_actions = [
        a
        for a in actions
        if a.published and not a.pending and (_is_open(a.published) or a.asked_again)
    ]
    open_actions.sort(key=lambda action: (_due_on(action), action.id))
    return [Card(f"t{theme.id}", (theme,), counts[theme.id]) for theme in owed] + [
        Card(f"a{a.id}", tuple(a.themes), _largest(counts, a.themes), a) for a in open_actions
    ]


def _largest(counts: dict[int, int], themes: Iterable[Theme]) -> int:
    return max((counts.get(theme.id, 0) for theme in themes), default=0)


def _speaks(action: Action) -> bool:
    """Whether the action is public or will be by itself. A draft kept at the desk answers nobody."""
    pending = action.pending
    return bool(action.published or (pending and pending.publishes_at))


def _is_open(version: ActionVersion) -> bool:
    return not is_final(version.outcome)


def _due_on(action: Action) -> str:
    version = action.published
    return version.due_on.isoformat() if version and version.due_on else ""


def _responses_by_theme(session: Session, consultation_id: int) -> dict[int, int]:
    query = (
        select(Coding.theme_id, func.count())
        .join(SurveyResponse, SurveyResponse.id == Coding.response_id)
        .where(
            SurveyResponse.consultation_id == consultation_id, SurveyResponse.set_aside.is_(None)
        )
        .group_by(Coding.theme_id)
    )
    return {theme_id: said for theme_id, said in session.execute(query)}  # noqa: C416


def _themes(session: Session, consultation_id: int, ids: Iterable[int]) -> list[Theme]:
    query = select(Theme).where(Theme.consultation_id == consultation_id, Theme.id.in_(list(ids)))
    return list(session.scalars(query))


def _actions(session: Session, consultation_id: int) -> list[Action]:
    # Read again what this session may hold already: a form that lost a race must see the winner.
    query = (
        select(Action)
        .where(Action.consultation_id == consultation_id)
        .order_by(Action.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def held_versions(session: Session, consultation_id: int) -> list[ActionVersion]:
    """Answers that will go on the board by themselves, soonest first."""
    found = [
        pending
        for action in _actions(session, consultation_id)
        if (pending := action.pending) and pending.is_held
    ]
    return sorted(found, key=lambda version: (str(version.publishes_at), version.id))


def version_or_404(session: Session, consultation_id: int, version_id: int) -> ActionVersion:
    """The version with this id if it belongs to this consultation, else `NotFound`."""
    found = session.get(ActionVersion, version_id)
    if found is None or found.action.consultation_id != consultation_id:
        raise NotFound("There is no such answer here. Go back to the mail and open the link again.")
    return found


def state_of(version: ActionVersion) -> VersionState:
    """What has become of a version."""
    return version_state(
        is_published=version.published_at is not None,
        is_stopped=version.stopped_at is not None,
        is_newest=version is version.action.versions[-1],
        publishes_by_itself=version.publishes_at is not None,
    )


@dataclass(frozen=True)
class Standing:
    """How the consultation stands, for the head of each page."""

    loop: Loop
    held: list[ActionVersion]  # answers that go on the board by themselves
    waiting_days: int
    told_at: datetime | None  # when the newest answer went on the board

    @property
    def unread(self) -> int:
        """Responses nobody has read yet."""
        return self.loop.facts.to_hear - self.loop.facts.coded


def standing_of(session: Session, consultation: Consultation, *, now: datetime) -> Standing:
    """How the consultation stands at `now`."""
    zone = organisation(session).time_zone
    return Standing(
        loop=loop_of(session, consultation, now=now),
        held=held_versions(session, consultation.id),
        waiting_days=consultation.days_waiting(local_date(now, zone), zone),
        told_at=_last_told_at(session, consultation.id),
    )


def find_sent_form(session: Session, holder: Holder, form_id: UUID) -> SentForm | None:
    """The form that this holder sent under this id, if any. Somebody else's stays unseen."""
    found = session.get(SentForm, form_id)
    if found is None or found.person_id != holder.person.id:
        return None
    return found if found.consultation_id == holder.consultation.id else None


def sent_form_or_404(session: Session, holder: Holder, form_id: UUID) -> SentForm:
    """The form that this holder sent under this id, or `NotFound`."""
    found = find_sent_form(session, holder, form_id)
    if found is None:
        raise NotFound(
            "Nothing was saved under this address. Go back to the mail and open the link."
        )
    return found


@dataclass(frozen=True)
class Pausable:
    """A case whose reminders may be put off, and what it is about."""

    case: Case
    words: str
    is_spent: bool  # put off as often as it may be
    is_late: bool  # only steps that don't wait are still to come


def pausable_cases(
    session: Session, consultation_id: int, cadence: Cadence, *, now: datetime
) -> list[Pausable]:
    """The open cases of the kinds that may be put off. One without an owner can't wait."""
    cases = [
        each for each in open_cases_of(session, consultation_id) if cadence.can_snooze(each.kind)
    ]
    waiting = cases_that_can_wait(session, cases, now=now)
    return [
        Pausable(
            case,
            _case_words(case),
            is_spent=is_spent(case, cadence),
            is_late=case not in waiting and not is_spent(case, cadence),
        )
        for case in cases
    ]


def is_spent(case: Case, cadence: Cadence) -> bool:
    """Whether the case was put off as often as it may be."""
    return len(case.pauses) >= cadence.snoozes_per_case


def _case_words(case: Case) -> str:
    said = case.action.published if case.action else None
    if said is not None:
        return f"“{said.text}”"
    nobody = case.kind is CaseKind.NO_ANSWERS
    return "Nobody answered" if nobody else "Young people are waiting to hear"


def _last_told_at(session: Session, consultation_id: int) -> datetime | None:
    query = (
        select(func.max(ActionVersion.published_at))
        .join(Action, Action.id == ActionVersion.action_id)
        .where(Action.consultation_id == consultation_id)
    )
    return session.scalar(query)


def had_fresh_link(session: Session, person_id: int, *, now: datetime) -> bool:
    """Whether a fresh link was queued for this person within the last hour."""
    since = now - timedelta(minutes=FRESH_LINK_MINUTES)
    query = select(Mail.id).where(
        Mail.recipient_id == person_id,
        Mail.notice_key.startswith(f"link/{person_id}/"),
        Mail.queued_at > since,
        Mail.queued_at <= now,  # not one of a clock that ran ahead
    )
    return session.scalar(query.limit(1)) is not None
