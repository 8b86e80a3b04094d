"""Flags raised: by an answer's wording, or by a member of staff who worries.

In the transaction that stores the answer, so that there is never one without the other. Tells
nobody: the worker finds flags that nobody was told of.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.consultations.models import Consultation
from tracker.safeguarding.models import Flag
from tracker.safeguarding.policy import Rule, named_in, start_of_hour
from tracker.safeguarding.queries import guardians_of
from tracker.safeguarding.wording import wording_of


def raise_flag(
    session: Session,
    *,
    response_id: UUID | None = None,
    verdict_id: UUID | None = None,
    consultation: Consultation,
    texts: Iterable[str],
    now: datetime,
) -> Flag | None:
    """The flag that the wording of these texts raises; None if no rule fits them.

    They stand in a response or in a verdict. One that has an open flag keeps that one.
    """
    written = list(texts)
    found = wording_of(session).matches(written)
    if not found:
        return None
    source = (response_id, verdict_id)
    return _raised(session, source, consultation, written, now, rules=found)


def flag_worry(
    session: Session,
    *,
    response_id: UUID,
    consultation: Consultation,
    texts: Iterable[str],
    person_id: int,
    now: datetime,
) -> Flag:
    """The flag of a member of staff who worries about an answer, whatever its wording."""
    source = (response_id, None)
    return _raised(session, source, consultation, list(texts), now, person_id=person_id)


def _raised(
    session: Session,
    source: tuple[UUID | None, UUID | None],
    consultation: Consultation,
    texts: list[str],
    now: datetime,
    *,
    rules: Iterable[Rule] = (),
    person_id: int | None = None,
) -> Flag:
    response_id, verdict_id = source
    names = {person.id: person.name for person in guardians_of(session)}
    flag = Flag(
        response_id=response_id,
        verdict_id=verdict_id,
        consultation_id=consultation.id,
        raised_at=start_of_hour(now),
        look_at=start_of_hour(now),
        raised_by=person_id,
        rules=[{"phrase": rule.phrase, "category": rule.category.value} for rule in rules],
        named=sorted(named_in(texts, names)),
    )
    try:
        with session.begin_nested():
            session.add(flag)
    except IntegrityError:
        same = Flag.response_id == response_id if response_id else Flag.verdict_id == verdict_id
        return session.scalars(select(Flag).where(same, Flag.closed_at.is_(None))).one()
    return flag
