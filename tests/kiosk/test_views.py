"""The kiosk: starting and ending it as staff, its pages, and what its tablet sends."""

from datetime import date
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tests.conftest import SignIn
from tests.counting import counted
from tests.responses.phone import filled, make_survey, responses
from tracker.accounts.models import Person
from tracker.actions.policy import Outcome
from tracker.kiosk.models import Kiosk
from tracker.responses.models import Source
from tracker.surveys.models import Survey
from tracker.verdicts.models import Verdict
from tracker.web.sealed import public_key, seal

AT = "/kiosk/token"


@pytest.fixture
def survey(session: Session) -> Survey:
    return make_survey(session)


@pytest.fixture
def kiosk(session: Session, survey: Survey) -> Kiosk:
    return make.make_kiosk(session, survey, token="token")


def owner_of(survey: Survey) -> Person:
    assert survey.consultation.owner is not None
    return survey.consultation.owner


def start_address(survey: Survey) -> str:
    return f"/staff/consultations/{survey.consultation_id}/kiosk"


def start_with(survey: Survey, **values: object) -> dict[str, object]:
    return {"name": "Reception", "surveys": [survey.id], "pin": "2468"} | values


def done(session: Session, survey: Survey) -> int:
    theme = make.make_theme(session, survey.consultation)
    action = make.make_action(
        session,
        theme,
        outcome=Outcome.DONE,
        text="The door stays open until 8.",
        changed_on=make.TODAY,
        evidence="Come and see",
    )
    return action.id


# --- Staff ---


def test_start_tells_what_happens_and_lists_kiosks(
    session: Session, survey: Survey, kiosk: Kiosk, sign_in: SignIn
) -> None:
    kiosk.name, kiosk.waiting = "Blue case", 3
    make.make_kiosk(session, survey, token="old", name="Long gone", ended_on=make.TODAY)
    browser = sign_in(owner_of(survey))

    page = browser.get(start_address(survey)).text

    assert "You are signed out on this tablet" in page
    assert "A kiosk needs JavaScript" in page
    assert "Blue case" in page and "3 answers waited on it" in page
    assert "Long gone" not in page


def test_start_lists_kiosks_with_the_same_number_of_queries(
    session: Session, survey: Survey, kiosk: Kiosk, sign_in: SignIn
) -> None:
    browser = sign_in(owner_of(survey))
    address = start_address(survey)
    browser.get(address)
    with counted(session) as one:
        browser.get(address)
    for number in range(2):
        make.make_kiosk(session, survey, token=f"more {number}")
    session.commit()

    with counted(session) as three:
        browser.get(address)

    assert len(three) == len(one)


def test_start_signs_out_and_leads_to_the_kiosk(
    session: Session, survey: Survey, sign_in: SignIn
) -> None:
    browser = sign_in(owner_of(survey))

    answer = browser.post(start_address(survey), data=start_with(survey))

    assert answer.status_code == 303
    assert browser.get(answer.headers["Location"]).status_code == 200
    assert browser.get("/staff/").status_code == 302  # to the sign-in
    kiosk = session.scalars(select(Kiosk)).one()
    assert (kiosk.name, kiosk.surveys, kiosk.asks_verdicts) == ("Reception", [survey], False)
    assert kiosk.started_by == survey.consultation.owner_id
    assert "2468" not in (kiosk.pin_hash, kiosk.pin_salt)
    assert answer.headers["Location"].rsplit("/", 1)[1] not in kiosk.token_hash


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"name": " "}, "Give the tablet a name"),
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"pin": "1234"}, "the first one a child would try"),
        ({"pin": ""}, "Choose a PIN of 4 to 6 digits"),
        ({"surveys": []}, "Tick at least one survey"),
        ({"surveys": ["x"]}, "Tick at least one survey"),
        ({"surveys": [999]}, "Tick at least one survey"),
    ],
)
def test_start_refuses_in_words(
    session: Session, survey: Survey, sign_in: SignIn, values: dict[str, object], problem: str
) -> None:
    browser = sign_in(owner_of(survey))

    page = browser.post(start_address(survey), data=start_with(survey) | values)

    assert page.status_code == 400
    assert problem in page.text
    assert session.scalars(select(Kiosk)).all() == []


def test_start_offers_only_what_everybody_may_answer_now(
    session: Session, survey: Survey, sign_in: SignIn
) -> None:
    service = survey.consultation.service
    closed = make.make_closed_consultation(session, service=service, title="Over")
    make.make_question(session, make.make_survey(session, closed))
    group = make.make_open_consultation(session, service=service, title="For a group")
    make.make_question(session, make.make_survey(session, group, by_invitation=True))
    make.make_survey(session, make.make_open_consultation(session, service=service, title="Empty"))
    other = make.make_open_consultation(session, title="Another service's")
    make.make_question(session, make.make_survey(session, other))

    page = sign_in(owner_of(survey)).get(start_address(survey)).text

    assert "Bus to the youth centre" in page
    for title in ("Over", "For a group", "Empty", "Another service"):
        assert title not in page


def test_start_is_not_for_strangers(
    session: Session, survey: Survey, sign_in: SignIn, client: FlaskClient
) -> None:
    assert client.post(start_address(survey), data=start_with(survey)).status_code == 302
    assert sign_in(make.make_person(session)).get(start_address(survey)).status_code == 403
    assert session.scalars(select(Kiosk)).all() == []


def test_end_stops_the_kiosk_and_loses_nothing_that_waits(
    session: Session, survey: Survey, kiosk: Kiosk, sign_in: SignIn, client: FlaskClient
) -> None:
    browser = sign_in(owner_of(survey))

    page = browser.post(f"/staff/kiosks/{kiosk.id}/end", follow_redirects=True)

    assert "Answers that wait on it still come in." in page.text
    assert client.get(AT).status_code == 410
    assert client.get(f"{AT}/s/abc234").status_code == 410
    assert client.get(f"{AT}/changes").status_code == 410
    assert client.post(f"{AT}/hello", data={"waiting": "2"}).json == {"ended": True}
    assert client.post(f"{AT}/s/abc234", data=filled()).headers["Answer-Kept"] == "yes"
    assert "2 answers waited on it" in browser.get(start_address(survey)).text
    again = browser.post(f"/staff/kiosks/{kiosk.id}/end")
    assert again.status_code == 302
    assert browser.post("/staff/kiosks/999/end").status_code == 404


# --- The tablet ---


def test_home_is_the_form_itself_when_there_is_one_thing_to_ask(
    client: FlaskClient, kiosk: Kiosk
) -> None:
    page = client.get(AT)

    assert "<h1>Bus to the youth centre</h1>" in page.text
    assert 'data-kiosk autocomplete="off"' in page.text
    assert page.text.count("/public.css") == 1 and page.text.count("/kiosk.css") == 1
    assert 'data-keep="/static' not in page.text  # no draft
    assert page.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.headers


def test_home_leads_nowhere_else(client: FlaskClient, kiosk: Kiosk) -> None:
    page = client.get(AT).text

    links = [part.partition('"')[0] for part in page.split("<a ")[1:]]
    hrefs = [part.partition('href="')[2].partition('"')[0] for part in page.split("<a ")[1:]]
    assert links
    assert {href for href in hrefs if not href.startswith(("#", "?lang="))} == set()
    assert "0800 1111" in page


def test_home_lets_a_child_choose(client: FlaskClient, session: Session, survey: Survey) -> None:
    service = survey.consultation.service
    snacks = make.make_survey(
        session, make.make_open_consultation(session, service=service), title="Snacks", code="snack"
    )
    over = make.make_survey(
        session, make.make_closed_consultation(session, service=service), title="Over"
    )
    done(session, survey)
    make.make_kiosk(session, survey, snacks, over, token="token", asks_verdicts=True)

    page = client.get(AT).text

    assert f'href="{AT}/s/abc234"' in page and f'href="{AT}/s/snack"' in page
    assert f'href="{AT}/changes"' in page
    assert ">Over<" not in page


def test_home_says_when_there_is_nothing_to_answer(
    client: FlaskClient, survey: Survey, kiosk: Kiosk
) -> None:
    survey.consultation.closed_at = make.NOW

    assert "There is nothing to answer just now" in client.get(AT).text


def test_form_is_only_one_of_the_kiosk_s_own(
    client: FlaskClient, session: Session, survey: Survey, kiosk: Kiosk
) -> None:
    make.make_survey(session, survey.consultation, code="other")

    assert client.get(f"{AT}/s/abc234").status_code == 200
    assert client.get(f"{AT}/s/other").status_code == 404
    assert client.get("/kiosk/nothing/s/abc234").status_code == 404


def test_manifest_shows_the_kiosk_and_nothing_round_it(client: FlaskClient, kiosk: Kiosk) -> None:
    manifest = client.get(f"{AT}/app.webmanifest").json

    assert manifest is not None
    assert (manifest["display"], manifest["start_url"]) == ("fullscreen", AT)


# --- What the tablet sends ---


def test_receive_takes_a_sealed_answer_once_and_gives_the_words(
    client: FlaskClient, session: Session, kiosk: Kiosk, settings: Config
) -> None:
    body = "&".join(f"{name}={value}" for name, value in filled().items())
    box = {"sealed": seal(body.encode(), public_key(settings))}

    answers = [client.post(f"{AT}/s/abc234", data=box) for _ in range(2)]

    assert [answer.headers["Answer-Kept"] for answer in answers] == ["yes", "yes"]
    assert answers[0].json == answers[1].json
    assert answers[0].json is not None and len(answers[0].json["words"]) == 4
    stored = responses(session)
    assert [response.source for response in stored] == [Source.KIOSK]


def test_receive_keeps_nothing_of_an_answer_that_was_taken_back(
    client: FlaskClient, session: Session, kiosk: Kiosk
) -> None:
    data = filled()
    first = client.post(f"{AT}/s/abc234", data=data)
    words = " ".join(first.json["words"]) if first.json else ""
    client.post("/answer/withdraw", data={"words": words, "sure": "yes"})

    again = client.post(f"{AT}/s/abc234", data=data)

    assert again.json == {"words": []}
    assert again.headers["Answer-Kept"] == "yes"  # or else the tablet would keep the words
    (stored,) = responses(session)
    assert stored.answers == []


def test_receive_takes_what_waited_until_after_closing(
    client: FlaskClient, session: Session, survey: Survey, kiosk: Kiosk
) -> None:
    survey.consultation.closed_at = make.NOW

    answer = client.post(f"{AT}/s/abc234", data=filled())

    assert answer.headers["Answer-Kept"] == "yes"
    assert len(responses(session)) == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"q3": "many"}, "Write just a number here"),
        ({"q1": "", "q2": ""}, "We need an answer"),
        ({"sealed": "AAAA"}, "We can’t open the answer"),
    ],
)
def test_receive_refuses_in_words_and_keeps_nothing(
    client: FlaskClient, session: Session, kiosk: Kiosk, values: dict[str, str], said: str
) -> None:
    answer = client.post(f"{AT}/s/abc234", data=filled(**values))

    assert (answer.status_code, answer.headers["Answer-Kept"]) == (400, "no")
    assert answer.json is not None and said in answer.json["message"]
    assert responses(session) == []


@pytest.mark.parametrize(
    ("ended_on", "address", "status"),
    [
        (date(2020, 1, 1), f"{AT}/s/abc234", 400),
        (None, f"{AT}/s/nothing", 404),
        (None, "/kiosk/nothing/s/abc234", 404),
    ],
)
def test_receive_takes_nothing_for_what_is_no_kiosk(
    client: FlaskClient,
    session: Session,
    kiosk: Kiosk,
    ended_on: date | None,
    address: str,
    status: int,
) -> None:
    kiosk.ended_on = ended_on

    answer = client.post(address, data=filled())

    assert (answer.status_code, answer.headers["Answer-Kept"]) == (status, "no")
    assert responses(session) == []


@pytest.mark.parametrize(
    ("typed", "waiting"), [("7", 7), ("", 0), ("-1", 0), ("x", 0), ("9" * 9, 0), ("9999999", 10**6)]
)
def test_hello_notes_how_many_wait(
    client: FlaskClient, session: Session, kiosk: Kiosk, typed: str, waiting: int
) -> None:
    assert client.post(f"{AT}/hello", data={"waiting": typed}).json == {"ended": False}

    session.refresh(kiosk)
    assert kiosk.waiting == waiting
    assert kiosk.last_seen_on > make.TODAY


def test_unlock_knows_the_pin_and_leaves(
    client: FlaskClient, session: Session, kiosk: Kiosk
) -> None:
    assert client.post(f"{AT}/unlock", data={"pin": "2468"}).json == {"right": True}
    session.refresh(kiosk)
    assert kiosk.ended_on is None

    assert client.post(f"{AT}/unlock", data={"pin": "2468", "leave": ""}).json == {"right": True}

    session.refresh(kiosk)
    assert kiosk.ended_on is not None


def test_unlock_can_be_guessed_at_five_times_and_no_more(
    client: FlaskClient, session: Session, kiosk: Kiosk
) -> None:
    make.make_kiosk(session, *kiosk.surveys, token="beside")
    tries = [client.post(f"{AT}/unlock", data={"pin": f"111{n}"}).status_code for n in range(6)]

    assert tries == [403] * 5 + [429]
    assert client.post(f"{AT}/unlock", data={"pin": "2468"}).status_code == 429
    assert client.post("/kiosk/beside/unlock", data={"pin": "2468"}).status_code == 200


def test_verdict_is_nobody_s_and_counts(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    action = done(session, survey)
    make.make_kiosk(session, survey, token="token", asks_verdicts=True)
    assert "The door stays open until 8." in client.get(f"{AT}/changes").text

    answers = [
        client.post(f"{AT}/verdicts", data={"action": action, "verdict": value, "why": "Shut"})
        for value in ("yes", "no")
    ]

    assert [answer.json for answer in answers] == [{"given": "yes"}, {"given": "no"}]
    given = session.scalars(select(Verdict)).all()
    assert {verdict.response_id for verdict in given} == {None}
    assert len(given) == 2


def test_verdict_is_taken_only_where_it_is_asked_for(
    client: FlaskClient, session: Session, survey: Survey, kiosk: Kiosk
) -> None:
    action = done(session, survey)
    other = make.make_open_consultation(session)
    elsewhere = done(session, make.make_survey(session, other))
    asking = make.make_kiosk(session, survey, token="asking", asks_verdicts=True)
    sent = {"action": action, "verdict": "yes"}

    assert client.post(f"{AT}/verdicts", data=sent).status_code == 404
    there = "/kiosk/asking/verdicts"
    assert client.post(there, data=sent | {"action": elsewhere}).status_code == 404
    assert client.post(there, data=sent | {"verdict": "maybe"}).status_code == 400
    assert client.post(there, data=sent | {"action": 10**12}).status_code == 400
    asking.ended_on = make.TODAY
    assert client.post(there, data=sent).status_code == 404
    assert session.scalars(select(Verdict)).all() == []


def test_changes_are_the_five_newest_that_still_stand(
    client: FlaskClient, session: Session, survey: Survey
) -> None:
    for _ in range(6):
        done(session, survey)
    make.make_kiosk(session, survey, token="token", asks_verdicts=True)

    with counted(session) as asked:
        page = client.get(f"{AT}/changes").text

    assert page.count("data-verdict") == 5
    assert len(asked) < 15
    assert uuid4().hex not in page
