"""The lead's pages: what they show, to whom, and what stays on the record."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import SignIn
from tests.counting import counted
from tests.safeguarding.world import SECRET, Guarded, flag_of, make_guarded, write
from tracker.accounts.policy import RoleName
from tracker.clock import utc_now
from tracker.responses.models import SetAsideReason
from tracker.responses.operations import set_aside
from tracker.safeguarding.models import EntryKind, FlagOutcome


@pytest.fixture
def guarded(session: Session) -> Guarded:
    return make_guarded(session)


@pytest.fixture
def lead(guarded: Guarded, sign_in: SignIn) -> FlaskClient:
    return sign_in(guarded.first)


def at(flag_id: UUID, end: str = "") -> str:
    return f"/staff/worries/{flag_id}{end}"


def test_index_lists_what_waits_without_its_words(
    session: Session, guarded: Guarded, lead: FlaskClient
) -> None:
    write(session, guarded, now=utc_now() - timedelta(hours=5))

    page = lead.get("/staff/worries").text

    assert "1 open, 1 not acknowledged" in page and "Abuse at home" in page and "Late" in page
    assert "5 hours ago" in page and "Youth service" in page
    assert "zanzibar" not in page
    assert "never all of it" in page  # it doesn't claim to find everything


def test_index_says_what_will_come_when_nothing_is_open(
    guarded: Guarded, lead: FlaskClient
) -> None:
    assert "Nothing is open." in lead.get("/staff/worries").text


def test_index_says_that_no_alert_leaves_while_sending_is_off(
    guarded: Guarded, lead: FlaskClient
) -> None:
    guarded.organisation.is_sending = False

    assert "Sending is off, so no alert reaches you." in lead.get("/staff/worries").text


def test_index_asks_as_often_for_three_as_for_one(
    session: Session, guarded: Guarded, lead: FlaskClient
) -> None:
    asked = []
    for more in (1, 2):
        for _ in range(more):
            write(session, guarded, now=utc_now())
        session.commit()
        with counted(session) as statements:
            lead.get("/staff/worries")
        asked.append(len(statements))

    assert asked[0] == asked[1]


def test_flag_shows_the_words_only_after_it_is_on_the_record_that_they_are_read(
    session: Session, guarded: Guarded, lead: FlaskClient
) -> None:
    flag = flag_of(session, write(session, guarded, now=utc_now()))
    before = lead.get(at(flag.id)).text

    page = lead.post(at(flag.id, "/read"), follow_redirects=True).text

    assert "zanzibar" not in before and "Read the words" in before
    assert SECRET in page and "<strong>Sol Marsden</strong> read the words on" in page
    session.expire_all()
    assert [(entry.kind, entry.person_id) for entry in flag.entries] == [
        (EntryKind.OPENED, guarded.first.id)
    ]


def test_flag_shows_the_words_to_nobody_else(
    session: Session, guarded: Guarded, sign_in: SignIn
) -> None:
    flag = flag_of(session, write(session, guarded))
    everybody = make.make_person(session, "", *(set(RoleName) - {RoleName.SAFEGUARDING_LEAD}))

    for person in (guarded.owner, guarded.administrator, guarded.participation_lead, everybody):
        browser = sign_in(person)
        for answer in (
            browser.get("/staff/worries"),
            browser.get(at(flag.id)),
            browser.post(at(flag.id, "/read"), follow_redirects=True),
        ):
            assert answer.status_code == 403 and "zanzibar" not in answer.text


def test_flag_is_not_there_for_a_lead_whose_name_stands_in_it(
    session: Session, guarded: Guarded, sign_in: SignIn
) -> None:
    flag = flag_of(session, write(session, guarded, "Mr Marsden hits me"))
    named, other = sign_in(guarded.first), sign_in(guarded.second)

    assert "Nothing is open." in named.get("/staff/worries").text
    for answer in (
        named.get(at(flag.id)),
        named.post(at(flag.id, "/read")),
        named.post(at(flag.id, "/record"), data={"decision": "no_worry"}),
        named.post(at(flag.id, "/reopen")),
    ):
        assert answer.status_code == 404
    named.post("/staff/worries/acknowledge", data={"flag": str(flag.id)})
    session.refresh(flag)
    assert flag.acknowledged_at is None and flag.closed_at is None
    assert other.get(at(flag.id)).status_code == 200


def test_flag_that_does_not_exist_is_not_found(guarded: Guarded, lead: FlaskClient) -> None:
    assert lead.get(at(uuid4())).status_code == 404
    assert lead.get("/staff/worries/not-an-id").status_code == 404


def test_acknowledge_takes_one_press_and_stops_the_clock(
    session: Session, guarded: Guarded, lead: FlaskClient
) -> None:
    flag = flag_of(session, write(session, guarded))

    page = lead.post(
        "/staff/worries/acknowledge", data={"flag": str(flag.id)}, follow_redirects=True
    )

    assert "It is acknowledged: nobody else is told about it." in page.text
    session.refresh(flag)
    assert flag.acknowledged_by == guarded.first.id and flag.look_at is None
    again = lead.post(
        "/staff/worries/acknowledge",
        data={"flag": str(flag.id), "stay": "yes"},
        follow_redirects=True,
    )
    assert "acknowledged already" in again.text and "Read the words" in again.text


def test_acknowledge_takes_all_that_are_shown(
    session: Session, guarded: Guarded, lead: FlaskClient
) -> None:
    flags = [flag_of(session, write(session, guarded)) for _ in range(3)]
    shown = {"shown": [str(flag.id) for flag in flags[:2]], "all": "yes"}

    page = lead.post("/staff/worries/acknowledge", data=shown, follow_redirects=True).text

    assert "2 are acknowledged" in page and "3 open, 1 not acknowledged" in page


def test_write_adds_to_the_record_and_keeps_it_open(
    session: Session, guarded: Guarded, lead: FlaskClient
) -> None:
    flag = flag_of(session, write(session, guarded))

    page = lead.post(
        at(flag.id, "/record"),
        data={"what": "Told the school's lead.", "decision": "open"},
        follow_redirects=True,
    )

    assert "It is on the record." in page.text and "Told the school&#39;s lead." in page.text
    session.refresh(flag)
    assert flag.closed_at is None


@pytest.mark.parametrize("decision", ["open", "worry"])
def test_write_needs_words_for_what_was_done(
    session: Session, guarded: Guarded, lead: FlaskClient, decision: str
) -> None:
    flag = flag_of(session, write(session, guarded))

    page = lead.post(at(flag.id, "/record"), data={"what": " ", "decision": decision})

    assert page.status_code == 400 and "Write what was done." in page.text


def test_write_keeps_a_worry_with_the_lead(
    session: Session, guarded: Guarded, lead: FlaskClient
) -> None:
    response = write(session, guarded)
    flag = flag_of(session, response)

    page = lead.post(
        at(flag.id, "/record"),
        data={"what": "Told the police.", "decision": "worry"},
        follow_redirects=True,
    )

    assert "The words stay with the safeguarding leads." in page.text
    session.refresh(response)
    session.refresh(flag)
    assert response.set_aside is SetAsideReason.SAFEGUARDING
    assert response.set_aside_by == guarded.first.id
    assert flag.outcome is FlagOutcome.WORRY and flag.acknowledged_by == guarded.first.id
    late = lead.post(at(flag.id, "/record"), data={"what": "More", "decision": "open"})
    assert "This one is closed." in late.text


def test_write_gives_what_is_no_worry_to_the_service(
    session: Session, guarded: Guarded, lead: FlaskClient, sign_in: SignIn
) -> None:
    response = write(session, guarded, "my dad hits me, haha, zanzibar")
    flag = flag_of(session, response)
    inbox = f"/staff/consultations/{guarded.survey.consultation_id}/responses"
    owner = sign_in(guarded.owner)
    before = owner.get(inbox).text

    page = lead.post(at(flag.id, "/record"), data={"decision": "no_worry"}, follow_redirects=True)

    assert "1 answer is with the safeguarding lead" in before and "zanzibar" not in before
    assert "The team of “Bus” can read and hear this answer now." in page.text
    after = owner.get(inbox).text
    assert "zanzibar" in after and "with the safeguarding lead" not in after


def test_reopen_takes_the_answer_from_the_service_again(
    session: Session, guarded: Guarded, lead: FlaskClient
) -> None:
    response = write(session, guarded)
    flag = flag_of(session, response)
    lead.post(at(flag.id, "/record"), data={"decision": "no_worry"})

    page = lead.post(at(flag.id, "/reopen"), follow_redirects=True)
    again = lead.post(at(flag.id, "/reopen"), follow_redirects=True)

    assert "It is open again" in page.text and again.status_code == 200
    session.refresh(response)
    assert response.set_aside is SetAsideReason.HELD


def test_flag_of_a_colleague_says_who_worried(
    session: Session, guarded: Guarded, lead: FlaskClient
) -> None:
    response = write(session, guarded, "The bus is late")
    now = utc_now()
    set_aside(session, response, SetAsideReason.SAFEGUARDING, person_id=guarded.owner.id, now=now)

    page = lead.get(at(flag_of(session, response).id)).text

    assert f"by {guarded.owner.name}, who was worried" in page


def test_flag_outlives_an_answer_that_is_deleted(
    session: Session, guarded: Guarded, lead: FlaskClient
) -> None:
    response = write(session, guarded)
    flag = flag_of(session, response)
    session.delete(response)
    session.commit()
    session.expire_all()

    page = lead.post(at(flag.id, "/read"), follow_redirects=True).text
    lead.post(at(flag.id, "/record"), data={"what": "Done.", "decision": "worry"})

    assert "The words have been deleted." in page
    session.refresh(flag)
    assert flag.response_id is None and flag.outcome is FlagOutcome.WORRY
