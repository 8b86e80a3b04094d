"""Consultations by the thousand that closed and were never answered, some with a step due today."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import Engine, insert, select, text, update
from sqlalchemy.orm import Session

from tests import factories as make
from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.consultations.models import Consultation
from tracker.reminders.models import Case, NextLook, Reminder, ReminderState
from tracker.reminders.policy import CaseKind, Step
from tracker.responses.models import Source, SurveyResponse
from tracker.services.models import Service
from tracker.surveys.models import Survey

# A Wednesday, before the hours in which mails leave: what is timed is the look.
NOW = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
TODAY = NOW.date()
# The nudge falls seven days after the close: today for those that are due.
DUE_CLOSED_ON = TODAY - timedelta(days=7)
QUIET_CLOSED_ON = TODAY - timedelta(days=40)
SERVICES = 1_000


def fill(session: Session, count: int, due: int, services: int = SERVICES) -> None:
    """`count` consultations that closed with a response and were never answered; `due` have a step today."""
    make.make_organisation(session)
    make.make_person(session, "Lee", RoleName.PARTICIPATION_LEAD)
    people = [_person(number) for number in range(2 * services)]
    session.execute(insert(Person), people)
    ids = list(
        session.scalars(select(Person.id).where(Person.email.like("bench%")).order_by(Person.id))
    )
    session.execute(
        insert(Service),
        [
            {
                "name": f"Service {n}",
                "owner_id": ids[2 * n],
                "escalation_contact_id": ids[2 * n + 1],
            }
            for n in range(services)
        ],
    )
    service_ids = list(session.scalars(select(Service.id).order_by(Service.id)))
    for start in range(0, count, 5_000):
        numbers = range(start, min(start + 5_000, count))
        session.execute(
            insert(Consultation),
            [_consultation(n, n < due, service_ids, ids) for n in numbers],
        )
        session.commit()
    _answer_all(session)


def _person(number: int) -> dict[str, object]:
    return {
        "name": f"Person {number}",
        "email": f"bench{number}@example.org",
        "fs_uniquifier": uuid4().hex,
        "active": True,
    }


def _consultation(
    number: int, is_due: bool, services: list[int], people: list[int]
) -> dict[str, object]:
    closed_at = _closed_at(is_due)
    closed_on = DUE_CLOSED_ON if is_due else QUIET_CLOSED_ON
    return {
        "slug": f"bench-{number}",
        "title": f"Consultation {number}",
        "service_id": services[number % len(services)],
        "owner_id": people[2 * (number % len(services))],
        "closes_on": closed_on,
        "promise_on": closed_on + timedelta(days=84),
        "opened_at": closed_at - timedelta(days=28),
        "closed_at": closed_at,
    }


def _answer_all(session: Session) -> None:
    ids = list(session.scalars(select(Consultation.id).order_by(Consultation.id)))
    for start in range(0, len(ids), 5_000):
        some = ids[start : start + 5_000]
        session.execute(
            insert(Survey),
            [{"id": i, "consultation_id": i, "title": "Survey", "code": f"b{i}"} for i in some],
        )
        session.execute(
            insert(SurveyResponse),
            [
                {
                    "submission_id": uuid4(),
                    "survey_id": i,
                    "consultation_id": i,
                    "source": Source.PHONE,
                    "received_on": date(2026, 1, 20),
                }
                for i in some
            ],
        )
        session.commit()


def settle(session: Session, due: int) -> None:
    """The cases with the step that each was last reminded of, and when each is looked at next."""
    ids = list(session.scalars(select(Consultation.id).order_by(Consultation.id)))
    found = session.execute(select(Consultation.id, Consultation.owner_id))
    owners = {row[0]: row[1] for row in found}
    for start in range(0, len(ids), 5_000):
        some = ids[start : start + 5_000]
        session.execute(
            insert(Case),
            [
                {
                    "id": i,
                    "kind": CaseKind.UNTOLD,
                    "consultation_id": i,
                    "opened_at": _closed_at(i <= due),
                }
                for i in some
            ],
        )
        session.execute(
            insert(Reminder),
            [
                {
                    "case_id": i,
                    "step": Step.NEXT_STEPS if i <= due else Step.NUDGE_AGAIN,
                    "recipient_id": owners[i],
                    "due_on": TODAY - timedelta(days=6),
                    "state": ReminderState.SENT,
                    "queued_at": NOW - timedelta(days=6),
                    "decided_at": NOW - timedelta(days=6),
                }
                for i in some
            ],
        )
        session.commit()
    set_looks(session, due)
    _tidy_up(session)


def _tidy_up(session: Session) -> None:
    """What PostgreSQL does by itself every minute. SQLite too gets the figures, which can lead it astray."""
    bind = session.get_bind()
    assert isinstance(bind, Engine)
    with bind.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        is_sqlite = bind.dialect.name == "sqlite"
        connection.execute(text("ANALYZE" if is_sqlite else "VACUUM (ANALYZE)"))


def set_looks(session: Session, due: int) -> None:
    """`due` of them since midnight, the others tomorrow."""
    session.execute(update(NextLook).values(at=NOW + timedelta(hours=21)))
    make_due(session, due)


def make_due(session: Session, due: int) -> None:
    """`due` of them since midnight, again; the others as they are."""
    first = update(NextLook).where(NextLook.consultation_id <= due)
    session.execute(first.values(at=NOW - timedelta(hours=3)))
    session.commit()


def _closed_at(is_due: bool) -> datetime:
    closed_on = DUE_CLOSED_ON if is_due else QUIET_CLOSED_ON
    return datetime.combine(closed_on + timedelta(days=1), datetime.min.time(), UTC)
