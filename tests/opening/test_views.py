"""The gate and the pages of each move, as the owner, other staff and a stranger meet them."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import SignIn
from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.clock import utc_now
from tracker.consultations.models import Consultation
from tracker.consultations.operations import details_of
from tracker.consultations.policy import ConsultationState
from tracker.consultations.queries import events_of
from tracker.db import db
from tracker.opening.policy import CHECKS

NOW = utc_now()  # the pages read the clock themselves
TODAY = NOW.date()
A_DAY = timedelta(days=1)
MOVES = ("open", "extend", "close", "withdraw", "move-promise")


@pytest.fixture(autouse=True)
def _organisation(session: Session) -> None:
    make.make_organisation(session)


def make_ready(session: Session, **values: Any) -> Consultation:
    """A draft that could open today."""
    dates = {
        "closes_on": TODAY + timedelta(days=14),
        "retention_on": TODAY + timedelta(days=365),
    }
    consultation = make.make_consultation(session, **dates | values)
    make.make_question(session, make.make_survey(session, consultation, title="The bus"))
    return consultation


def make_open(session: Session, **values: Any) -> Consultation:
    return make_ready(session, **{"opened_at": NOW - A_DAY} | values)


def owner_of(consultation: Consultation, sign_in: SignIn) -> FlaskClient:
    assert consultation.service.owner is not None
    return sign_in(consultation.service.owner)


def at(consultation: Consultation, page: str = "before-you-ask") -> str:
    return f"/staff/consultations/{consultation.id}/{page}"


def words_of(page: str) -> str:
    """What the page says, without its tags."""
    main = page[page.index("<main") : page.index("</main>")]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)))


@pytest.mark.parametrize("page", ["before-you-ask", *MOVES])
def test_every_page_sends_a_stranger_to_sign_in(
    session: Session, client: FlaskClient, page: str
) -> None:
    consultation = make_ready(session)
    assert client.get(at(consultation, page)).headers["Location"].startswith("/staff/sign-in?next=")
    assert client.post(at(consultation, page)).status_code in (302, 405)
    session.expire_all()
    assert consultation.state is ConsultationState.DRAFT


@pytest.mark.parametrize("page", ["before-you-ask", *MOVES, "copy"])
def test_every_page_refuses_another_services_owner(
    session: Session, sign_in: SignIn, page: str
) -> None:
    consultation = make_open(session) if page in MOVES[1:] else make_ready(session)
    other = owner_of(make_ready(session), sign_in)
    if page != "copy":
        assert other.get(at(consultation, page)).status_code == 403
    if page != "before-you-ask":
        sent = {"reason": "Because", "closes_on": "2099-01-01", "promise_on": "2099-02-01"}
        assert other.post(at(consultation, page), data=sent).status_code == 403
    session.expire_all()
    assert events_of(session, consultation.id) == []
    assert len(session.scalars(select(Consultation)).all()) == 2


@pytest.mark.parametrize("page", [*MOVES, "copy"])
@pytest.mark.parametrize("who", ["viewer", "administrator", "contact"])
def test_every_move_refuses_those_who_only_watch(
    session: Session, sign_in: SignIn, page: str, who: str
) -> None:
    consultation = make_open(session) if page in MOVES[1:] else make_ready(session)
    watchers: dict[str, Person | None] = {
        "viewer": make.make_person(session, "Vera", RoleName.VIEWER),
        "administrator": make.make_person(session, "Ada", RoleName.ADMINISTRATOR),
        "contact": consultation.service.escalation_contact,
    }
    watcher = watchers[who]
    assert watcher is not None
    browser = sign_in(watcher)
    assert browser.post(at(consultation, page), data={"reason": "Because"}).status_code == 403
    assert browser.get(at(consultation)).status_code == 200


def test_withdraw_is_not_for_a_deputy(session: Session, sign_in: SignIn) -> None:
    deputy = make.make_person(session, "Dee")
    consultation = make_open(session, service=make.make_service(session, deputies=[deputy]))
    browser = sign_in(deputy)
    assert browser.get(at(consultation, "withdraw")).status_code == 403
    page = browser.get(at(consultation)).text
    assert "Close it now" in page and "Withdraw it" not in page


@pytest.mark.parametrize("page", ["before-you-ask", *MOVES, "copy"])
@pytest.mark.parametrize("key", ["999", "2147483648", "9" * 30, "-1", "x", "1%00"])
def test_every_page_knows_no_consultation_that_is_not_there(
    session: Session, sign_in: SignIn, page: str, key: str
) -> None:
    lead = sign_in(make.make_person(session, "Lee", RoleName.PARTICIPATION_LEAD))
    address = f"/staff/consultations/{key}/{page}"
    answer = lead.post(address) if page == "copy" else lead.get(address)
    assert answer.status_code == 404


def test_gate_ticks_everything_and_offers_to_open(session: Session, sign_in: SignIn) -> None:
    consultation = make_ready(session)
    page = owner_of(consultation, sign_in).get(at(consultation)).text
    words = words_of(page)
    assert "Everything is there." in words and "Missing:" not in words
    assert words.count("Done:") == len(CHECKS)
    assert "Try “The bus” on a phone" in words
    assert f'href="{at(consultation, "open")}"' in page


def test_gate_links_what_is_missing_to_where_it_is_mended(
    session: Session, sign_in: SignIn
) -> None:
    owner = make.make_person(session, "Olu", RoleName.ADMINISTRATOR)
    gone = make.make_person(session, "Gone", active=False)
    service = make.make_service(session, owner=owner, escalation_contact=None)
    consultation = make.make_consultation(
        session, service=service, owner=gone, decision="", closes_on=TODAY - A_DAY
    )
    page = sign_in(owner).get(at(consultation)).text
    words = words_of(page)
    assert f"{len(CHECKS) - 5} of {len(CHECKS)} are there. It opens when all are." in words
    edit = at(consultation, "edit")
    for link in (
        f"{edit}?at=decision#decision",
        f"{edit}?at=closes_on#closes_on",
        f"/staff/services/{service.id}",
        at(consultation, "hand-over"),
        at(consultation, "surveys"),
    ):
        assert f'href="{link}"' in page
    assert "is over. Choose a later one." in words and "There is no survey to try yet." in words
    # What is plainly empty needs no sentence under its name.
    assert "Name the decision" not in words


def test_gate_says_who_can_mend_what_the_person_cannot(session: Session, sign_in: SignIn) -> None:
    service = make.make_service(session, escalation_contact=None)
    consultation = make_ready(session, service=service, decision="")
    page = owner_of(consultation, sign_in).get(at(consultation)).text
    assert f'href="/staff/services/{service.id}"' not in page
    assert "An administrator can mend this." in page
    viewer = sign_in(make.make_person(session, "Vera", RoleName.VIEWER))
    seen = words_of(viewer.get(at(consultation)).text)
    assert "Somebody of the service’s team can mend this." in seen
    assert "Open for answers" not in seen and "Copy to a new draft" not in seen


def test_gate_warns_without_refusing(session: Session, sign_in: SignIn) -> None:
    consultation = make_ready(session)
    survey = make.make_survey(session, consultation, title="Hard", position=1)
    make.make_question(session, survey, text="Evaluate the accessibility of facilities.")
    make_open(session, service=consultation.service)
    browser = owner_of(consultation, sign_in)
    for page in (browser.get(at(consultation)).text, browser.get(at(consultation, "open")).text):
        words = words_of(page)
        assert "Think again?" in words and "may be hard to read" in words
        assert "The service has another consultation open or closed within a year." in words


def test_gate_asks_as_many_queries_for_three_questions_as_for_one(
    session: Session, sign_in: SignIn
) -> None:
    consultation = make_ready(session)
    browser = owner_of(consultation, sign_in)
    one = _queries(browser, at(consultation))
    for position in (1, 2):
        survey = make.make_survey(session, consultation, position=position)
        make.make_question(session, survey)
        make_open(session, service=consultation.service, age_bands=["6-9"])
    assert _queries(browser, at(consultation)) == one


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


OFFERS = {
    "open": ["Give more time", "Close it now", "Move the promise", "Withdraw it"],
    "closed": ["Open it again", "Move the promise", "Withdraw it"],
    "withdrawn": [],
}


@pytest.mark.parametrize(
    ("state", "values"),
    [
        ("open", {}),
        ("closed", {"closed_at": NOW}),
        ("withdrawn", {"withdrawn_at": NOW, "withdrawn_reason": "It moved."}),
    ],
)
def test_gate_offers_after_opening_the_moves_that_are_left(
    session: Session, sign_in: SignIn, state: str, values: dict[str, Any]
) -> None:
    consultation = make_open(session, **values)
    words = words_of(owner_of(consultation, sign_in).get(at(consultation)).text)
    offered = [move for moves in OFFERS.values() for move in moves if move in words]
    assert set(offered) == set(OFFERS[state])
    assert ("Change the words" in words) is (state != "withdrawn")
    assert ("It moved." in words) is (state == "withdrawn")
    assert "Copy to a new draft" in words


def test_gate_shows_both_promises_and_offers_no_third(session: Session, sign_in: SignIn) -> None:
    consultation = make_open(
        session, first_promise_on=TODAY + timedelta(days=30), promise_reason="Council in May"
    )
    words = words_of(owner_of(consultation, sign_in).get(at(consultation)).text)
    assert "first promised for" in words and "moved, because: Council in May" in words
    assert "Move the promise" not in words


def test_gate_shows_what_was_made_without_dates(session: Session, sign_in: SignIn) -> None:
    consultation = make_open(session, closes_on=None, promise_on=None, owner=None)
    words = words_of(owner_of(consultation, sign_in).get(at(consultation)).text)
    assert "Last day for answers None" in words and "Owner Nobody" in words


def test_open_asks_first_and_says_what_stays(session: Session, sign_in: SignIn) -> None:
    consultation = make_ready(session)
    words = words_of(owner_of(consultation, sign_in).get(at(consultation, "open")).text)
    assert "Open for answers?" in words and "Nobody can tell who answered" in words
    session.expire_all()
    assert consultation.state is ConsultationState.DRAFT


def test_open_opens_it(session: Session, sign_in: SignIn) -> None:
    consultation = make_ready(session, title="A later bus")
    browser = owner_of(consultation, sign_in)
    answer = browser.post(at(consultation, "open"))
    assert answer.headers["Location"] == f"/staff/consultations/{consultation.id}"
    session.expire_all()
    assert consultation.state is ConsultationState.OPEN
    assert "“A later bus” is open for answers." in browser.get(answer.headers["Location"]).text


def test_open_says_so_when_it_is_pressed_twice(session: Session, sign_in: SignIn) -> None:
    consultation = make_ready(session)
    browser = owner_of(consultation, sign_in)
    browser.post(at(consultation, "open"))
    again = browser.post(at(consultation, "open"))
    assert again.headers["Location"] == at(consultation)
    assert "it is open for answers already" in browser.get(at(consultation)).text
    session.expire_all()
    assert [one.kind for one in events_of(session, consultation.id)] == ["opened"]


def test_open_refuses_with_the_whole_list(session: Session, sign_in: SignIn) -> None:
    consultation = make.make_consultation(session, decision="", readers="", closes_on=None)
    browser = owner_of(consultation, sign_in)
    answer = browser.post(at(consultation, "open"))
    words = words_of(answer.text)
    assert answer.status_code == 409 and "It can’t open yet" in words
    for what in ("Name the decision", "Say who reads", "Choose the last day", "Make a survey"):
        assert what in words
    assert 'href="#decision"' in answer.text and 'id="decision"' in answer.text
    session.expire_all()
    assert consultation.state is ConsultationState.DRAFT


def test_open_shows_the_checklist_instead_while_something_is_missing(
    session: Session, sign_in: SignIn
) -> None:
    consultation = make.make_consultation(session)
    browser = owner_of(consultation, sign_in)
    assert browser.get(at(consultation, "open")).headers["Location"] == at(consultation)
    assert "It can't open yet: see what is missing." in words_of(browser.get(at(consultation)).text)


def test_extend_gives_more_time(session: Session, sign_in: SignIn) -> None:
    consultation = make_open(session, title="A later bus")
    browser = owner_of(consultation, sign_in)
    assert "Give more time" in browser.get(at(consultation, "extend")).text
    later = TODAY + timedelta(days=20)
    answer = browser.post(at(consultation, "extend"), data={"closes_on": later.isoformat()})
    assert "“A later bus” is open for answers until" in browser.get(answer.headers["Location"]).text
    session.expire_all()
    assert consultation.closes_on == later


def test_extend_moves_the_promise_when_it_has_to(session: Session, sign_in: SignIn) -> None:
    consultation = make_open(session)
    promise = consultation.promise_on
    assert promise is not None
    browser = owner_of(consultation, sign_in)
    sent = {"closes_on": promise.isoformat(), "promise_on": "", "reason": "Because of exams"}
    page = browser.post(at(consultation, "extend"), data=sent).text
    assert "promise a later day" in page and "Because of exams" in page and " open>" in page
    sent["promise_on"] = (promise + A_DAY).isoformat()
    assert browser.post(at(consultation, "extend"), data=sent).status_code == 302
    session.expire_all()
    assert (consultation.first_promise_on, consultation.promise_on) == (promise, promise + A_DAY)
    assert "has moved once already" in browser.get(at(consultation, "extend")).text


def test_extend_refuses_in_words_what_reaches_a_promise_that_has_moved(
    session: Session, sign_in: SignIn
) -> None:
    consultation = make_open(session, first_promise_on=TODAY)
    promise = consultation.promise_on
    assert promise is not None
    sent = {"closes_on": promise.isoformat(), "promise_on": "2098-01-01", "reason": "Again"}
    page = owner_of(consultation, sign_in).post(at(consultation, "extend"), data=sent).text
    assert "moved once already and can&#39;t move again" in page


BAD_DAYS = {
    "": "Choose the new",
    "9999-12-31": "Check the year: 9999",
    "0001-01-01": "Check the year: 1 ",
    "2100-01-01": "Check the year: 2100",
    "2026-13-01": "Choose a day from the calendar",
    "tomorrow": "Choose a day from the calendar",
    "1" * 4000: "Choose a day from the calendar",
    "2001-01-01": "Choose ",
}


@pytest.mark.parametrize(("day", "message"), BAD_DAYS.items())
@pytest.mark.parametrize(
    ("page", "field"), [("extend", "closes_on"), ("move-promise", "promise_on")]
)
def test_moving_a_date_says_what_is_wrong_with_the_day(
    session: Session, sign_in: SignIn, page: str, field: str, day: str, message: str
) -> None:
    consultation = make_open(session)
    before = details_of(consultation)
    sent = {field: day, "reason": "Words just typed"}
    answer = owner_of(consultation, sign_in).post(at(consultation, page), data=sent)
    assert "There is a problem" in answer.text and message in answer.text
    assert "Words just typed" in answer.text
    session.expire_all()
    assert details_of(consultation) == before


def test_close_asks_first_and_then_closes(session: Session, sign_in: SignIn) -> None:
    consultation = make_open(session)
    browser = owner_of(consultation, sign_in)
    assert "Close it now?" in browser.get(at(consultation, "close")).text
    session.expire_all()
    assert consultation.closed_at is None
    answer = browser.post(at(consultation, "close"))
    assert "is closed. Now hear what they said." in browser.get(answer.headers["Location"]).text
    session.expire_all()
    assert consultation.state is ConsultationState.CLOSED
    again = browser.post(at(consultation, "close"))
    assert again.headers["Location"] == at(consultation)
    assert [one.kind for one in events_of(session, consultation.id)] == ["closed"]


def test_withdraw_takes_it_back_with_a_reason(session: Session, sign_in: SignIn) -> None:
    consultation = make_open(session)
    browser = owner_of(consultation, sign_in)
    assert "This is for good." in browser.get(at(consultation, "withdraw")).text
    answer = browser.post(at(consultation, "withdraw"), data={"reason": "The centre closes."})
    assert "is withdrawn. The board says why." in browser.get(answer.headers["Location"]).text
    session.expire_all()
    assert consultation.withdrawn_reason == "The centre closes."


@pytest.mark.parametrize(
    ("reason", "message"),
    [("", "Say why."), ("  ", "Say why."), ("\0", "Say why."), ("x" * 1001, "at most 1,000")],
)
@pytest.mark.parametrize("page", ["withdraw", "move-promise"])
def test_a_public_reason_is_asked_for_in_words(
    session: Session, sign_in: SignIn, page: str, reason: str, message: str
) -> None:
    consultation = make_open(session)
    sent = {"reason": reason, "promise_on": (TODAY + timedelta(days=200)).isoformat()}
    answer = owner_of(consultation, sign_in).post(at(consultation, page), data=sent)
    assert message in answer.text and "There is a problem" in answer.text
    session.expire_all()
    assert events_of(session, consultation.id) == []


def test_move_promise_moves_it_once(session: Session, sign_in: SignIn) -> None:
    consultation = make_open(session)
    first = consultation.promise_on
    assert first is not None
    browser = owner_of(consultation, sign_in)
    sent = {"promise_on": (first + A_DAY).isoformat(), "reason": "Council in May"}
    answer = browser.post(at(consultation, "move-promise"), data=sent)
    assert "The promise has moved." in browser.get(answer.headers["Location"]).text
    sent["promise_on"] = (first + 2 * A_DAY).isoformat()
    again = browser.post(at(consultation, "move-promise"), data=sent)
    assert "It can’t move again" in again.text
    session.expire_all()
    assert consultation.promise_on == first + A_DAY


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("extend", "can't be given more time: it is still a draft"),
        ("close", "can't be closed: it is still a draft"),
        ("withdraw", "can't be withdrawn: it is still a draft"),
        ("move-promise", "can't be moved: it is still a draft"),
    ],
)
def test_a_move_that_is_not_possible_goes_back_and_says_why(
    session: Session, sign_in: SignIn, page: str, words: str
) -> None:
    consultation = make_ready(session)
    browser = owner_of(consultation, sign_in)
    for press in (browser.get, browser.post):
        assert press(at(consultation, page)).headers["Location"] == at(consultation)
        assert words in words_of(browser.get(at(consultation)).text)


def test_copy_makes_a_draft_to_write_on(session: Session, sign_in: SignIn) -> None:
    consultation = make_open(session, title="A later bus")
    browser = owner_of(consultation, sign_in)
    answer = browser.post(at(consultation, "copy"))
    copied = session.scalars(select(Consultation).order_by(Consultation.id.desc())).first()
    assert copied is not None and copied.title == "Copy of A later bus"
    assert answer.headers["Location"] == at(copied, "edit")
    assert "Give it its own title and dates." in browser.get(at(copied, "edit")).text
