"""The pages about consultations, as their owner, other staff and a stranger meet them."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tracker.accounts.policy import RoleName
from tracker.consultations.models import Consultation
from tracker.consultations.operations import details_of, note_event
from tracker.consultations.policy import Anonymity, LawfulBasis
from tracker.consultations.queries import events_of
from tracker.db import db

BASE = "/staff/consultations"
# What an author may type where a day is wanted, and how it is answered.
BAD_DAYS = {
    "9999-12-31": "Check the year: 9999",
    "0001-01-01": "Check the year: 1 ",
    "2026-02-30": "Choose a day from the calendar",
    "soon": "Choose a day from the calendar",
    "-1": "Choose a day from the calendar",
    "x" * 5000: "Choose a day from the calendar",
}


@pytest.fixture(autouse=True)
def _organisation(session: Session) -> None:
    make.make_organisation(session)


def owner_of(consultation: Consultation, sign_in: SignIn) -> FlaskClient:
    assert consultation.service.owner is not None
    return sign_in(consultation.service.owner)


def typed(consultation: Consultation, **changes: Any) -> dict[str, Any]:
    """What the page of details sends for a consultation, with some of it changed."""
    details = details_of(consultation)
    sent = {name: "" if value is None else value for name, value in vars(details).items()}
    sent |= {"level": f"{details.ladder}:{details.level}", "age_bands": list(details.age_bands)}
    sent.pop("ladder")
    return sent | changes


PAGES = ["/", "/new", "/{id}/edit", "/{id}/hand-over", "/{id}/delete"]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_sends_a_stranger_to_sign_in(
    session: Session, client: FlaskClient, page: str
) -> None:
    address = BASE + page.format(id=make.make_consultation(session).id)
    assert client.get(address).headers["Location"].startswith("/staff/sign-in?next=")
    assert client.post(address).status_code in (302, 405)
    assert session.scalars(select(Consultation)).one().owner is not None


@pytest.mark.parametrize("page", PAGES[1:])
def test_every_page_refuses_another_services_owner_and_a_viewer(
    session: Session, sign_in: SignIn, page: str
) -> None:
    consultation = make.make_consultation(session)
    address = BASE + page.format(id=consultation.id)
    viewer = make.make_person(session, "Vera", RoleName.VIEWER)
    assert sign_in(viewer).get(address).status_code == 403
    if "{id}" in page:
        other = owner_of(make.make_consultation(session), sign_in)
        assert other.get(address).status_code == 403
        assert other.post(address, data={"title": "Mine now", "to": "1"}).status_code == 403
        session.expire_all()
        assert consultation.title != "Mine now"


@pytest.mark.parametrize("page", PAGES[2:])
@pytest.mark.parametrize("key", ["999", "2147483648", "99999999999999999999", "-1", "abc", "1%00"])
def test_every_page_knows_no_consultation_that_is_not_there(
    session: Session, sign_in: SignIn, page: str, key: str
) -> None:
    lead = sign_in(make.make_person(session, "Lee", RoleName.PARTICIPATION_LEAD))
    answer = lead.get(BASE + page.format(id=key))
    assert answer.status_code == 404 and "There is nothing here" in answer.text


def test_index_shows_a_person_their_own_services_by_state(
    session: Session, sign_in: SignIn
) -> None:
    mine = make.make_open_consultation(session, title="My skate park")
    service = mine.service
    make.make_consultation(session, title="My draft", service=service)
    make.make_closed_consultation(session, title="My closed one", service=service)
    make.make_closed_consultation(
        session, title="My gone one", service=service, withdrawn_at=NOW, withdrawn_reason="It moved"
    )
    make.make_consultation(session, title="Somebody else's")
    page = owner_of(mine, sign_in).get(BASE + "/").text
    parts = re.findall(r'<h2 class="govuk-heading-m" id="(\w+)">', page)
    assert parts == ["draft", "open", "closed", "withdrawn"]
    for words in ("My skate park", "My draft", "My closed one", "My gone one", "It moved"):
        assert words in page
    assert "Somebody else" not in page and 'id="service"' not in page


def test_index_shows_a_lead_everything_and_filters_it(session: Session, sign_in: SignIn) -> None:
    bus = make.make_consultation(session, title="A later bus")
    books = make.make_consultation(session, title="More books")
    lead = sign_in(make.make_person(session, "Lee", RoleName.PARTICIPATION_LEAD))
    everything = lead.get(BASE + "/").text
    assert "A later bus" in everything and "More books" in everything
    by_text = lead.get(BASE + "/?q=later").text
    assert "A later bus" in by_text and "More books" not in by_text and 'value="later"' in by_text
    by_service = lead.get(f"{BASE}/?service={books.service_id}").text
    assert "More books" in by_service and "A later bus" not in by_service
    nothing = lead.get(f"{BASE}/?service={bus.service_id}&q=books").text
    assert "Nothing found" in nothing


@pytest.mark.parametrize(
    "query", ["service=999", "service=x", "service=99999999999999999999", "q=%00", "service="]
)
def test_index_takes_no_harm_from_odd_filters(
    session: Session, sign_in: SignIn, query: str
) -> None:
    consultation = make.make_consultation(session, title="A later bus")
    page = owner_of(consultation, sign_in).get(f"{BASE}/?{query}")
    assert page.status_code == 200 and "A later bus" in page.text


def test_index_says_what_to_do_when_there_is_nothing(session: Session, sign_in: SignIn) -> None:
    service = make.make_service(session)
    assert service.owner is not None
    assert "None yet. Start with the decision" in sign_in(service.owner).get(BASE + "/").text
    nobody = sign_in(make.make_person(session)).get(BASE + "/").text
    assert "ask an administrator to add you" in nobody and "Ask something new" not in nobody


def test_index_asks_as_many_queries_for_three_as_for_one(session: Session, sign_in: SignIn) -> None:
    lead = make.make_person(session, "Lee", RoleName.PARTICIPATION_LEAD)
    first = make.make_service(session, deputies=[make.make_person(session)])
    make.make_consultation(session, service=first)
    one = _queries(sign_in(lead), BASE + "/")
    for _ in range(2):
        service = make.make_service(session, deputies=[make.make_person(session)])
        make.make_open_consultation(session, service=service)
    assert _queries(sign_in(lead), BASE + "/") == one


def _queries(browser: FlaskClient, address: str) -> int:
    seen: list[str] = []

    def count(*args: Any) -> None:
        seen.append(args[2])

    with browser.application.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        assert browser.get(address).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len([statement for statement in seen if statement.startswith("SELECT")])


def test_create_makes_a_draft_and_goes_on_to_its_details(session: Session, sign_in: SignIn) -> None:
    service = make.make_service(session)
    assert service.owner is not None
    browser = sign_in(service.owner)
    assert service.name in browser.get(BASE + "/new").text
    answer = browser.post(
        BASE + "/new",
        data={"title": " A later\n bus ", "service_id": service.id, "closes_on": "2026-03-02"},
    )
    made = session.scalars(select(Consultation)).one()
    assert answer.headers["Location"] == f"{BASE}/{made.id}/edit"
    assert (made.title, made.service_id, str(made.promise_on)) == (
        "A later bus",
        service.id,
        "2026-05-25",
    )
    assert "The draft is saved" in browser.get(answer.headers["Location"]).text
    assert events_of(session, made.id)[0].person_id == service.owner.id


def test_create_offers_the_persons_own_active_services_alone(
    session: Session, sign_in: SignIn
) -> None:
    owner = make.make_person(session)
    make.make_service(session, name="Mine", owner=owner)
    make.make_service(session, name="Stopped", owner=owner, is_active=False)
    foreign = make.make_service(session, name="Foreign")
    browser = sign_in(owner)
    page = browser.get(BASE + "/new").text
    assert "Mine" in page and "Stopped" not in page and "Foreign" not in page
    refused = browser.post(BASE + "/new", data={"title": "Bus", "service_id": foreign.id})
    assert "Choose from the list." in refused.text and 'value="Bus"' in refused.text
    assert session.scalars(select(Consultation)).all() == []


def test_create_tells_a_lead_when_there_is_no_service(session: Session, sign_in: SignIn) -> None:
    lead = sign_in(make.make_person(session, "Lee", RoleName.PARTICIPATION_LEAD))
    assert "There is no service yet that could ask" in lead.get(BASE + "/new").text
    answer = lead.post(BASE + "/new", data={"title": "Bus", "service_id": "1"})
    assert answer.status_code == 200 and session.scalars(select(Consultation)).all() == []


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("title", "", "Give it a title."),
        ("title", "  ", "Give it a title."),
        ("title", "x" * 161, "at most 160 characters"),
        ("service_id", "", "Choose from the list."),
        ("service_id", "abc", "Choose from the list."),
        ("service_id", "9" * 30, "Choose from the list."),
        *[("closes_on", day, message) for day, message in BAD_DAYS.items()],
    ],
)
def test_create_says_what_is_wrong_and_keeps_what_was_typed(
    session: Session, sign_in: SignIn, field: str, value: str, message: str
) -> None:
    service = make.make_service(session)
    assert service.owner is not None
    sent = {"title": "Skate park", "service_id": str(service.id), "closes_on": "2026-03-02"}
    page = sign_in(service.owner).post(BASE + "/new", data=sent | {field: value}).text
    assert message in page and "There is a problem" in page
    assert ("Skate park" in page) is (field != "title")
    assert session.scalars(select(Consultation)).all() == []


def test_create_refuses_a_megabyte(session: Session, sign_in: SignIn) -> None:
    service = make.make_service(session)
    assert service.owner is not None
    sent = {"title": "x" * 2_200_000, "service_id": service.id}
    answer = sign_in(service.owner).post(BASE + "/new", data=sent)
    assert answer.status_code == 413 and "Make it shorter" in answer.text


def test_edit_saves_everything_and_shows_the_checklist(session: Session, sign_in: SignIn) -> None:
    consultation = make.make_consultation(session, anonymity=None, lawful_basis=None)
    sent = typed(
        consultation,
        title="A later bus",
        purpose="The last bus goes at 9.\nIs that too early?",
        level="hart:shared",
        anonymity="named",
        lawful_basis="consent",
        age_bands=["10-12", "18+"],
        help_page="wales",
        closes_on="02/03/2026",
        promise_on="",
        retention_on="2027-03-02",
    )
    answer = owner_of(consultation, sign_in).post(f"{BASE}/{consultation.id}/edit", data=sent)
    assert answer.headers["Location"] == f"{BASE}/{consultation.id}/before-you-ask"
    session.expire_all()
    saved = details_of(consultation)
    assert (saved.ladder, saved.level, saved.help_page) == ("hart", "shared", "wales")
    assert (saved.anonymity, saved.lawful_basis) == (Anonymity.NAMED, LawfulBasis.CONSENT)
    assert saved.age_bands == ("10-12", "18+")
    assert str(saved.closes_on) == "2026-03-02" and str(saved.promise_on) == "2026-05-25"


def test_edit_lets_a_draft_be_saved_with_a_title_alone(session: Session, sign_in: SignIn) -> None:
    consultation = make.make_consultation(session, anonymity=None, lawful_basis=None, help_page="")
    sent: dict[str, Any] = dict.fromkeys(typed(consultation), "")
    sent |= {"title": "A later bus", "service_id": consultation.service_id, "age_bands": []}
    answer = owner_of(consultation, sign_in).post(f"{BASE}/{consultation.id}/edit", data=sent)
    assert answer.status_code == 302
    session.expire_all()
    assert (consultation.title, consultation.purpose, consultation.level) == ("A later bus", "", "")


def test_edit_can_empty_what_was_filled_in(session: Session, sign_in: SignIn) -> None:
    consultation = make.make_consultation(session, age_bands=["6-9"])
    sent = typed(consultation, level="", age_bands=[], closes_on="", promise_on="", retention_on="")
    owner_of(consultation, sign_in).post(f"{BASE}/{consultation.id}/edit", data=sent)
    session.expire_all()
    saved = details_of(consultation)
    assert (saved.ladder, saved.level, saved.age_bands) == ("", "", ())
    assert (saved.closes_on, saved.promise_on, saved.retention_on) == (None, None, None)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("title", "", "Give it a title."),
        ("purpose", "x" * 2001, "at most 2,000 characters"),
        ("decided_by", "x" * 161, "at most 160 characters"),
        ("level", "swindon:best", "Choose from the list."),
        ("level", "x" * 5000, "Choose from the list."),
        ("anonymity", "both", "Choose from the list."),
        ("lawful_basis", "because", "Choose from the list."),
        ("help_page", "france", "Choose from the list."),
        ("age_bands", ["10-12", "0-5"], "Choose from the list."),
        ("promise_on", "2000-01-01", "has to be after the closing date"),
        ("retention_on", "2001-01-01", "Keep the answers until"),
        *[("retention_on", day, message) for day, message in BAD_DAYS.items()],
        *[("closes_on", day, message) for day, message in BAD_DAYS.items()],
    ],
)
def test_edit_says_what_is_wrong_and_keeps_what_was_typed(
    session: Session, sign_in: SignIn, field: str, value: Any, message: str
) -> None:
    consultation = make.make_consultation(session, title="Old")
    sent = typed(consultation, decision="Words just typed") | {field: value}
    page = owner_of(consultation, sign_in).post(f"{BASE}/{consultation.id}/edit", data=sent).text
    assert "There is a problem" in page and message in page and "Words just typed" in page
    session.expire_all()
    assert consultation.decision == "What to change next year"


def test_edit_says_all_that_is_wrong_at_once(session: Session, sign_in: SignIn) -> None:
    consultation = make.make_consultation(session)
    sent = typed(consultation, title="", promise_on="2001-01-01", retention_on="x")
    page = owner_of(consultation, sign_in).post(f"{BASE}/{consultation.id}/edit", data=sent).text
    for message in ("Give it a title.", "has to be after the closing date", "from the calendar"):
        assert message in page


def test_edit_keeps_hostile_words_as_words(session: Session, sign_in: SignIn) -> None:
    consultation = make.make_consultation(session)
    browser = owner_of(consultation, sign_in)
    address = f"{BASE}/{consultation.id}/edit"
    sent = typed(consultation, purpose="<script>alert(1)</script>\0 {{ 7*7 }}")
    assert browser.post(address, data=sent).status_code == 302
    page = browser.get(address).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in page


def test_edit_offers_after_opening_only_what_may_change(session: Session, sign_in: SignIn) -> None:
    consultation = make.make_open_consultation(session)
    browser = owner_of(consultation, sign_in)
    address = f"{BASE}/{consultation.id}/edit"
    page = browser.get(address).text
    assert 'name="purpose"' in page and 'name="readers"' in page
    for fixed in ("anonymity", "closes_on", "promise_on", "level", "service_id", "lawful_basis"):
        assert f'name="{fixed}"' not in page
    sent = typed(consultation, purpose="Other words", anonymity="named", level="hart:shared")
    assert browser.post(address, data=sent).status_code == 302
    session.expire_all()
    assert (consultation.purpose, consultation.ladder) == ("Other words", "swindon")
    assert consultation.anonymity is Anonymity.ANONYMOUS


def test_edit_refuses_later_retention_after_opening(session: Session, sign_in: SignIn) -> None:
    consultation = make.make_open_consultation(session)
    sent = typed(consultation, retention_on="2090-01-01")
    page = owner_of(consultation, sign_in).post(f"{BASE}/{consultation.id}/edit", data=sent).text
    assert "You can delete their answers sooner, not later." in page


def test_edit_leaves_alone_what_was_withdrawn(session: Session, sign_in: SignIn) -> None:
    consultation = make.make_open_consultation(
        session, withdrawn_at=NOW, withdrawn_reason="Not needed"
    )
    answer = owner_of(consultation, sign_in).get(f"{BASE}/{consultation.id}/edit")
    assert answer.status_code == 409 and "it stays as it was" in answer.text


def test_edit_says_when_nothing_was_different(session: Session, sign_in: SignIn) -> None:
    consultation = make.make_consultation(session)
    browser = owner_of(consultation, sign_in)
    browser.post(f"{BASE}/{consultation.id}/edit", data=typed(consultation))
    page = browser.get(f"{BASE}/{consultation.id}/edit").text
    assert "Nothing was different, so all stays as it was." in page
    assert events_of(session, consultation.id) == []


@pytest.mark.parametrize(
    ("at", "opened"),
    [("", "The decision"), ("retention_on", "The dates"), ("nonsense", "The decision")],
)
def test_edit_opens_the_part_with_something_to_do(
    session: Session, sign_in: SignIn, at: str, opened: str
) -> None:
    consultation = make.make_consultation(session, decision="")
    page = owner_of(consultation, sign_in).get(f"{BASE}/{consultation.id}/edit?at={at}").text
    parts = re.findall(
        r'<details class="part" open>\s*<summary><h2 class="part__title">(.*?)<', page
    )
    assert parts == [opened]


def test_edit_opens_every_part_with_an_error(session: Session, sign_in: SignIn) -> None:
    consultation = make.make_consultation(session)
    sent = typed(consultation, title="", help_page="france")
    page = owner_of(consultation, sign_in).post(f"{BASE}/{consultation.id}/edit", data=sent).text
    parts = re.findall(
        r'<details class="part" open>\s*<summary><h2 class="part__title">(.*?)<', page
    )
    assert parts == ["What you ask about", "The young people"]


def test_edit_keeps_a_service_that_has_stopped_among_the_choices(
    session: Session, sign_in: SignIn
) -> None:
    service = make.make_service(session, name="Stopped team", is_active=False)
    consultation = make.make_consultation(session, service=service)
    assert (
        "Stopped team" in owner_of(consultation, sign_in).get(f"{BASE}/{consultation.id}/edit").text
    )


def test_hand_over_gives_it_to_somebody_of_the_team(session: Session, sign_in: SignIn) -> None:
    deputy = make.make_person(session, "Dee Deputy", job_title="")
    consultation = make.make_open_consultation(
        session, service=make.make_service(session, deputies=[deputy])
    )
    make.make_person(session, "Left Long Ago", active=False)
    contact = consultation.service.escalation_contact
    assert contact is not None
    browser = sign_in(contact)  # who is told when the owner doesn't answer may hand over
    page = browser.get(f"{BASE}/{consultation.id}/hand-over").text
    assert "Dee Deputy" in page and "Left Long Ago" not in page
    assert f'value="{contact.id}"' not in page
    answer = browser.post(f"{BASE}/{consultation.id}/hand-over", data={"to": deputy.id})
    session.expire_all()
    assert consultation.owner is deputy
    assert "Dee Deputy is the owner of" in browser.get(answer.headers["Location"]).text


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ("0", "Choose who answers for it from now on."),
        ("", "Choose who answers for it from now on."),
        ("999", "Choose from the list."),
        ("x", "Choose from the list."),
        ("9" * 40, "Choose from the list."),
    ],
)
def test_hand_over_asks_for_a_person_of_the_list(
    session: Session, sign_in: SignIn, to: str, message: str
) -> None:
    consultation = make.make_open_consultation(session)
    owner = consultation.owner
    address = f"{BASE}/{consultation.id}/hand-over"
    assert message in owner_of(consultation, sign_in).post(address, data={"to": to}).text
    session.expire_all()
    assert consultation.owner is owner


@pytest.mark.parametrize(
    ("values", "words"),
    [({"owner": None}, "Nobody answers for it now."), ({}, "can’t be reached any more")],
)
def test_hand_over_says_who_answers_now(
    session: Session, sign_in: SignIn, values: dict[str, None], words: str
) -> None:
    service = make.make_service(session)
    gone = {"owner": make.make_person(session, "Gone", active=False)}
    consultation = make.make_open_consultation(session, **{"service": service} | gone | values)
    page = owner_of(consultation, sign_in).get(f"{BASE}/{consultation.id}/hand-over").text
    assert words in page


def test_delete_asks_first_and_then_deletes_the_draft(session: Session, sign_in: SignIn) -> None:
    consultation = make.make_consultation(session, title="A slip")
    note_event(session, consultation, "created", person_id=None, now=NOW)
    browser = owner_of(consultation, sign_in)
    address = f"{BASE}/{consultation.id}/delete"
    assert "Delete this draft?" in browser.get(address).text
    assert session.scalars(select(Consultation)).one() is consultation
    answer = browser.post(address)
    session.expire_all()
    assert session.scalars(select(Consultation)).all() == []
    assert "is deleted" in browser.get(answer.headers["Location"]).text
    assert browser.post(address).status_code == 404


def test_delete_refuses_what_was_opened(session: Session, sign_in: SignIn) -> None:
    consultation = make.make_open_consultation(session, closes_on=TODAY)
    browser = owner_of(consultation, sign_in)
    for answer in (
        browser.get(f"{BASE}/{consultation.id}/delete"),
        browser.post(f"{BASE}/{consultation.id}/delete"),
    ):
        assert answer.status_code == 409 and "You can withdraw it" in answer.text
    assert session.scalars(select(Consultation)).one() is consultation
