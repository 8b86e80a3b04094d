"""Who may open the builder's pages, and when."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import SignIn
from tests.surveys.rows import open_it, texts
from tracker.accounts.models import Person
from tracker.surveys.models import Survey

GET_PAGES = (
    "/staff/consultations/{consultation}/surveys",
    "/staff/surveys/{survey}",
    "/staff/surveys/{survey}/preview",
    "/staff/surveys/{survey}/name",
    "/staff/surveys/{survey}/copy",
    "/staff/surveys/{survey}/delete",
    "/staff/surveys/{survey}/questions/new/long_text",
    "/staff/questions/{question}",
    "/staff/questions/{question}/delete",
)
SEEN_BY_WATCHERS = GET_PAGES[:3] + GET_PAGES[4:5]
POSTS = (
    "/staff/consultations/{consultation}/surveys",
    "/staff/questions/{question}/copy",
    "/staff/questions/{question}/move",
    *(page for page in GET_PAGES[3:] if not page.endswith("/copy")),
)


def address(pattern: str, survey: Survey) -> str:
    return pattern.format(
        consultation=survey.consultation_id, survey=survey.id, question=survey.questions[2].id
    )


@pytest.mark.parametrize("page", GET_PAGES)
def test_stranger_is_sent_to_sign_in(client: FlaskClient, survey: Survey, page: str) -> None:
    answer = client.get(address(page, survey))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/staff/sign-in")


@pytest.mark.parametrize("page", GET_PAGES)
def test_owner_of_another_service_is_refused(
    session: Session, sign_in: SignIn, survey: Survey, page: str
) -> None:
    other = make.make_service(session).owner
    assert isinstance(other, Person)

    answer = sign_in(other).get(address(page, survey))

    assert answer.status_code == 403
    assert "Our centre" not in answer.text


@pytest.mark.parametrize("page", POSTS)
def test_viewer_changes_nothing(
    session: Session, viewer: FlaskClient, survey: Survey, page: str
) -> None:
    posted = {"title": "New", "text": "New", "steps": "-1", "show_if": "always"}

    answer = viewer.post(address(page, survey), data=posted)

    assert answer.status_code == 403
    assert texts(session, survey) == ["How often?", "Why not?", "Anything else?"]


@pytest.mark.parametrize("page", SEEN_BY_WATCHERS)
def test_viewer_looks(viewer: FlaskClient, survey: Survey, page: str) -> None:
    answer = viewer.get(address(page, survey))

    assert answer.status_code == 200
    assert "Our centre" in answer.text


@pytest.mark.parametrize("page", [page for page in GET_PAGES if page not in SEEN_BY_WATCHERS])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_changes_once_the_consultation_has_opened(
    session: Session, owner: FlaskClient, survey: Survey, page: str, method: str
) -> None:
    open_it(session, survey.consultation)
    posted = {"title": "New", "text": "New", "show_if": "always"}

    answer = owner.open(address(page, survey), method=method, data=posted)

    assert answer.status_code == 409
    assert "copy the survey to a new consultation" in answer.text
    assert texts(session, survey) == ["How often?", "Why not?", "Anything else?"]


@pytest.mark.parametrize(
    "page",
    [
        "/staff/consultations/{}/surveys",
        "/staff/surveys/{}",
        "/staff/surveys/{}/preview",
        "/staff/surveys/{}/name",
        "/staff/surveys/{}/copy",
        "/staff/surveys/{}/delete",
        "/staff/surveys/{}/questions/new/long_text",
        "/staff/questions/{}",
        "/staff/questions/{}/delete",
    ],
)
@pytest.mark.parametrize("number", ["999", "0", str(2**31), str(2**70), "-1", "one", "1%00"])
def test_what_is_not_there_is_not_found(owner: FlaskClient, page: str, number: str) -> None:
    assert owner.get(page.format(number)).status_code == 404
