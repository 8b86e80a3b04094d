"""What the gate reads, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW, TODAY
from tracker.consultations.policy import AgeBand
from tracker.opening.policy import Somebody, SurveyFacts
from tracker.opening.queries import gate_facts, times_asked


def test_gate_facts_tell_what_is_there(session: Session) -> None:
    consultation = make.make_consultation(session)
    service = consultation.service
    survey = make.make_survey(session, consultation, title="The bus")
    make.make_question(session, survey, text="What helps?")
    make.make_question(session, survey, kind="one_choice", text="Which?", settings={})
    make.make_survey(session, consultation, title="Empty", position=1)
    facts = gate_facts(session, consultation, today=TODAY, now=NOW)
    assert service.owner is not None and service.escalation_contact is not None
    assert (
        facts.owner == facts.service_owner == Somebody(service.owner.id, service.owner.name, True)
    )
    assert facts.contact is not None and facts.contact.person_id == service.escalation_contact_id
    assert facts.service_is_active and facts.other_loops == 0 and facts.times_asked == {}
    assert facts.surveys == (
        SurveyFacts("The bus", asks=True, problems=1, questions=("What helps?", "Which?")),
        SurveyFacts("Empty", asks=False),
    )


def test_gate_facts_tell_who_is_not_there(session: Session) -> None:
    service = make.make_service(session, owner=None, escalation_contact=None, is_active=False)
    facts = gate_facts(
        session, make.make_consultation(session, service=service), today=TODAY, now=NOW
    )
    assert (facts.owner, facts.service_owner, facts.contact) == (None, None, None)
    assert not facts.service_is_active


@pytest.mark.parametrize("values", [{"active": False}, {"is_bounced": True}])
def test_gate_facts_tell_who_cannot_be_reached(session: Session, values: dict[str, bool]) -> None:
    gone = make.make_person(session, "Gone", **values)
    consultation = make.make_consultation(session, owner=gone)
    facts = gate_facts(session, consultation, today=TODAY, now=NOW)
    assert facts.owner == Somebody(gone.id, "Gone", False)


YEAR = timedelta(days=365)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        ({}, False),  # a draft
        ({"opened_at": NOW - 3 * YEAR}, True),  # still open
        ({"opened_at": NOW - 3 * YEAR, "closed_at": NOW - YEAR}, False),
        ({"opened_at": NOW - 3 * YEAR, "closed_at": NOW - YEAR + SECOND}, True),
        (
            {"opened_at": NOW, "withdrawn_at": NOW, "withdrawn_reason": "Not needed"},
            False,
        ),
    ],
)
def test_gate_facts_count_other_loops_of_the_service(
    session: Session, values: dict[str, Any], counts: bool
) -> None:
    consultation = make.make_open_consultation(session)
    make.make_consultation(session, service=consultation.service, **values)
    make.make_open_consultation(session)  # another service's
    facts = gate_facts(session, consultation, today=TODAY, now=NOW)
    assert facts.other_loops == counts


def test_times_asked_counts_what_opened_since(session: Session) -> None:
    since = NOW - YEAR
    make.make_consultation(session, age_bands=["6-9"])
    make.make_open_consultation(session, age_bands=["6-9", "10-12", "6-9", "unknown"])
    make.make_open_consultation(session, age_bands=["10-12"], opened_at=since + SECOND)
    make.make_open_consultation(session, age_bands=["10-12"], opened_at=since)
    make.make_open_consultation(session, age_bands=[])
    assert times_asked(session, since=since) == {AgeBand.SIX_TO_NINE: 1, AgeBand.TEN_TO_TWELVE: 2}
