"""Reads about consultations, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW, TODAY
from tracker.consultations.policy import ConsultationState
from tracker.consultations.queries import (
    consultation_or_404,
    consultations_of,
    grouped_by_state,
    services_asking,
    slugs_like,
)
from tracker.errors import NotFound


def test_consultation_or_404_finds_it_or_says_so(session: Session) -> None:
    consultation = make.make_consultation(session)
    assert consultation_or_404(session, consultation.id) is consultation
    with pytest.raises(NotFound, match="may have been deleted"):
        consultation_or_404(session, consultation.id + 1)


def test_consultations_of_keeps_to_the_services_asked_for(session: Session) -> None:
    mine = make.make_consultation(session)
    other = make.make_consultation(session)
    assert consultations_of(session) == [other, mine]
    assert consultations_of(session, service_ids={mine.service_id}) == [mine]
    assert consultations_of(session, service_ids=frozenset()) == []


@pytest.mark.parametrize("text", ["later BUS", "friday", "transport", "100%", "a_b"])
def test_consultations_of_searches_title_decision_and_service(session: Session, text: str) -> None:
    service = make.make_service(session, name="Transport a_b")
    wanted = make.make_consultation(
        session, service=service, title="A later bus (100%)", decision="Friday nights"
    )
    make.make_consultation(session, title="A 100 books", decision="axb")
    assert consultations_of(session, text=text) == [wanted]


def test_grouped_by_state_puts_what_ends_first_first(session: Session) -> None:
    late = make.make_open_consultation(session, closes_on=TODAY + timedelta(days=9))
    soon = make.make_open_consultation(session, closes_on=TODAY + timedelta(days=1))
    never = make.make_open_consultation(session, closes_on=None)
    overdue = make.make_closed_consultation(session, promise_on=TODAY - timedelta(days=1))
    ahead = make.make_closed_consultation(session, promise_on=TODAY + timedelta(days=1))
    unpromised = make.make_closed_consultation(session, promise_on=None)
    gone = make.make_open_consultation(session, withdrawn_at=NOW, withdrawn_reason="Moved")
    old, new = make.make_consultation(session), make.make_consultation(session)
    assert grouped_by_state(consultations_of(session)) == {
        ConsultationState.DRAFT: [new, old],
        ConsultationState.OPEN: [soon, late, never],
        ConsultationState.CLOSED: [overdue, ahead, unpromised],
        ConsultationState.WITHDRAWN: [gone],
    }


def test_services_asking_are_those_with_a_consultation(session: Session) -> None:
    second = make.make_consultation(session, service=make.make_service(session, name="B")).service
    first = make.make_consultation(session, service=make.make_service(session, name="A")).service
    make.make_service(session, name="Silent")
    assert services_asking(session, None) == [first, second]
    assert services_asking(session, {second.id}) == [second]


def test_slugs_like_are_those_that_begin_so(session: Session) -> None:
    for slug in ("bus", "bus-2", "park"):
        make.make_consultation(session, slug=slug)
    assert slugs_like(session, "bus") == {"bus", "bus-2"}
