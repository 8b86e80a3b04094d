"""The coming year's reminders, reckoned from the rows as they are. Never writes and queues nothing."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.accounts.queries import people_with_role
from tracker.cadence.policy import (
    Addressee,
    ForeseenMail,
    Prospect,
    end_of_year,
    foresee,
)
from tracker.clock import local_date
from tracker.consultations.models import Consultation
from tracker.consultations.policy import default_promise
from tracker.reminders.briefing import WITHOUT_ROLES, Briefing, briefings, open_cases
from tracker.reminders.cadences import Cadences
from tracker.reminders.circle import Circle, circle_of
from tracker.reminders.models import Case, Mail, MailKind
from tracker.reminders.policy import (
    CADENCE,
    CaseFacts,
    CaseKind,
    Step,
    acted_lately,
    next_window,
    schedule,
)
from tracker.responses.models import SurveyResponse
from tracker.services.queries import organisation
from tracker.working_days import Nation

log = logging.getLogger(__name__)

AT_ONCE = 500  # consultations in one statement


@dataclass(frozen=True)
class Outlook:
    """Everything that may be chased in the coming year, whatever the cadence. `had_one`: of today's mail."""

    prospects: tuple[Prospect, ...]
    had_one: frozenset[int]
    today: date

    def mails(self, settings: Cadences) -> list[ForeseenMail]:
        """The mails of the coming year under these settings."""
        places = {prospect.service_id for prospect in self.prospects}
        return foresee(
            self.prospects,
            {place: settings.of(place).rules for place in places},
            today=self.today,
            until=end_of_year(self.today),
            had_one=self.had_one,
        )


@dataclass(frozen=True)
class _Moment:
    """The present, and when reminders may next leave in a nation."""

    now: datetime
    zone: str

    @property
    def today(self) -> date:
        return local_date(self.now, self.zone)

    def opens(self, nation: Nation, *, not_today: bool = False) -> datetime:
        return next_window(self.now, self.zone, nation, not_today=not_today)

    def sends_on(self, nation: Nation, *, not_today: bool = False) -> date:
        return local_date(self.opens(nation, not_today=not_today), self.zone)


def outlook(session: Session, *, now: datetime) -> Outlook:
    """What is open, what will close, and who has had today's mail. Few queries however much it is."""
    moment = _Moment(now, organisation(session).time_zone)
    prospects = [*_of_open_cases(session, moment), *_of_open_consultations(session, moment)]
    had_one = session.scalars(
        select(Mail.recipient_id).where(Mail.kind == MailKind.REMINDER, Mail.day == moment.today)
    )
    return Outlook(
        prospects=tuple(each for each in prospects if _can_be_reckoned(each, moment.today)),
        had_one=frozenset(each for each in had_one if each is not None),
        today=moment.today,
    )


def _can_be_reckoned(prospect: Prospect, today: date) -> bool:
    try:
        schedule(prospect.facts, end_of_year(today))
    except OverflowError:  # a date at the end of time must not hide the other cases
        log.error("consultation %s has dates that can't be reckoned with", prospect.consultation_id)
        return False
    return True


def _of_open_cases(session: Session, moment: _Moment) -> Iterator[Prospect]:
    query = select(Case.consultation_id).where(Case.closed_at.is_(None)).distinct()
    ids = list(session.scalars(query.order_by(Case.consultation_id)))
    for start in range(0, len(ids), AT_ONCE):
        cases = open_cases(session, ids[start : start + AT_ONCE])
        for briefing in briefings(session, cases, now=moment.now).values():
            yield _of_case(briefing, moment)


def _of_case(briefing: Briefing, moment: _Moment) -> Prospect:
    consultation, nation = briefing.case.consultation, briefing.facts.nation
    return Prospect(
        key=briefing.case.id,
        consultation_id=consultation.id,
        service_id=consultation.service_id,
        title=consultation.title,
        facts=briefing.facts,
        records=tuple(briefing.records),
        addressees=_addressees(briefing.circle, briefing.case.kind),
        sends_on=moment.sends_on(nation),
        sends_again_on=moment.sends_on(nation, not_today=True),
        is_held=bool(briefing.held) or acted_lately(briefing.acted_at, moment.opens(nation)),
    )


def _of_open_consultations(session: Session, moment: _Moment) -> Iterator[Prospect]:
    """As they will be once they have closed: answered if somebody has answered by now."""
    is_answered = exists().where(SurveyResponse.consultation_id == Consultation.id)
    query = (
        select(Consultation, is_answered)
        .where(
            Consultation.opened_at.is_not(None),
            Consultation.closed_at.is_(None),
            Consultation.withdrawn_at.is_(None),
            Consultation.closes_on >= max(moment.today, organisation(session).goes_live_on),
        )
        .options(*WITHOUT_ROLES)
        .order_by(Consultation.id)
    )
    leads = tuple(people_with_role(session, RoleName.PARTICIPATION_LEAD))
    for consultation, has_answers in session.execute(query):
        kind = CaseKind.UNTOLD if has_answers else CaseKind.NO_ANSWERS
        yield _once_closed(consultation, kind, circle_of(consultation, leads), moment)


def _once_closed(
    consultation: Consultation, kind: CaseKind, circle: Circle, moment: _Moment
) -> Prospect:
    closes_on, nation = consultation.closes_on, consultation.service.nation
    assert closes_on is not None  # noqa: S101  (asked for in the query)
    return Prospect(
        key=f"closing/{consultation.id}",
        consultation_id=consultation.id,
        service_id=consultation.service_id,
        title=consultation.title,
        facts=CaseFacts(
            kind=kind,
            nation=nation,
            starts_on=closes_on,
            promise_on=consultation.promise_on or default_promise(closes_on),
        ),
        records=(),
        addressees=_addressees(circle, kind),
        sends_on=moment.sends_on(nation),
        sends_again_on=moment.sends_on(nation, not_today=True),
    )


def _addressees(circle: Circle, kind: CaseKind) -> dict[Step, tuple[Addressee, ...]]:
    return {rule.step: tuple(_reachable(circle.recipients(rule))) for rule in CADENCE[kind]}


def _reachable(people: Sequence[Person]) -> Iterator[Addressee]:
    return (Addressee(person.id, person.name) for person in people if person.is_reachable)
