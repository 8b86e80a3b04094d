"""The inbox and the worries: what staff see, and who doesn't."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import SignIn
from tests.factories import TODAY
from tests.responses.staff import inbox_at, make_survey_of_owner, respond
from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.consultations.queries import events_of
from tracker.responses.models import SetAsideReason, SurveyResponse
from tracker.surveys.models import Survey

WORRY = {"set_aside": SetAsideReason.SAFEGUARDING, "set_aside_on": TODAY}


@pytest.fixture
def survey(session: Session) -> Survey:
    return make_survey_of_owner(session)


@pytest.fixture
def owner(survey: Survey) -> Person:
    assert survey.consultation.owner is not None
    return survey.consultation.owner


@pytest.fixture
def said(session: Session, survey: Survey) -> SurveyResponse:
    return respond(session, survey, "The bus stops too early")


def test_inbox_shows_the_words_day_and_source(
    sign_in: SignIn, survey: Survey, owner: Person, said: SurveyResponse
) -> None:
    page = sign_in(owner).get(inbox_at(survey)).text

    assert "The bus stops too early" in page and "What could be better?" in page
    assert "4 February 2026, phone" in page
    assert "1 in all: 1 by phone." in " ".join(page.split())
    assert str(said.id) in page


def test_inbox_says_what_to_do_when_it_is_empty(
    sign_in: SignIn, survey: Survey, owner: Person
) -> None:
    page = sign_in(owner).get(inbox_at(survey)).text

    assert "There are no answers yet." in page
    assert f"/staff/surveys/{survey.id}/poster" in page
    assert f"/staff/surveys/{survey.id}/type-in" in page
    assert "Nothing is set aside." in sign_in(owner).get(inbox_at(survey, "?show=set-aside")).text


def test_inbox_is_not_for_strangers(
    sign_in: SignIn, client: FlaskClient, session: Session, survey: Survey, said: SurveyResponse
) -> None:
    others = [
        make.make_person(session, "Another owner"),
        make.make_person(session, "Ada", RoleName.ADMINISTRATOR),
        make.make_person(session, "Vera", RoleName.VIEWER),
        make.make_person(session, "Sam", RoleName.SAFEGUARDING_LEAD),
    ]
    make.make_service(session, owner=others[0])

    for person in others:
        page = sign_in(person).get(inbox_at(survey))
        assert page.status_code == 403
        assert "too early" not in page.text
    assert client.get(inbox_at(survey)).status_code == 302


@pytest.mark.parametrize("number", ["999", "2147483648", "99999999999999999999"])
def test_inbox_of_no_consultation_is_not_found(sign_in: SignIn, owner: Person, number: str) -> None:
    assert sign_in(owner).get(f"/staff/consultations/{number}/responses").status_code == 404


@pytest.mark.parametrize("page", ["2", "0", "-1", "x", "9" * 40, "١"])
def test_inbox_shows_a_page_for_any_number(
    sign_in: SignIn, survey: Survey, owner: Person, said: SurveyResponse, page: str
) -> None:
    assert "too early" in sign_in(owner).get(inbox_at(survey, f"?page={page}")).text


def test_inbox_has_links_between_its_pages(
    sign_in: SignIn, session: Session, survey: Survey, owner: Person
) -> None:
    for n in range(51):
        respond(session, survey, f"Answer {n}")

    page = sign_in(owner).get(inbox_at(survey, "?page=2")).text

    assert "Page 2 of 2" in page
    assert 'rel="prev"' in page and 'rel="next"' not in page


def test_set_aside_takes_what_is_ticked_and_says_so(
    sign_in: SignIn, session: Session, survey: Survey, owner: Person, said: SurveyResponse
) -> None:
    kept = respond(session, survey, "Keep me")
    other = respond(session, survey, "Buy shoes")
    browser = sign_in(owner)

    page = browser.post(
        inbox_at(survey, "/set-aside"),
        data={"response": [str(said.id), str(other.id)], "reason": "spam"},
        follow_redirects=True,
    )

    session.refresh(said)
    session.refresh(kept)
    assert said.set_aside is SetAsideReason.SPAM and kept.set_aside is None
    assert said.set_aside_by == owner.id
    assert "2 answers set aside." in page.text
    assert "too early" not in page.text and "Keep me" in page.text
    event = events_of(session, survey.consultation_id)[-1]
    assert (event.kind, event.detail) == ("set_aside", "2: spam")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"reason": "spam"}, "Tick the answers that you want to set aside."),
        ({"response": "not an id", "reason": "spam"}, "Tick the answers"),
        ({"response": "SAID"}, "Choose why you set this aside."),
        ({"response": "SAID", "reason": "because"}, "Not a valid choice"),
    ],
)
def test_set_aside_says_what_is_missing_and_keeps_the_ticks(
    sign_in: SignIn,
    session: Session,
    survey: Survey,
    owner: Person,
    said: SurveyResponse,
    data: dict[str, str],
    words: str,
) -> None:
    sent = {k: str(said.id) if v == "SAID" else v for k, v in data.items()}

    page = sign_in(owner).post(inbox_at(survey, "/set-aside"), data=sent)

    session.refresh(said)
    assert page.status_code == 400
    assert words in page.text
    assert said.set_aside is None
    assert (f'value="{said.id}" checked' in page.text) == ("SAID" in data.values())


def test_set_aside_leaves_those_of_other_consultations_alone(
    sign_in: SignIn, session: Session, survey: Survey, owner: Person
) -> None:
    elsewhere = make.make_survey(session, make.make_open_consultation(session))
    make.make_question(session, elsewhere)
    theirs = respond(session, elsewhere, "Not yours")

    page = sign_in(owner).post(
        inbox_at(survey, "/set-aside"),
        data={"response": str(theirs.id), "reason": "spam"},
        follow_redirects=True,
    )

    session.refresh(theirs)
    assert theirs.set_aside is None
    assert "Nothing to do" in page.text


def test_set_aside_as_a_worry_hides_the_words_from_the_team(
    sign_in: SignIn, session: Session, survey: Survey, owner: Person, said: SurveyResponse
) -> None:
    lead = make.make_person(session, "Pat", RoleName.PARTICIPATION_LEAD)
    browser = sign_in(owner)

    page = browser.post(
        inbox_at(survey, "/set-aside"),
        data={"response": str(said.id), "reason": "safeguarding"},
        follow_redirects=True,
    )

    assert "Speak to them today" in page.text
    for person in (owner, lead):
        listed = sign_in(person).get(inbox_at(survey, "?show=set-aside")).text
        assert "Only the safeguarding lead reads this one." in listed
        assert "too early" not in listed
        assert sign_in(person).get("/staff/worries").status_code == 403


def test_set_aside_names_the_safeguarding_lead_or_says_that_there_is_none(
    sign_in: SignIn, session: Session, survey: Survey, owner: Person, said: SurveyResponse
) -> None:
    assert "Nobody is safeguarding lead yet" in sign_in(owner).get(inbox_at(survey)).text

    make.make_person(session, "Sam Safe", RoleName.SAFEGUARDING_LEAD)

    assert "sam.safe@example.org" in sign_in(owner).get(inbox_at(survey)).text


@pytest.mark.parametrize("end", ["/set-aside", "/take-back"])
def test_set_aside_and_take_back_are_not_for_strangers(
    sign_in: SignIn, session: Session, survey: Survey, said: SurveyResponse, end: str
) -> None:
    data = {"response": str(said.id), "reason": "spam"}

    page = sign_in(make.make_person(session)).post(inbox_at(survey, end), data=data)

    session.refresh(said)
    assert page.status_code == 403
    assert said.set_aside is None


def test_take_back_undoes_and_says_so(
    sign_in: SignIn, session: Session, survey: Survey, owner: Person
) -> None:
    aside = respond(
        session, survey, "By mistake", set_aside=SetAsideReason.SPAM, set_aside_on=TODAY
    )
    browser = sign_in(owner)

    page = browser.post(
        inbox_at(survey, "/take-back"), data={"response": str(aside.id)}, follow_redirects=True
    )

    session.refresh(aside)
    assert aside.set_aside is None
    assert "Taken back: 1. Somebody has to hear it now." in page.text
    again = browser.post(inbox_at(survey, "/take-back"), data={}, follow_redirects=True)
    assert "Nothing was taken back" in again.text


def test_take_back_leaves_a_worry_to_the_safeguarding_lead(
    sign_in: SignIn, session: Session, survey: Survey, owner: Person
) -> None:
    worry = respond(session, survey, "I am not safe", **WORRY)

    page = sign_in(owner).post(inbox_at(survey, "/take-back"), data={"response": str(worry.id)})

    session.refresh(worry)
    assert page.status_code == 403
    assert worry.set_aside is SetAsideReason.SAFEGUARDING
