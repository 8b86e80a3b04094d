"""Reads what the gate decides by, in a fixed number of queries."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.accounts.queries import people_with_role
from tracker.consultations.models import Consultation
from tracker.consultations.operations import details_of
from tracker.consultations.policy import AgeBand
from tracker.languages import language_named
from tracker.opening.policy import GateFacts, Somebody, SurveyFacts
from tracker.services.queries import languages_off
from tracker.surveys.models import Survey
from tracker.surveys.policy import asks_something, survey_problems
from tracker.surveys.queries import surveys_of

A_YEAR = timedelta(days=365)


def gate_facts(
    session: Session, consultation: Consultation, *, today: date, now: datetime
) -> GateFacts:
    """Everything the gate decides by, as it is now."""
    service = consultation.service
    return GateFacts(
        details=details_of(consultation),
        today=today,
        service_is_active=service.is_active,
        owner=_somebody(consultation.owner),
        service_owner=_somebody(service.owner),
        contact=_somebody(service.escalation_contact),
        language_off=_language_off(session, consultation),
        surveys=tuple(_survey_facts(one) for one in surveys_of(session, consultation.id)),
        times_asked=times_asked(session, since=now - A_YEAR),
        other_loops=_other_loops(session, consultation, since=now - A_YEAR),
        safeguarding_leads=len(people_with_role(session, RoleName.SAFEGUARDING_LEAD)),
    )


def _language_off(session: Session, consultation: Consultation) -> str:
    is_off = consultation.language in languages_off(session)
    return language_named(consultation.language).english_name if is_off else ""


def times_asked(session: Session, *, since: datetime) -> Mapping[AgeBand, int]:
    """How often each age band has been asked, by any service, since that moment."""
    bands = session.scalars(select(Consultation.age_bands).where(Consultation.opened_at > since))
    known = {band.value for band in AgeBand}
    return Counter(AgeBand(band) for listed in bands for band in set(listed) & known)


def _other_loops(session: Session, consultation: Consultation, *, since: datetime) -> int:
    query = select(func.count()).where(
        Consultation.service_id == consultation.service_id,
        Consultation.id != consultation.id,
        Consultation.opened_at.is_not(None),
        Consultation.withdrawn_at.is_(None),
        or_(Consultation.closed_at.is_(None), Consultation.closed_at > since),
    )
    return session.scalar(query) or 0


def _somebody(person: Person | None) -> Somebody | None:
    return Somebody(person.id, person.name, person.is_reachable) if person else None


def _survey_facts(survey: Survey) -> SurveyFacts:
    return SurveyFacts(
        title=survey.title,
        asks=asks_something(survey.questions),
        problems=len({problem.key for problem in survey_problems(survey.questions)}),
        questions=tuple(question.text for question in survey.questions),
    )
