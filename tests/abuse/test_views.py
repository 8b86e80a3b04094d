"""The staff's page about who can answer, and the way in with an invitation."""

import csv
import io
import re
from html import unescape
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import SignIn
from tests.responses.phone import filled, make_survey, responses
from tracker.abuse.queries import InvitationCount, count_invitations
from tracker.surveys.models import Survey


@pytest.fixture
def survey(session: Session) -> Survey:
    survey = make_survey(session)
    session.commit()
    return survey


@pytest.fixture
def owner(survey: Survey, sign_in: SignIn) -> FlaskClient:
    assert survey.consultation.owner is not None
    return sign_in(survey.consultation.owner)


def at(survey: Survey, end: str) -> str:
    return f"/staff/surveys/{survey.id}/{end}"


def slips(page: str) -> list[str]:
    return re.findall(r'<p class="slip-letters">([^<]+)</p>', page)


def invite(owner: FlaskClient, survey: Survey, number: int = 2) -> list[str]:
    data = {"number": number, "form_id": str(uuid4())}
    return slips(owner.post(at(survey, "invitations"), data=data).text)


def test_protect_says_who_can_answer(owner: FlaskClient, survey: Survey) -> None:
    page = owner.get(at(survey, "protect")).text

    assert "Everybody who has the address" in page
    assert "Only when far more comes in than usual" in page


def test_make_shows_slips_once_and_closes_the_open_door(
    session: Session, owner: FlaskClient, client: FlaskClient, survey: Survey
) -> None:
    data = {"number": "3", "form_id": str(uuid4())}
    page = owner.post(at(survey, "invitations"), data=data)

    assert page.headers["Cache-Control"] == "no-store"
    assert len(set(slips(page.text))) == 3 and page.text.count("<svg") >= 3
    assert "You need an invitation for this" in client.get("/s/abc234").text
    shown = owner.get(at(survey, "protect")).text
    assert "3 made, 0 used, 3 still good" in shown
    assert not any(code in shown for code in slips(page.text))
    again = owner.post(at(survey, "invitations"), data=data)
    assert again.status_code == 409 and "shown only once" in again.text
    assert count_invitations(session, survey.id).made == 3


@pytest.mark.parametrize("number", ["", "0", "501", "-1", "many", "٣x", "9" * 30])
def test_make_refuses_an_odd_number(owner: FlaskClient, survey: Survey, number: str) -> None:
    page = owner.post(at(survey, "invitations"), data={"number": number})

    assert "Enter a whole number from 1 to 500" in page.text


def test_make_takes_a_lost_form_id_as_a_new_one(owner: FlaskClient, survey: Survey) -> None:
    page = owner.post(at(survey, "invitations"), data={"number": "1", "form_id": "lost"})

    assert len(slips(page.text)) == 1


def test_codes_csv_holds_the_codes_of_the_page_and_nothing_else(
    owner: FlaskClient, survey: Survey
) -> None:
    codes = invite(owner, survey)
    forged = ["=HYPERLINK(1)", "cdfg-hjkm-npqr", "<b>"]

    page = owner.post(
        at(survey, "invitations.csv"), data={"codes": "\n".join([*codes, *forged]).lower()}
    )

    assert page.mimetype == "text/csv" and page.headers["Cache-Control"] == "no-store"
    rows = list(csv.reader(io.StringIO(page.text)))
    assert rows == [["Code", "Link"], *([code, f"http://localhost/i/{code}"] for code in codes)]


def test_invited_opens_the_form_and_its_answer_uses_the_link_up(
    session: Session, owner: FlaskClient, client: FlaskClient, survey: Survey
) -> None:
    code, other = invite(owner, survey)
    for _ in range(2):  # looking changes nothing
        page = client.get(f"/i/{code}").text
    found = re.search(r'name="invitation" value="(\w+)"', page)
    assert found

    data = filled(invitation=found[1])
    assert "Thank you" in client.post("/s/abc234", data=data).text

    assert "We already have it" in client.post("/s/abc234", data=data).text
    gone = client.get(f"/i/{code}")
    assert gone.status_code == 410 and "This link has been used" in gone.text
    assert client.get(f"/i/{other}").status_code == 200
    assert len(responses(session)) == 1
    assert "2 made, 1 used, 1 still good" in owner.get(at(survey, "protect")).text


def test_form_keeps_what_was_typed_when_the_link_has_been_used(
    session: Session, owner: FlaskClient, client: FlaskClient, survey: Survey
) -> None:
    code, other = invite(owner, survey)
    client.post("/s/abc234", data=filled(invitation=code))

    page = client.post("/s/abc234", data=filled(invitation=code, q2="My <own> words"))

    assert page.status_code == 410
    assert "This link has been used" in page.text
    assert "My &lt;own&gt; words" in page.text
    assert len(responses(session)) == 1
    # With another link they go after all.
    carried = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
    assert "invitation" not in carried
    data = {name: unescape(value) for name, value in carried.items()} | {"invitation": other}
    assert "Thank you" in client.post("/s/abc234", data=data).text


@pytest.mark.parametrize(
    ("invitation", "says"),
    [("", "You need an invitation"), ("cdfg-hjkm-npqr", "We don’t know this invitation")],
)
def test_form_keeps_what_was_typed_without_an_invitation(
    session: Session,
    owner: FlaskClient,
    client: FlaskClient,
    survey: Survey,
    invitation: str,
    says: str,
) -> None:
    invite(owner, survey)

    page = client.post("/s/abc234", data=filled(invitation=invitation, q2="My own words"))

    assert page.status_code == 403
    assert says in page.text and "My own words" in page.text
    assert responses(session) == []


def test_form_shown_again_still_carries_its_invitation(
    owner: FlaskClient, client: FlaskClient, survey: Survey
) -> None:
    code = invite(owner, survey)[0]

    page = client.post("/s/abc234", data=filled(invitation=code, q3="many")).text

    assert f'name="invitation" value="{code}"' in page


def test_enter_code_leads_to_the_form_however_it_is_typed(
    owner: FlaskClient, client: FlaskClient, survey: Survey
) -> None:
    code = invite(owner, survey)[0]
    assert "You need an invitation" in client.get("/i").text

    answer = client.post("/i", data={"invitation": f" {code.lower().replace('-', ' ')} "})

    assert answer.status_code == 303 and answer.location == f"/i/{code}"


@pytest.mark.parametrize("typed", ["", "abc", "cdfg-hjkm-npqr", "<b>" * 99])
def test_enter_code_says_when_it_knows_no_such_code(
    client: FlaskClient, survey: Survey, typed: str
) -> None:
    page = client.post("/i", data={"invitation": typed})

    assert page.status_code == 400 and "We don’t know this invitation" in page.text
    assert client.get("/i/abc").status_code == 404


def test_by_invitation_opens_the_survey_to_everybody_again(
    owner: FlaskClient, client: FlaskClient, survey: Survey
) -> None:
    code = invite(owner, survey)[0]

    page = owner.post(at(survey, "by-invitation"), data={"on": "0"}, follow_redirects=True).text

    assert "Everybody who has the address can answer now." in page
    assert "Would you come?" in client.get("/s/abc234").text
    assert "Would you come?" in client.get(f"/i/{code}").text
    owner.post(at(survey, "by-invitation"), data={"on": "1"})
    assert "You need an invitation" in client.get("/s/abc234").text


def test_call_in_asks_first(session: Session, owner: FlaskClient, survey: Survey) -> None:
    assert "There are none" in owner.get(at(survey, "invitations/call-in")).text
    invite(owner, survey)
    assert "2 of 2 links" in owner.get(at(survey, "invitations/call-in")).text

    page = owner.post(at(survey, "invitations/call-in"), follow_redirects=True).text

    assert "2 unused links are worthless now." in page
    assert count_invitations(session, survey.id) == InvitationCount(made=0, unused=0)


def test_ask_sum_is_switched_on_for_a_while(owner: FlaskClient, survey: Survey) -> None:
    page = owner.post(at(survey, "sum"), data={"hours": "24"}, follow_redirects=True).text
    assert "A sum is asked of every phone now: for a day." in page
    assert "A sum is asked of every phone until" in page

    page = owner.post(at(survey, "sum"), data={"hours": "0"}, follow_redirects=True).text
    assert "only when far more comes in than usual" in page
    assert "Not a valid choice" in owner.post(at(survey, "sum"), data={"hours": "7"}).text
