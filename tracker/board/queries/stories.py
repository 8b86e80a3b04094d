"""Where is my answer now? The true stage of one response, told to whoever holds its four words."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.actions.queries import actions_of
from tracker.board.policy.small_numbers import public_count
from tracker.board.queries.parts import Did, Said, did, promise_of
from tracker.clock import local_date
from tracker.consultations.models import Consultation
from tracker.consultations.policy import ConsultationState
from tracker.loop.policy import Promise
from tracker.loop.queries import Loop, loop_of_response
from tracker.responses.models import SetAsideReason, SurveyResponse
from tracker.services.queries import organisation
from tracker.themes.models import Coding
from tracker.themes.queries import themes_of
from tracker.verdicts.policy import VerdictValue
from tracker.verdicts.queries import verdicts_of


@dataclass(frozen=True)
class Chapter:
    """One theme the response went to, and what was done about it (nothing yet, if empty)."""

    said: Said
    did: list[Did]


@dataclass(frozen=True)
class Story:
    """What became of one response, in the order in which it happened."""

    consultation: Consultation
    loop: Loop  # of this response alone
    today: date
    received_on: date
    set_aside: SetAsideReason | None
    heard_on: date | None
    corrected_on: date | None
    chapters: list[Chapter]
    promise: list[str]
    days_waited: int
    verdicts: dict[int, VerdictValue]  # given before, by action id
    calendar_code: str  # of its survey, while there is a promised day to come; else ""

    @property
    def is_open(self) -> bool:
        return self.consultation.state is ConsultationState.OPEN

    @property
    def may_correct(self) -> bool:
        """Whether other words may still be put in: while others answer, unless staff set it aside."""
        return self.is_open and (self.set_aside is None or self.set_aside.is_with_lead)

    @property
    def is_withdrawn(self) -> bool:
        return self.consultation.state is ConsultationState.WITHDRAWN

    @property
    def is_broken_promise(self) -> bool:
        return self.loop.promise is Promise.BROKEN

    @property
    def to_judge(self) -> list[Did]:
        """The done actions that answer this response, each once."""
        found = {d.action_id: d for chapter in self.chapters for d in chapter.did if d.is_done}
        return list(found.values())


def story_of(session: Session, response: SurveyResponse, *, now: datetime) -> Story:
    """The story of a response. Never its answers: the four words may be on a picture somebody sees."""
    zone = organisation(session).time_zone
    today = local_date(now, zone)
    consultation = response.consultation
    loop = loop_of_response(session, response, now=now)
    return Story(
        consultation=consultation,
        loop=loop,
        today=today,
        received_on=response.received_on,
        set_aside=_known_reason(response),
        heard_on=_heard_on(session, response),
        corrected_on=response.corrected_on,
        chapters=_chapters(session, response, zone),
        promise=promise_of(consultation, loop, today),
        days_waited=consultation.days_waiting(today, zone),
        verdicts=verdicts_of(session, response.id),
        calendar_code=response.survey.code if loop.promise is Promise.AHEAD else "",
    )


def _known_reason(response: SurveyResponse) -> SetAsideReason | None:
    """Why it was set aside. What is only held looks like any answer that waits to be read."""
    return None if response.set_aside is SetAsideReason.HELD else response.set_aside


def _heard_on(session: Session, response: SurveyResponse) -> date | None:
    if _known_reason(response) is not None:
        return response.set_aside_on
    first = select(func.min(Coding.coded_on)).where(Coding.response_id == response.id)
    return session.scalar(first)


def _chapters(session: Session, response: SurveyResponse, zone: str) -> list[Chapter]:
    if response.set_aside is not None:
        return []
    coded = select(Coding.theme_id).where(Coding.response_id == response.id)
    own = set(session.scalars(coded))
    actions = actions_of(session, response.consultation_id)
    return [
        Chapter(
            Said(row.theme.id, row.theme.statement, public_count(row.responses)),
            did((action for action in actions if row.theme in action.themes), zone),
        )
        for row in themes_of(session, response.consultation_id)
        if row.theme.id in own
    ]
