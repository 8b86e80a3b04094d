"""The consultations a departure would leave without anybody."""

from sqlalchemy.orm import Session

from tests import factories as make
from tracker.accounts.duties import Duty
from tracker.desk.duties import duties_in_consultations


def test_duties_in_consultations_are_those_open_or_untold(session: Session) -> None:
    make.make_organisation(session)
    person, other = make.make_person(session), make.make_person(session)
    make.make_consultation(session, owner=person, title="Draft")
    make.make_open_consultation(session, owner=person, title="Open")
    make.make_open_consultation(session, owner=other, title="Another's")
    make.make_closed_consultation(session, owner=person, title="Untold")
    make.make_open_consultation(
        session, owner=person, title="Gone", withdrawn_at=make.NOW, withdrawn_reason="Why"
    )
    told = make.make_closed_consultation(session, owner=person, title="Told")
    response = make.make_response(session, make.make_survey(session, told))
    theme = make.make_theme(session, told)
    make.make_coding(session, response, theme)
    make.make_action(session, theme)

    found = duties_in_consultations(session, [person.id], now=make.NOW)
    assert found == [
        Duty(person.id, "Owner", "Open", orphans=True),
        Duty(person.id, "Owner", "Untold", orphans=True),
    ]


def test_duties_in_consultations_are_none_for_nobody(session: Session) -> None:
    assert duties_in_consultations(session, [], now=make.NOW) == []
