"""Reads about the organisation, its services and who answers for them."""

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tracker.accounts.duties import Duty
from tracker.errors import NotFound
from tracker.services import queries


def test_organisation_says_how_to_make_one_when_there_is_none(session: Session) -> None:
    with pytest.raises(NotFound, match="flask setup"):
        queries.organisation(session)
    made = make.make_organisation(session)
    assert queries.organisation(session) is made


def test_service_or_404_refuses_an_unknown_number(session: Session) -> None:
    service = make.make_service(session)
    assert queries.service_or_404(session, service.id) is service
    with pytest.raises(NotFound, match="no such service"):
        queries.service_or_404(session, service.id + 1)


def test_active_services_leave_out_closed_ones(session: Session) -> None:
    make.make_service(session, name="Zoo")
    make.make_service(session, name="Allotment")
    make.make_service(session, name="Museum", is_active=False)
    assert [s.name for s in queries.active_services(session)] == ["Allotment", "Zoo"]
    assert [s.name for s in queries.all_services(session)] == ["Allotment", "Museum", "Zoo"]


def test_ties_of_are_by_kind(session: Session) -> None:
    person = make.make_person(session)
    owned = make.make_service(session, owner=person)
    deputised = make.make_service(session, deputies=[person])
    watched = make.make_service(session, escalation_contact=person)
    make.make_service(session)
    assert queries.ties_of(session, person.id) == {
        "owns": {owned.id},
        "deputises": {deputised.id},
        "is_contact_of": {watched.id},
    }


def test_duties_in_services_are_of_the_people_asked_for(session: Session) -> None:
    person = make.make_person(session)
    make.make_service(session, name="Youth club", owner=person)
    make.make_service(session, name="Bus passes", deputies=[person])
    make.make_service(session, name="Library", escalation_contact=person)
    make.make_service(session, name="Closed", owner=person, is_active=False)
    make.make_service(session, name="Ownerless", owner=None)
    found = queries.duties_in_services(session, [person.id], now=make.NOW)
    assert sorted(found, key=lambda duty: duty.what) == [
        Duty(person.id, "Deputy", "Bus passes", False),
        Duty(person.id, "Escalation contact", "Library", True),
        Duty(person.id, "Service owner", "Youth club", True),
    ]
