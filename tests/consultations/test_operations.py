"""Writes to consultations, on both databases."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW, TODAY
from tracker.consultations.models import Consultation, ConsultationEvent
from tracker.consultations.operations import (
    BadDetails,
    NoNewOwner,
    NotDeletable,
    create_consultation,
    delete_draft,
    details_of,
    edit_consultation,
    hand_over,
    lock_consultation,
    note_event,
)
from tracker.consultations.policy import Anonymity, ConsultationState
from tracker.consultations.queries import events_of
from tracker.db import db
from tracker.services.models import Service
from tracker.surveys.models import Survey
from tracker.working_days import Nation


def test_note_event_keeps_who_and_when(session: Session) -> None:
    consultation = make.make_consultation(session)
    note_event(session, consultation, "closed", person_id=None, now=NOW, detail="by itself")
    (event,) = events_of(session, consultation.id)
    assert (event.kind, event.person_id, event.at, event.detail) == (
        "closed",
        None,
        NOW,
        "by itself",
    )


def test_create_consultation_makes_a_draft_of_the_services_owner(session: Session) -> None:
    service = make.make_service(session, nation=Nation.WALES)
    assert service.owner_id is not None
    made = create_consultation(
        session, service, title="Friday nights", person_id=service.owner_id, now=NOW
    )
    assert made.state is ConsultationState.DRAFT
    assert (made.slug, made.owner_id, made.help_page) == (
        "friday-nights",
        service.owner_id,
        "wales",
    )
    assert (made.closes_on, made.promise_on) == (None, None)
    assert [event.kind for event in events_of(session, made.id)] == ["created"]


def test_create_consultation_suggests_the_promise(session: Session) -> None:
    service = make.make_service(session)
    made = create_consultation(
        session, service, title="Bus", closes_on=date(2026, 3, 2), person_id=1, now=NOW
    )
    assert made.promise_on == date(2026, 5, 25)


def test_create_consultation_numbers_addresses_of_the_same_title(session: Session) -> None:
    service = make.make_service(session)
    slugs = [
        create_consultation(session, service, title=title, person_id=1, now=NOW).slug
        for title in ("Bus", "Bus!", "bus", "Bus stop", "بس", "حافلة")
    ]
    assert slugs == ["bus", "bus-2", "bus-3", "bus-stop", "consultation", "consultation-2"]


def test_create_consultation_never_gives_one_address_twice(
    app: Flask, session: Session, database: str
) -> None:
    """Two press "Save" with the same title at once. Where writers wait for each other (SQLite) the
    second gets the next address; elsewhere the second is asked to send it again."""
    service = make.make_service(session)
    service_id, owner_id = service.id, service.owner_id or 0
    session.commit()
    create_consultation(session, service, title="Bus", person_id=owner_id, now=NOW)
    outcomes: list[str] = []

    def also() -> None:
        with app.app_context(), Session(db.engine) as other:
            own = other.get_one(Service, service_id)
            try:
                made = create_consultation(other, own, title="Bus", person_id=owner_id, now=NOW)
                outcomes.append(made.slug)
            except BadDetails as bad:
                outcomes.append(bad.problems["title"])
            other.commit()

    thread = threading.Thread(target=also)
    thread.start()
    thread.join(0.5)
    assert outcomes == []  # it waits for us
    session.commit()
    thread.join(20)
    again = "Somebody saved the same title at this moment. Send it again."
    assert outcomes == ["bus-2" if database == "sqlite" else again]


def test_edit_consultation_saves_what_changed_and_says_so(session: Session) -> None:
    consultation = make.make_consultation(session, title="Old", slug="old")
    details = replace(details_of(consultation), title="New park", age_bands=("13-15",))
    changed = edit_consultation(session, consultation, details, person_id=1, now=NOW)
    assert changed == ["title", "age_bands"]
    assert (consultation.title, consultation.slug) == ("New park", "new-park")
    assert consultation.age_bands == ["13-15"]
    (event,) = events_of(session, consultation.id)
    assert (event.kind, event.detail) == ("edited", "title, ages")


def test_edit_consultation_notes_nothing_when_nothing_changed(session: Session) -> None:
    consultation = make.make_consultation(session)
    same = details_of(consultation)
    assert edit_consultation(session, consultation, same, person_id=1, now=NOW) == []
    assert events_of(session, consultation.id) == []


def test_edit_consultation_keeps_its_address_when_the_title_says_the_same(
    session: Session,
) -> None:
    consultation = make.make_consultation(session, title="Park", slug="park")
    make.make_consultation(session, title="Park again", slug="park-again")
    details = replace(details_of(consultation), title="Park?")
    edit_consultation(session, consultation, details, person_id=1, now=NOW)
    assert consultation.slug == "park"


def test_edit_consultation_keeps_the_address_after_opening(session: Session) -> None:
    consultation = make.make_open_consultation(session, slug="park")
    details = replace(details_of(consultation), title="The other park")
    edit_consultation(session, consultation, details, person_id=1, now=NOW)
    assert (consultation.title, consultation.slug) == ("The other park", "park")


def test_edit_consultation_moves_the_owner_with_the_service(session: Session) -> None:
    consultation = make.make_consultation(session)
    other = make.make_service(session)
    details = replace(details_of(consultation), service_id=other.id)
    edit_consultation(session, consultation, details, person_id=1, now=NOW)
    assert consultation.service is other and consultation.owner is other.owner


def test_edit_consultation_keeps_an_owner_who_was_chosen(session: Session) -> None:
    chosen = make.make_person(session, "Chosen")
    consultation = make.make_consultation(session, owner=chosen)
    details = replace(details_of(consultation), service_id=make.make_service(session).id)
    edit_consultation(session, consultation, details, person_id=1, now=NOW)
    assert consultation.owner is chosen


@pytest.mark.parametrize("other", [Anonymity.NAMED, None])
def test_edit_consultation_refuses_to_change_anonymity_once_open(
    session: Session, other: Anonymity | None
) -> None:
    consultation = make.make_open_consultation(session)
    details = replace(details_of(consultation), anonymity=other)
    with pytest.raises(BadDetails) as refusal:
        edit_consultation(session, consultation, details, person_id=1, now=NOW)
    assert list(refusal.value.problems) == ["anonymity"]
    session.expire(consultation)
    assert consultation.anonymity is Anonymity.ANONYMOUS


def test_edit_consultation_sees_that_it_was_opened_meanwhile(session: Session) -> None:
    consultation = make.make_consultation(session)
    details = replace(details_of(consultation), anonymity=Anonymity.NAMED)
    key = consultation.id
    session.commit()
    with Session(session.get_bind()) as other:
        other.get_one(Consultation, key).opened_at = NOW
        other.commit()
    with pytest.raises(BadDetails):
        edit_consultation(session, consultation, details, person_id=1, now=NOW)


def test_lock_consultation_keeps_what_was_not_saved_yet(session: Session) -> None:
    consultation = make.make_consultation(session)
    consultation.title = "Just typed"
    lock_consultation(session, consultation)
    assert consultation.title == "Just typed"


def test_hand_over_names_both_in_the_history(session: Session) -> None:
    consultation = make.make_open_consultation(session)
    old = consultation.owner
    new = make.make_person(session, "New Owner")
    assert old is not None
    hand_over(session, consultation, to=new, person_id=old.id, now=NOW)
    assert consultation.owner is new
    (event,) = events_of(session, consultation.id)
    assert (event.kind, event.detail) == ("owner_changed", f"from {old.name} to New Owner")


def test_hand_over_gives_an_orphan_an_owner(session: Session) -> None:
    consultation = make.make_open_consultation(session, owner=None)
    new = make.make_person(session, "New Owner")
    hand_over(session, consultation, to=new, person_id=new.id, now=NOW)
    assert events_of(session, consultation.id)[0].detail == "from nobody to New Owner"


@pytest.mark.parametrize("values", [{"active": False}, {"is_bounced": True}])
def test_hand_over_refuses_who_cannot_be_reached(session: Session, values: dict[str, bool]) -> None:
    consultation = make.make_open_consultation(session)
    gone = make.make_person(session, "Gone", **values)
    with pytest.raises(NoNewOwner, match="Gone can't be reached"):
        hand_over(session, consultation, to=gone, person_id=1, now=NOW)


def test_hand_over_refuses_the_owner_and_the_escalation_contact(session: Session) -> None:
    consultation = make.make_open_consultation(session)
    owner, contact = consultation.owner, consultation.service.escalation_contact
    assert owner is not None and contact is not None
    with pytest.raises(NoNewOwner, match="is the owner already"):
        hand_over(session, consultation, to=owner, person_id=1, now=NOW)
    with pytest.raises(NoNewOwner, match="can't be the owner too"):
        hand_over(session, consultation, to=contact, person_id=1, now=NOW)
    assert consultation.owner is owner


def test_hand_over_refuses_what_was_withdrawn(session: Session) -> None:
    consultation = make.make_open_consultation(
        session, withdrawn_at=NOW, withdrawn_reason="Not needed"
    )
    with pytest.raises(NoNewOwner, match="withdrawn"):
        hand_over(session, consultation, to=make.make_person(session), person_id=1, now=NOW)


def test_delete_draft_takes_its_surveys_and_history_along(session: Session) -> None:
    consultation = make.make_consultation(session)
    make.make_question(session, make.make_survey(session, consultation))
    note_event(session, consultation, "created", person_id=None, now=NOW)
    session.commit()
    delete_draft(session, consultation)
    session.commit()
    assert session.scalars(select(Consultation)).all() == []
    assert session.scalars(select(Survey)).all() == []
    assert session.scalars(select(ConsultationEvent)).all() == []


def test_delete_draft_refuses_what_was_opened(session: Session) -> None:
    consultation = make.make_open_consultation(session)
    with pytest.raises(NotDeletable, match="You can withdraw it"):
        delete_draft(session, consultation)


def test_delete_draft_keeps_what_has_answers(session: Session) -> None:
    consultation = make.make_consultation(session)
    make.make_response(session, make.make_survey(session, consultation))
    session.commit()
    with pytest.raises(NotDeletable, match="Answers belong to it"):
        delete_draft(session, consultation)
    session.commit()
    assert session.get(Consultation, consultation.id) is consultation


def test_details_of_is_what_was_written(session: Session) -> None:
    consultation = make.make_consultation(session, age_bands=["6-9"])
    details = details_of(consultation)
    assert details.service_id == consultation.service_id
    assert (details.age_bands, details.closes_on) == (("6-9",), TODAY + timedelta(days=14))
