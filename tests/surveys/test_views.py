"""Pages about surveys as a whole. Those about questions are in `test_views_questions`."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories as make
from tests.counting import counted
from tests.surveys.asked import THREE, only_if
from tests.surveys.rows import open_it
from tracker.consultations.models import Consultation
from tracker.surveys.models import Question, Survey
from tracker.surveys.question_types import QUESTION_TYPES


def test_index_says_what_to_do_first(owner: FlaskClient, consultation: Consultation) -> None:
    page = owner.get(f"/staff/consultations/{consultation.id}/surveys").text

    assert "None yet. Most consultations have one survey." in page
    assert 'value="The youth centre"' in page


def test_index_lists_surveys_with_their_address(
    session: Session, owner: FlaskClient, survey: Survey
) -> None:
    make.make_question(session, survey, kind="information", text="Read this")

    page = owner.get(f"/staff/consultations/{survey.consultation_id}/surveys").text

    assert "Our centre" in page and "/s/cdf234" in page
    assert "3 questions" in page  # a page to read is none


def test_index_of_an_open_consultation_offers_no_change(
    session: Session, viewer: FlaskClient, survey: Survey
) -> None:
    page = viewer.get(f"/staff/consultations/{survey.consultation_id}/surveys").text

    assert "Add the survey" not in page and "/delete" not in page


def test_index_without_surveys_tells_a_viewer_why(
    viewer: FlaskClient, consultation: Consultation
) -> None:
    page = viewer.get(f"/staff/consultations/{consultation.id}/surveys").text

    assert "until its service has written one" in page


def test_index_takes_as_many_queries_for_three_surveys_as_for_one(
    session: Session, owner: FlaskClient, survey: Survey
) -> None:
    url = f"/staff/consultations/{survey.consultation_id}/surveys"
    with_one = count_queries(session, owner, url)
    for _ in range(2):
        more = make.make_survey(session, survey.consultation)
        make.make_question(session, more)

    assert count_queries(session, owner, url) == with_one


def count_queries(session: Session, browser: FlaskClient, url: str) -> int:
    with counted(session) as statements:
        assert browser.get(url).status_code == 200
    return sum(statement.lstrip().startswith("SELECT") for statement in statements)


def test_add_makes_a_survey_and_goes_on_to_its_questions(
    session: Session, owner: FlaskClient, consultation: Consultation
) -> None:
    answer = owner.post(
        f"/staff/consultations/{consultation.id}/surveys",
        data={"title": "  Easy \r\n to read "},
        follow_redirects=True,
    )

    made = session.query(Survey).one()
    assert made.title == "Easy to read"
    assert answer.request.path == f"/staff/surveys/{made.id}"
    assert "Add its first question" in answer.text
    assert "None yet. Start with something easy to answer" in answer.text


@pytest.mark.parametrize(
    ("title", "message"),
    [("", "Write a name"), ("   ", "Write a name"), ("x" * 161, "160 characters at most")],
)
def test_add_keeps_what_was_typed(
    session: Session, owner: FlaskClient, consultation: Consultation, title: str, message: str
) -> None:
    answer = owner.post(f"/staff/consultations/{consultation.id}/surveys", data={"title": title})

    assert "There is a problem" in answer.text and message in answer.text
    assert title.strip() in answer.text
    assert session.query(Survey).count() == 0


def test_add_is_refused_once_open(
    session: Session, owner: FlaskClient, consultation: Consultation
) -> None:
    open_it(session, consultation)

    answer = owner.post(f"/staff/consultations/{consultation.id}/surveys", data={"title": "New"})

    assert answer.status_code == 409
    assert session.query(Survey).count() == 0


def test_rename(session: Session, owner: FlaskClient, survey: Survey) -> None:
    assert 'value="Our centre"' in owner.get(f"/staff/surveys/{survey.id}/name").text

    answer = owner.post(
        f"/staff/surveys/{survey.id}/name", data={"title": "Your centre"}, follow_redirects=True
    )

    assert "The survey is called “Your centre” now." in answer.text


def test_rename_keeps_what_was_typed(session: Session, owner: FlaskClient, survey: Survey) -> None:
    answer = owner.post(f"/staff/surveys/{survey.id}/name", data={"title": "x" * 200})

    assert "160 characters at most" in answer.text and "x" * 200 in answer.text
    session.expire_all()
    assert survey.title == "Our centre"


def test_copy_offers_drafts_of_ones_own(
    session: Session, owner: FlaskClient, survey: Survey
) -> None:
    service = survey.consultation.service
    make.make_consultation(session, title="Another of mine", service=service)
    make.make_open_consultation(session, title="Open already", service=service)
    make.make_consultation(session, title="Somebody else's")

    page = owner.get(f"/staff/surveys/{survey.id}/copy").text

    assert "The youth centre (" in page and "Another of mine (" in page
    assert "Open already" not in page and "Somebody else" not in page


def test_copy_of_an_open_survey_goes_to_the_chosen_draft(
    session: Session, owner: FlaskClient, survey: Survey
) -> None:
    open_it(session, survey.consultation)
    draft = make.make_consultation(session, service=survey.consultation.service)

    answer = owner.post(
        f"/staff/surveys/{survey.id}/copy", data={"to": draft.id}, follow_redirects=True
    )

    copied = session.query(Survey).filter_by(consultation_id=draft.id).one()
    assert answer.request.path == f"/staff/surveys/{copied.id}"
    assert "Here is the copy." in answer.text
    assert [q.text for q in copied.questions] == ["How often?", "Why not?", "Anything else?"]


@pytest.mark.parametrize("to", ["", "999", "none", str(2**70)])
def test_copy_to_nowhere_is_explained(
    session: Session, owner: FlaskClient, survey: Survey, to: str
) -> None:
    answer = owner.post(f"/staff/surveys/{survey.id}/copy", data={"to": to})

    assert answer.status_code == 200
    assert "Choose from the list." in answer.text
    assert session.query(Survey).count() == 1


def test_copy_without_a_draft_says_what_to_do(viewer: FlaskClient, survey: Survey) -> None:
    page = viewer.get(f"/staff/surveys/{survey.id}/copy").text

    assert "Start a consultation" in page


def test_delete_asks_first(session: Session, owner: FlaskClient, survey: Survey) -> None:
    asked = owner.get(f"/staff/surveys/{survey.id}/delete").text
    assert "Delete this survey?" in asked and "3 questions" in asked
    assert session.query(Survey).count() == 1

    answer = owner.post(f"/staff/surveys/{survey.id}/delete", follow_redirects=True)

    assert "The survey “Our centre” is deleted." in answer.text
    assert session.query(Survey).count() == session.query(Question).count() == 0


def test_build_shows_questions_rules_and_what_is_wrong(
    session: Session, owner: FlaskClient, survey: Survey
) -> None:
    make.make_question(session, survey, kind="one_choice", text="Bare", is_required=True)

    page = owner.get(f"/staff/surveys/{survey.id}").text

    assert "One choice of 3" in page
    assert "Shown only if they chose “Sometimes” in question 1." in page
    assert "can’t be skipped" in page
    assert "It needs at least 2 choices." in page
    assert f'<iframe src="/staff/surveys/{survey.id}/preview?framed=1"' in page
    for kind in QUESTION_TYPES.values():
        assert kind.label in page


def test_build_takes_as_many_queries_for_three_questions_as_for_one(
    session: Session, owner: FlaskClient, consultation: Consultation
) -> None:
    survey = make.make_survey(session, consultation)
    make.make_question(session, survey, kind="one_choice", settings=THREE)
    url = f"/staff/surveys/{survey.id}"
    with_one = count_queries(session, owner, url)
    for _ in range(2):
        make.make_question(session, survey, show_if=only_if("q1", "c1"))

    assert count_queries(session, owner, url) == with_one


def test_build_shows_a_viewer_no_buttons(viewer: FlaskClient, survey: Survey) -> None:
    page = viewer.get(f"/staff/surveys/{survey.id}").text

    assert "How often?" in page
    assert "Move up" not in page and "Rename" not in page and "builder-kinds" not in page


def test_build_says_why_it_is_locked(session: Session, owner: FlaskClient, survey: Survey) -> None:
    open_it(session, survey.consultation)

    page = owner.get(f"/staff/surveys/{survey.id}").text

    assert "stays as people saw it" in page and "Move up" not in page


def test_build_says_when_it_is_full(session: Session, owner: FlaskClient, survey: Survey) -> None:
    for _ in range(57):
        make.make_question(session, survey)

    page = owner.get(f"/staff/surveys/{survey.id}").text

    assert "This survey is full." in page and "builder-kinds" not in page


def test_build_without_questions_shows_a_viewer_that(
    session: Session, viewer: FlaskClient, consultation: Consultation
) -> None:
    survey = make.make_survey(session, consultation)

    assert "None yet." in viewer.get(f"/staff/surveys/{survey.id}").text


def test_preview_shows_every_kind_and_sends_nothing(
    session: Session, viewer: FlaskClient, survey: Survey
) -> None:
    settings: dict[str, Any] = {"body": "Read\n\nthis"} | THREE
    for kind in QUESTION_TYPES:
        make.make_question(session, survey, kind=kind, text=f"A {kind}", settings=settings)

    page = viewer.get(f"/staff/surveys/{survey.id}/preview").text

    assert "nothing is sent or kept" in page and "Back to the questions" in page
    assert "<form" not in page
    assert "Only if you chose “Sometimes” above." in page
    assert 'data-show-if="q1" data-any-of="c2"' in page
    for kind in QUESTION_TYPES:
        assert f"A {kind}" in page
    assert page.count('class="face"') == 3


def test_preview_of_nothing_says_so(
    session: Session, viewer: FlaskClient, consultation: Consultation
) -> None:
    survey = make.make_survey(session, consultation)

    page = viewer.get(f"/staff/surveys/{survey.id}/preview?framed=1").text

    assert "There are no questions yet." in page and "Back to the questions" not in page
