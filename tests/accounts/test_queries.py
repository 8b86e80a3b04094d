"""Reads about people."""

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tracker.accounts import queries
from tracker.accounts.policy import RoleName
from tracker.errors import NotFound


def test_active_people_come_by_name_without_those_who_left(session: Session) -> None:
    make.make_person(session, "Zoe")
    make.make_person(session, "Ann")
    make.make_person(session, "Gone", active=False)
    assert [person.name for person in queries.active_people(session)] == ["Ann", "Zoe"]
    assert [person.name for person in queries.all_people(session)] == ["Ann", "Gone", "Zoe"]


def test_people_with_role_are_those_who_hold_it_now(session: Session) -> None:
    make.make_person(session, "Zoe", RoleName.VIEWER, RoleName.ADMINISTRATOR)
    make.make_person(session, "Ann", RoleName.VIEWER)
    make.make_person(session, "Gone", RoleName.VIEWER, active=False)
    make.make_person(session, "Ben")
    found = queries.people_with_role(session, RoleName.VIEWER)
    assert [person.name for person in found] == ["Ann", "Zoe"]


def test_person_or_404_refuses_an_unknown_number(session: Session) -> None:
    person = make.make_person(session)
    assert queries.person_or_404(session, person.id) is person
    with pytest.raises(NotFound, match="nobody here"):
        queries.person_or_404(session, person.id + 1)


def test_person_by_email_ignores_case(session: Session) -> None:
    person = make.make_person(session, email="Ann@Example.org")
    assert queries.person_by_email(session, "aNN@example.ORG") is person
    assert queries.person_by_email(session, "bea@example.org") is None


def test_other_administrators_counts_active_ones_besides(session: Session) -> None:
    ada = make.make_person(session, "Ada", RoleName.ADMINISTRATOR)
    make.make_person(session, "Gone", RoleName.ADMINISTRATOR, active=False)
    assert queries.other_administrators(session, ada.id) == 0
    make.make_person(session, "Bea", RoleName.ADMINISTRATOR)
    assert queries.other_administrators(session, ada.id) == 1
