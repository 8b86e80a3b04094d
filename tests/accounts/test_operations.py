"""Adding, changing, leaving and coming back."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tracker.accounts import operations
from tracker.accounts.models import Person, Role
from tracker.accounts.operations import AddressTaken, LastAdministrator, PersonDraft
from tracker.accounts.policy import RoleName


def draft(email: str = "new@example.org", *roles: RoleName) -> PersonDraft:
    return PersonDraft("New Name", email, "New job", frozenset(roles))


def test_add_person_makes_somebody_active_without_a_password(session: Session) -> None:
    added = operations.add_person(session, draft("new@example.org", RoleName.VIEWER))
    session.expire_all()
    kept = session.get_one(Person, added.id)
    assert (kept.name, kept.email, kept.job_title) == ("New Name", "new@example.org", "New job")
    assert kept.active and kept.password is None
    assert kept.role_names == {RoleName.VIEWER}


def test_add_person_uses_the_roles_there_are(session: Session) -> None:
    make.make_person(session, "Vera", RoleName.VIEWER)
    operations.add_person(
        session, draft("new@example.org", RoleName.VIEWER, RoleName.ADMINISTRATOR)
    )
    names = session.scalars(select(Role.name).order_by(Role.name))
    assert list(names) == ["administrator", "viewer"]


def test_add_person_refuses_an_address_in_use_in_any_case(session: Session) -> None:
    make.make_person(session, "Ann", email="Ann@Example.org")
    with pytest.raises(AddressTaken, match=r"belongs to Ann\.$"):
        operations.add_person(session, draft("ann@example.org"))


def test_add_person_says_so_when_the_address_belongs_to_somebody_who_left(session: Session) -> None:
    make.make_person(session, "Ann", email="ann@example.org", active=False)
    with pytest.raises(AddressTaken, match="bring them back"):
        operations.add_person(session, draft("ann@example.org"))


def test_edit_person_changes_everything(session: Session) -> None:
    person = make.make_person(session, "Old", RoleName.VIEWER)
    wanted = draft("new@example.org", RoleName.SAFEGUARDING_LEAD)
    operations.edit_person(session, person, wanted, by=99)
    assert (person.name, person.email) == ("New Name", "new@example.org")
    assert person.role_names == {RoleName.SAFEGUARDING_LEAD}


def test_edit_person_keeps_their_own_address(session: Session) -> None:
    person = make.make_person(session, email="same@example.org")
    operations.edit_person(session, person, draft("same@example.org"), by=99)
    assert person.name == "New Name"


@pytest.mark.parametrize(
    ("email", "still_bounced"), [("same@example.org", True), ("new@example.org", False)]
)
def test_edit_person_trusts_a_new_address_after_a_bounce(
    session: Session, email: str, still_bounced: bool
) -> None:
    person = make.make_person(session, email="same@example.org", is_bounced=True)
    operations.edit_person(session, person, draft(email), by=99)
    assert person.is_bounced is still_bounced


def test_edit_person_keeps_the_last_administrator(session: Session) -> None:
    ada = make.make_person(session, "Ada", RoleName.ADMINISTRATOR)
    make.make_person(session, "Gone", RoleName.ADMINISTRATOR, active=False)
    with pytest.raises(LastAdministrator, match=r"^You are"):
        operations.edit_person(session, ada, draft(), by=ada.id)
    assert ada.role_names == {RoleName.ADMINISTRATOR}
    assert ada.name == "Ada"


def test_edit_person_lets_an_administrator_step_down_when_there_is_another(
    session: Session,
) -> None:
    ada = make.make_person(session, "Ada", RoleName.ADMINISTRATOR)
    make.make_person(session, "Bea", RoleName.ADMINISTRATOR)
    operations.edit_person(session, ada, draft(), by=ada.id)
    assert ada.role_names == frozenset()


def test_edit_person_lets_roles_of_somebody_gone_be_tidied(session: Session) -> None:
    gone = make.make_person(session, "Gone", RoleName.ADMINISTRATOR, active=False)
    operations.edit_person(session, gone, draft(), by=99)
    assert gone.role_names == frozenset()


def test_deactivate_ends_access_and_open_sessions(session: Session) -> None:
    person = make.make_person(session)
    before = person.fs_uniquifier
    operations.deactivate(session, person, by=99)
    assert not person.active
    assert person.fs_uniquifier != before


def test_deactivate_keeps_the_last_administrator(session: Session) -> None:
    ada = make.make_person(session, "Ada", RoleName.ADMINISTRATOR)
    with pytest.raises(LastAdministrator, match=r"^This person is"):
        operations.deactivate(session, ada, by=99)
    assert ada.active


def test_reactivate_brings_back_with_roles_and_password(session: Session) -> None:
    person = make.make_person(session, "", RoleName.VIEWER, active=False, password="kept")
    operations.reactivate(session, person)
    assert person.active and person.password == "kept"
    assert person.role_names == {RoleName.VIEWER}


def test_switch_off_two_step_forgets_the_phone_and_the_codes(session: Session) -> None:
    person = make.make_person(
        session, tf_primary_method="authenticator", tf_totp_secret="x", mf_recovery_codes=["a"]
    )
    operations.switch_off_two_step(session, person)
    session.expire_all()
    assert person.tf_primary_method is None
    assert person.tf_totp_secret is None
    assert not person.mf_recovery_codes
