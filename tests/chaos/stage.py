"""The scene of the chaos: consultations that closed and are chased, surveys that are open, and what is
owed about each of them, worked out here by hand from the domain's table and not by the product.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tests import factories as make
from tests.chaos.clockwork import Clockwork
from tracker.accounts.policy import RoleName
from tracker.consultations.models import Consultation
from tracker.reminders.policy import Step
from tracker.responses.models import SurveyResponse

OF_ONE_OWNER = 2  # consultations
OF_ONE_SERVICE = 5  # consultations
SURVEYS = 10
# All closed on Wednesday 7 January 2026, promised for Wednesday 1 April: the steps that come until
# then, the day of each, and whether the deputy gets it too.
CLOSED_ON = date(2026, 1, 7)
PROMISE_ON = date(2026, 4, 1)
STEPS = (
    (Step.NEXT_STEPS, date(2026, 1, 8), False),  # one working day after the close
    (Step.NUDGE, date(2026, 1, 14), False),  # 7 days after it
    (Step.NUDGE_AGAIN, date(2026, 2, 4), True),  # 28 days after it
    (Step.PROMISE_SOON, date(2026, 3, 18), True),  # 14 days before the promise
    (Step.PROMISE_DUE, PROMISE_ON, False),
)
# One in ten is answered on this day, between the second step and the third.
TOLD_ON = date(2026, 1, 20)
TOLD_OF = 10

Key = tuple[int, str, int, date]  # consultation, step, recipient, due date


@dataclass(frozen=True)
class Loop:
    """One consultation that is chased."""

    consultation_id: int
    owner_id: int
    deputy_id: int
    response_id: UUID
    is_told: bool  # on TOLD_ON

    def owed(self) -> Iterator[Key]:
        for step, on, to_deputy in STEPS:
            if self.is_told and on > TOLD_ON:
                return
            yield (self.consultation_id, str(step), self.owner_id, on)
            if to_deputy:
                yield (self.consultation_id, str(step), self.deputy_id, on)


@dataclass
class Stage:
    """What there is, and when something falls due."""

    loops: list[Loop] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)  # of the surveys that are open

    @property
    def owed(self) -> set[Key]:
        return {key for loop in self.loops for key in loop.owed()}

    @property
    def mails(self) -> int:
        """About how many mails the reminders travel in."""
        return int(len(self.loops) * (len(STEPS) / OF_ONE_OWNER + 2 / OF_ONE_SERVICE))


def begin(clock: Clockwork, speed: float) -> None:
    """Two minutes before the first step is due."""
    day = STEPS[0][1]
    clock.set(datetime(day.year, day.month, day.day, 8, 58, tzinfo=UTC), speed)


def build(session: Session, reminders: int) -> Stage:
    """As many consultations as owe so many reminders, by the date of the promise."""
    stage = Stage()
    owed = 0
    make.make_organisation(session)
    make.make_person(session, "Lee", RoleName.PARTICIPATION_LEAD)
    while owed < reminders:
        number = len(stage.loops)
        if number % OF_ONE_SERVICE == 0:
            deputy = make.make_person(session)
            service = make.make_service(session, deputies=[deputy])
        if number % OF_ONE_OWNER == 0:
            owner = make.make_person(session)
        consultation = _closed(session, service=service, owner=owner)
        response = make.make_response(session, make.make_survey(session, consultation))
        is_told = number % TOLD_OF == 1
        loop = Loop(consultation.id, owner.id, deputy.id, response.id, is_told)
        stage.loops.append(loop)
        owed += len(list(loop.owed()))
        if number % 100 == 99:
            session.commit()
    _open_surveys(session, stage)
    session.commit()
    return stage


def _closed(session: Session, **values: Any) -> Consultation:
    midnight = datetime(CLOSED_ON.year, CLOSED_ON.month, CLOSED_ON.day, tzinfo=UTC)
    return make.make_consultation(
        session,
        opened_at=midnight - timedelta(days=14),
        closes_on=CLOSED_ON,
        closed_at=midnight + timedelta(days=1),
        promise_on=PROMISE_ON,
        **values,
    )


def _open_surveys(session: Session, stage: Stage) -> None:
    consultation = make.make_open_consultation(session, closes_on=None)
    for _ in range(SURVEYS):
        survey = make.make_survey(session, consultation)
        make.make_question(session, survey, text="What could be better?")
        stage.codes.append(survey.code)


def tell(session: Session, stage: Stage, now: datetime) -> None:
    """Somebody hears every answer of one consultation in ten, and says what became of it."""
    for loop in stage.loops:
        if loop.is_told:
            consultation = session.get_one(Consultation, loop.consultation_id)
            theme = make.make_theme(session, consultation)
            make.make_coding(session, session.get_one(SurveyResponse, loop.response_id), theme)
            make.make_action(session, theme, recorded_at=now, published_at=now)
    session.commit()
