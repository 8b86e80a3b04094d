import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories as make
from tests.board.scenes import answered, asked, heard
from tests.conftest import SignIn
from tests.counting import counted
from tests.factories import NOW, TODAY
from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.actions.models import Via
from tracker.actions.policy import Outcome
from tracker.clock import utc_now
from tracker.reminders.models import Mail, MailKind, MailState
from tracker.reminders.operations.cases import sync_cases
from tracker.services.models import Service

FAR: dict[str, Any] = {"promise_on": TODAY + timedelta(days=3650)}


@pytest.fixture(autouse=True)
def _organisation(session: Session) -> None:
    make.make_organisation(session)


@pytest.fixture
def service(session: Session) -> Service:
    return make.make_service(
        session,
        name="Youth centres",
        owner=make.make_person(session, "Omar Owner"),
        escalation_contact=make.make_person(session, "Bea Boss"),
        deputies=[make.make_person(session, "Dee Deputy")],
    )


def person_of(service: Service, tie: str) -> Person:
    people = {"owner": service.owner, "contact": service.escalation_contact}
    return people.get(tie) or service.deputies[0]


@pytest.fixture
def lead(session: Session) -> Person:
    return make.make_person(session, "Lena Lead", RoleName.PARTICIPATION_LEAD)


def links(page: str) -> set[str]:
    return set(re.findall(r'href="([^"#]+)"', page))


def test_home_gives_the_owner_the_one_next_thing(
    session: Session, sign_in: SignIn, service: Service
) -> None:
    consultation, _ = asked(session, 2, service=service, title="The bus", **FAR)
    sync_cases(session, make.consultation_ids(session), now=NOW)

    page = sign_in(person_of(service, "owner")).get("/staff/").text

    assert "2 answers to read." in page
    assert f"/staff/consultations/{consultation.id}/hear" in links(page)
    assert 'aria-label="0 of 4. Not yet heard."' in page
    assert re.search(r"Next reminder: \d+ \w+ \d{4}: [^<]+ \(Omar Owner", page)


def test_home_gives_who_may_not_do_it_a_look(
    session: Session, sign_in: SignIn, service: Service
) -> None:
    consultation, _ = asked(session, 2, service=service, **FAR)

    page = sign_in(person_of(service, "contact")).get("/staff/").text

    assert "See how it stands" in page
    assert f"/staff/consultations/{consultation.id}/hear" not in links(page)


def test_home_stops_what_is_about_to_be_published(
    session: Session, sign_in: SignIn, service: Service
) -> None:
    consultation, responses = asked(session, 1, service=service, **FAR)
    theme = heard(session, consultation, "x", responses)
    soon = utc_now() + timedelta(hours=9)
    mailed = {"via": Via.MAIL, "published_at": None, "publishes_at": soon}
    owner = person_of(service, "owner")
    action = make.make_action(session, theme, text="A bus.", recorded_by=owner.id, **mailed)
    browser = sign_in(owner)

    page = browser.get("/staff/").text
    (stop,) = re.findall(r'action="([^"]+/stop)"', page)
    assert "About to appear on the board" in page
    assert "Omar Owner, from a mail" in page
    browser.post(stop)

    assert "About to appear" not in browser.get("/staff/").text
    session.refresh(action.versions[0])
    assert action.versions[0].stopped_at is not None
    contact = sign_in(person_of(service, "contact")).get("/staff/").text
    assert "/stop" not in contact


def test_home_says_what_was_changed_when_every_loop_is_closed(
    session: Session, sign_in: SignIn, service: Service
) -> None:
    today = utc_now().date()
    consultation, responses = asked(session, 1, service=service, **FAR)
    theme = heard(session, consultation, "x", responses)
    long_ago = utc_now() - timedelta(days=60)
    since = {"changed_on": today, "published_at": long_ago}
    answered(session, theme, outcome=Outcome.DONE, text="Open until 8 pm.", **since)

    page = sign_in(person_of(service, "owner")).get("/staff/").text

    assert "Every loop of yours is closed." in page
    assert "Changed this year" in page and "Open until 8 pm." in page


def test_home_without_anything_says_what_to_do(
    session: Session, sign_in: SignIn, service: Service
) -> None:
    viewer = make.make_person(session, "Vera", RoleName.VIEWER)

    of_owner = sign_in(person_of(service, "owner")).get("/staff/").text
    of_viewer = sign_in(viewer).get("/staff/").text
    of_nobody = sign_in(make.make_person(session)).get("/staff/").text

    assert "ask the young people it touches" in of_owner
    assert "You belong to no service" in of_viewer and "See every open loop" in of_viewer
    assert "You belong to no service" in of_nobody and "See every open loop" not in of_nobody


def test_home_of_a_stranger_is_the_sign_in(client: FlaskClient) -> None:
    assert client.get("/staff/").headers["Location"].startswith("/staff/sign-in")


def test_consultation_shows_everything_and_every_way_on(
    session: Session, sign_in: SignIn, service: Service
) -> None:
    consultation, responses = asked(
        session,
        3,
        service=service,
        title="The bus",
        slug="bus",
        is_synthetic=True,
        first_promise_on=TODAY,
        promise_reason="The snow.",
        **FAR,
    )
    heard(session, consultation, "A later bus", responses[:2])
    told = heard(session, consultation, "A pool", responses[2:])
    answered(session, told, outcome=Outcome.PRAISE, text="Thanks.")
    draft = {"published_at": None, "text": "Not said aloud"}
    make.make_action(session, told, **draft)

    page = sign_in(person_of(service, "owner")).get(f"/staff/consultations/{consultation.id}").text

    for said in (
        "The bus",
        "Made-up answers",
        "3 of 3 answers heard",
        "moved from 4 February 2026: The snow.",
        "Omar Owner",
        "Dee Deputy",
        "Bea Boss",
        "“A later bus”",
        "No public answer yet",
        "Not said aloud",
        "Not public yet",
        "http://localhost/s/code",
    ):
        assert said in page
    base = f"/staff/consultations/{consultation.id}"
    ways = {f"{base}/{way}" for way in ("hear", "responses", "themes", "actions", "edit")}
    assert ways | {"/board/bus", f"{base}/hand-over", f"{base}/reminders"} <= links(page)


@pytest.mark.parametrize("tie", ["contact", "viewer"])
def test_consultation_shows_a_watcher_no_way_to_change_it(
    session: Session, sign_in: SignIn, service: Service, tie: str
) -> None:
    consultation, _ = asked(session, 2, service=service, **FAR)
    viewer = make.make_person(session, "Vera", RoleName.VIEWER)
    person = viewer if tie == "viewer" else person_of(service, tie)

    page = sign_in(person).get(f"/staff/consultations/{consultation.id}").text

    base = f"/staff/consultations/{consultation.id}"
    assert not links(page) & {f"{base}/hear", f"{base}/responses", f"{base}/edit"}
    assert (f"{base}/hand-over" in links(page)) is (tie == "contact")


def test_consultation_in_draft_leads_to_the_gate(
    session: Session, sign_in: SignIn, service: Service
) -> None:
    draft = make.make_consultation(session, service=service, owner=None, slug="draft")

    page = sign_in(person_of(service, "deputy")).get(f"/staff/consultations/{draft.id}").text

    assert f"/staff/consultations/{draft.id}/before-you-ask" in links(page)
    assert "No survey yet." in page and "No themes yet." in page
    assert "Nobody. Hand it over" in page
    assert "/board/draft" not in links(page)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"withdrawn_at": NOW, "withdrawn_reason": "The land was sold."}, "The land was sold."),
        ({}, "Nothing left to do"),
    ],
)
def test_consultation_that_is_over_says_so(
    session: Session, sign_in: SignIn, service: Service, values: dict[str, Any], said: str
) -> None:
    consultation, responses = asked(session, 1, service=service, **values, **FAR)
    theme = heard(session, consultation, "x", responses)
    answered(session, theme, outcome=Outcome.PRAISE)

    page = sign_in(person_of(service, "owner")).get(f"/staff/consultations/{consultation.id}").text

    assert said in page


def test_consultation_of_another_service_is_refused(
    session: Session, sign_in: SignIn, service: Service
) -> None:
    theirs, _ = asked(session, title="Another service's")

    page = sign_in(person_of(service, "owner")).get(f"/staff/consultations/{theirs.id}")

    assert page.status_code == 403
    assert "Another service" not in page.text


@pytest.mark.parametrize("consultation_id", ["0", "999999", str(2**31), "9" * 30])
def test_consultation_that_is_not_there_is_not_found(
    sign_in: SignIn, lead: Person, consultation_id: str
) -> None:
    assert sign_in(lead).get(f"/staff/consultations/{consultation_id}").status_code == 404


def test_open_loops_show_a_line_each(
    session: Session, sign_in: SignIn, service: Service, lead: Person
) -> None:
    asked(session, 3, service=service, title="The bus", promise_on=TODAY - timedelta(days=40))
    asked(session, is_open=True, title="Nobody's", owner=None, **FAR)
    sync_cases(session, make.consultation_ids(session), now=NOW)

    page = sign_in(lead).get("/staff/open-loops").text
    rows = re.findall(r"<tr role=\"row\">(.*?)</tr>", page, re.DOTALL)[1:]

    assert len(rows) == 2
    assert "At risk of tokenism" in rows[0] and "Omar Owner" in rows[0]
    assert re.search(r'data-label="Answers"[^>]*>3<', rows[0])
    assert "No owner" in rows[1]


def test_open_loops_can_be_narrowed_to_a_service(
    session: Session, sign_in: SignIn, service: Service, lead: Person
) -> None:
    asked(session, 1, service=service, title="The bus", **FAR)
    idle, responses = asked(session, 1, title="Told", **FAR)
    answered(session, heard(session, idle, "x", responses), outcome=Outcome.PRAISE)
    browser = sign_in(lead)

    here = browser.get(f"/staff/open-loops?service={service.id}").text
    there = browser.get(f"/staff/open-loops?service={idle.service_id}").text
    odd = browser.get("/staff/open-loops?service=nonsense")

    assert "The bus" in here and "one service only" in here
    assert "This service has no open loop." in there
    assert odd.status_code == 200 and "The bus" in odd.text


def test_open_loops_praise_an_empty_list(sign_in: SignIn, lead: Person) -> None:
    assert "No loop is open" in sign_in(lead).get("/staff/open-loops").text


def test_open_loops_are_not_for_an_owner(sign_in: SignIn, service: Service) -> None:
    assert sign_in(person_of(service, "owner")).get("/staff/open-loops").status_code == 403


@pytest.mark.parametrize("address", ["/staff/", "/staff/open-loops", "/staff/consultations/{id}"])
def test_pages_escape_what_staff_wrote(
    session: Session, sign_in: SignIn, lead: Person, address: str
) -> None:
    bad = "<script>alert(1)</script>"
    service = make.make_service(session, name=bad)
    consultation, responses = asked(session, 1, service=service, title=bad, decision=bad, **FAR)
    theme = heard(session, consultation, bad, responses)
    answered(session, theme, outcome=Outcome.PLANNED, text=bad)

    page = sign_in(lead).get(address.format(id=consultation.id)).text

    assert bad not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("address", ["/staff/", "/staff/open-loops"])
def test_pages_take_as_many_queries_for_three_as_for_one(
    session: Session, sign_in: SignIn, lead: Person, address: str
) -> None:
    browser = sign_in(lead)

    def page_with_one_more() -> int:
        consultation, responses = asked(session, 2, **FAR)
        answered(session, heard(session, consultation, "x", responses), outcome=Outcome.DONE)
        session.commit()
        with counted(session) as statements:
            assert browser.get(address).status_code == 200
        return len(statements)

    counts = [page_with_one_more() for _ in range(3)]

    assert counts[0] == counts[2]


@pytest.mark.parametrize(
    ("role", "mails", "sentence"),
    [
        (RoleName.ADMINISTRATOR, 1, "1 mail was given up"),
        (RoleName.PARTICIPATION_LEAD, 2, "2 mails were given up"),
        (RoleName.ADMINISTRATOR, 0, ""),
        (RoleName.SAFEGUARDING_LEAD, 1, ""),
    ],
)
def test_home_says_how_many_mails_were_given_up(
    session: Session, sign_in: SignIn, role: RoleName, mails: int, sentence: str
) -> None:
    person = make.make_person(session, "Ann", role)
    for number, age in enumerate([timedelta(hours=1)] * mails + [timedelta(days=15)]):
        at = utc_now() - age
        session.add(
            Mail(
                kind=MailKind.NOTICE,
                notice_key=str(number),
                recipient_id=person.id,
                queued_at=at,
                not_before=at,
                state=MailState.FAILED,
            )
        )
    page = sign_in(person).get("/staff/").text
    assert ("given up" in page) == bool(sentence)
    assert sentence in page
