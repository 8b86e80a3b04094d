"""Services, settings, and setting up."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tracker.accounts.models import Person
from tracker.accounts.operations import PersonDraft
from tracker.accounts.policy import RoleName
from tracker.services import operations
from tracker.services.models import Organisation, Service
from tracker.services.operations import (
    AlreadySetUp,
    NameTaken,
    OrganisationDraft,
    ServiceDraft,
    WrongPeople,
)
from tracker.working_days import Nation

SETTINGS = OrganisationDraft("Riverside", Nation.WALES, "Europe/London", date(2026, 1, 1))


def draft(owner: Person, contact: Person, *deputies: Person) -> ServiceDraft:
    return ServiceDraft(
        name="Youth club",
        about="Evenings",
        nation=Nation.SCOTLAND,
        owner_id=owner.id,
        escalation_contact_id=contact.id,
        deputy_ids=frozenset(person.id for person in deputies),
    )


def test_create_service_keeps_all_of_it(session: Session) -> None:
    ann, bea, cat = (make.make_person(session, name) for name in ("Ann", "Bea", "Cat"))
    made = operations.create_service(session, draft(ann, bea, cat))
    session.expire_all()
    kept = session.get_one(Service, made.id)
    assert (kept.name, kept.about, kept.nation) == ("Youth club", "Evenings", Nation.SCOTLAND)
    assert (kept.owner, kept.escalation_contact, kept.deputies) == (ann, bea, [cat])
    assert kept.is_active


def test_create_service_refuses_a_name_in_use_in_any_case(session: Session) -> None:
    make.make_service(session, name="YOUTH CLUB")
    ann, bea = make.make_person(session), make.make_person(session)
    with pytest.raises(NameTaken, match="Youth club already"):
        operations.create_service(session, draft(ann, bea))
    assert session.query(Service).count() == 1


def test_create_service_refuses_whoever_has_left(session: Session) -> None:
    ann, gone = make.make_person(session), make.make_person(session, active=False)
    with pytest.raises(WrongPeople) as refusal:
        operations.create_service(session, draft(gone, ann))
    assert list(refusal.value.problems) == ["owner"]
    assert session.query(Service).count() == 0


def test_edit_service_changes_who_answers(session: Session) -> None:
    service = make.make_service(session, name="Youth club")
    ann, bea = make.make_person(session, "Ann"), make.make_person(session, "Bea")
    operations.edit_service(session, service, draft(ann, bea))
    session.expire_all()
    assert (service.owner, service.escalation_contact, service.deputies) == (ann, bea, [])


def test_edit_service_leaves_consultations_with_their_owner(session: Session) -> None:
    consultation = make.make_open_consultation(session)
    before = consultation.owner
    ann, bea = make.make_person(session), make.make_person(session)
    operations.edit_service(session, consultation.service, draft(ann, bea))
    session.expire_all()
    assert consultation.owner == before


def test_edit_service_changes_nothing_when_refused(session: Session) -> None:
    service = make.make_service(session, name="Before")
    ann = make.make_person(session)
    with pytest.raises(WrongPeople):
        operations.edit_service(session, service, draft(ann, ann))
    assert service.name == "Before"


def test_close_service_and_reopen_it(session: Session) -> None:
    service = make.make_service(session)
    operations.close_service(session, service)
    assert not service.is_active
    operations.reopen_service(session, service)
    assert service.is_active


def test_set_up_makes_organisation_and_administrator(session: Session) -> None:
    person = operations.set_up(session, SETTINGS, PersonDraft("Ada", "ada@example.org"))
    organisation = session.get_one(Organisation, 1)
    assert (organisation.name, organisation.nation) == ("Riverside", Nation.WALES)
    assert organisation.goes_live_on == date(2026, 1, 1) and organisation.is_sending
    assert person.role_names == {RoleName.ADMINISTRATOR}
    assert person.password is None


def test_set_up_refuses_a_second_time(session: Session) -> None:
    operations.set_up(session, SETTINGS, PersonDraft("Ada", "ada@example.org"))
    with pytest.raises(AlreadySetUp):
        operations.set_up(session, SETTINGS, PersonDraft("Bea", "bea@example.org"))
    assert session.query(Person).count() == 1


def test_save_settings_changes_all_of_them(session: Session) -> None:
    organisation = make.make_organisation(session)
    wanted = replace(SETTINGS, is_sending=False, time_zone="Europe/Paris")
    operations.save_settings(session, organisation, wanted)
    session.expire_all()
    assert organisation.name == "Riverside" and organisation.time_zone == "Europe/Paris"
    assert not organisation.is_sending
