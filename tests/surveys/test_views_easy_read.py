"""Pictures, short sentences, versions for somebody else, and wording help on the pages."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories as make
from tests.counting import counted
from tests.surveys.asked import choices
from tests.surveys.rows import open_it
from tracker.consultations.models import Consultation
from tracker.consultations.policy import AgeBand
from tracker.surveys.models import Question, Survey

HARD = "How do you participate?"


@pytest.fixture
def question(survey: Survey) -> Question:
    """“How often?”: Always, Sometimes or Never."""
    return survey.questions[0]


def address(question: Question) -> str:
    return f"/staff/questions/{question.id}/easy-read"


def test_easy_read_is_saved_and_shown_in_the_builder_and_the_preview(
    session: Session, owner: FlaskClient, survey: Survey, question: Question
) -> None:
    picture = make.make_picture(session, alt_text="The front door")
    posted = {
        "picture_": f"picture:{picture.digest}",
        "words_": " Think of \n last week. ",
        "picture_c1": "symbol:yes",
        "words_c2": "Now and then.",
    }

    page = owner.post(address(question), data=posted, follow_redirects=True).text

    session.expire_all()
    assert question.easy_read == {
        "": {"picture": f"picture:{picture.digest}", "words": "Think of last week."},
        "c1": {"picture": "symbol:yes", "words": ""},
        "c2": {"picture": "", "words": "Now and then."},
    }
    assert "Easy read: 2 with a picture, 2 with a short sentence" in page
    seen = owner.get(f"/staff/surveys/{survey.id}/preview").text
    assert f'/p/{picture.digest}.webp" width="64" height="48" alt="The front door"' in seen
    assert "Think of last week." in seen and 'aria-describedby="q1-easy"' in seen
    again = owner.get(address(question)).text
    assert 'value="symbol:yes" selected' in again and 'value="Now and then."' in again


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({"picture_": "picture:gone"}, "That picture isn’t there any more."),
        ({"picture_c1": "symbol:nothing"}, "That picture isn’t there any more."),
        ({"words_": "a" * 201}, "200 characters at most"),
    ],
)
def test_easy_read_refuses_what_is_not_there(
    session: Session, owner: FlaskClient, question: Question, posted: dict[str, Any], words: str
) -> None:
    page = owner.post(address(question), data=posted).text
    assert words in page and "There is a problem" in page
    session.expire_all()
    assert question.easy_read == {}


def test_easy_read_stays_as_people_saw_it_once_open(
    session: Session, owner: FlaskClient, consultation: Consultation, question: Question
) -> None:
    open_it(session, consultation)
    assert owner.post(address(question), data={"words_": "New"}).status_code == 409


def test_easy_read_is_for_the_team_alone(
    viewer: FlaskClient, client: FlaskClient, question: Question
) -> None:
    assert viewer.get(address(question)).status_code == 403
    assert "/staff/sign-in" in client.get(address(question)).headers["Location"]


def test_form_shows_pictures_in_as_many_queries_for_three(
    session: Session, client: FlaskClient, consultation: Consultation, survey: Survey
) -> None:
    open_it(session, consultation)
    digests = [make.make_picture(session, colour=(n, 0, 0)).digest for n in (10, 120, 240)]
    shown = [{"": {"picture": f"picture:{digest}", "words": ""}} for digest in digests]
    address = f"/s/{survey.code}?fresh="
    counts = []
    for number in (1, 3):
        for question, easy_read in zip(survey.questions[:number], shown, strict=False):
            question.easy_read = easy_read
        session.commit()
        with counted(session) as statements:
            page = client.get(f"{address}{number}").text
        counts.append(len(statements))

    assert page.count('<img class="picture"') == 3 and page.count('loading="lazy"') == 2
    assert counts[0] == counts[1]


def test_picture_that_says_the_same_as_the_words_is_not_read_twice(
    session: Session, owner: FlaskClient, survey: Survey, question: Question
) -> None:
    picture = make.make_picture(session, alt_text="always")
    question.easy_read = {"c1": {"picture": f"picture:{picture.digest}", "words": ""}}
    assert 'height="48" alt=""' in owner.get(f"/staff/surveys/{survey.id}/preview").text


def test_copy_makes_an_easier_version_with_the_same_keys(
    session: Session, owner: FlaskClient, consultation: Consultation, survey: Survey
) -> None:
    survey.questions[0].easy_read = {"": {"picture": "symbol:bus", "words": ""}}
    page = owner.get(f"/staff/surveys/{survey.id}/copy?easy-read=1").text
    assert 'name="is_easy_read" type="checkbox" value="y" checked' in page

    posted = {"to": consultation.id, "is_easy_read": "y", "age_band": "6-9"}
    owner.post(f"/staff/surveys/{survey.id}/copy", data=posted)

    copied = session.query(Survey).order_by(Survey.id.desc()).first()
    assert copied is not None and copied.title == "Our centre (easy read, ages 6 to 9)"
    assert (copied.is_easy_read, copied.age_band) == (True, AgeBand.SIX_TO_NINE)
    assert [each.key for each in copied.questions] == [each.key for each in survey.questions]
    assert copied.questions[0].easy_read == survey.questions[0].easy_read


def test_form_links_to_the_other_versions(
    session: Session, client: FlaskClient, consultation: Consultation, survey: Survey
) -> None:
    open_it(session, consultation)
    easy = make.make_survey(session, consultation, code="easy22", is_easy_read=True)
    make.make_question(session, easy)
    young = make.make_survey(
        session, consultation, code="young2", is_easy_read=True, age_band=AgeBand.SIX_TO_NINE
    )
    make.make_question(session, young)
    make.make_survey(session, consultation, code="empty2", age_band=AgeBand.EIGHTEEN_UP)
    closed = make.make_survey(session, consultation, code="closed", by_invitation=True)
    make.make_question(session, closed)

    page = client.get(f"/s/{survey.code}").text
    assert '<a href="/s/easy22">Easier version with pictures</a>' in page
    assert '<a href="/s/young2">For ages 6 to 9, easier with pictures</a>' in page
    assert "/s/empty2" not in page and "/s/closed" not in page
    assert "read-aloud.js" not in page.partition("<script")[2]
    other = client.get("/s/easy22").text
    assert '<a href="/s/cdf234">Our centre</a>' in other
    assert "read-aloud.js" in other.partition("<script")[2]


def test_form_of_a_single_survey_links_to_no_other(
    session: Session, client: FlaskClient, consultation: Consultation, survey: Survey
) -> None:
    open_it(session, consultation)
    make.make_question(session, make.make_survey(session, consultation))
    assert "in another way" not in client.get(f"/s/{survey.code}").text


def test_form_comes_back_with_the_look_that_was_chosen(
    session: Session, client: FlaskClient, consultation: Consultation, survey: Survey
) -> None:
    open_it(session, consultation)
    assert 'class="large' not in client.get(f"/s/{survey.code}").text
    page = client.post(f"/s/{survey.code}", data={"look": ["large", "<b>"]}).text
    assert '<html lang="en" dir="ltr" class="large"' in page
    assert 'value="large" form="questions" checked' in page


def test_wording_is_shown_beside_a_question_and_counted_in_the_list(
    session: Session, owner: FlaskClient, survey: Survey, question: Question
) -> None:
    question.text = HARD
    page = owner.get(f"/staff/questions/{question.id}").text
    assert "“participate”" in page and "Try: take part." in page and "1 thing to look at" in page
    assert "Wording: 1 thing to look at again" in owner.get(f"/staff/surveys/{survey.id}").text


def test_wording_set_aside_stays_so_until_the_words_change(
    session: Session, owner: FlaskClient, survey: Survey, question: Question
) -> None:
    posted = {"text": HARD, "setting_choices": "Always\nSometimes\nNever", "show_if": "always"}
    owner.post(f"/staff/questions/{question.id}", data=posted)
    page = owner.get(f"/staff/questions/{question.id}").text
    mark = page.partition('name="set_aside" value="')[2].partition('"')[0]

    owner.post(f"/staff/questions/{question.id}", data=posted | {"set_aside": [mark, "other"]})

    session.expire_all()
    assert question.set_aside == [mark]
    assert "Wording:" not in owner.get(f"/staff/surveys/{survey.id}").text
    assert "Everything is left as it is." in owner.get(f"/staff/questions/{question.id}").text
    question.text = "Why do you participate?"
    assert "Wording: 1 thing" in owner.get(f"/staff/surveys/{survey.id}").text


def test_wording_answers_while_somebody_types_and_keeps_nothing(
    session: Session, owner: FlaskClient, survey: Survey
) -> None:
    posted = {"text": "Is it safe and clean?", "setting_choices": "5-10\n10-15"}
    page = owner.post(f"/staff/surveys/{survey.id}/wording/one_choice", data=posted).text
    assert "safe and clean" in page and "10 is in both" in page and "2 things" in page
    assert "<html" not in page and len(survey.questions) == 3
    half = owner.post(f"/staff/surveys/{survey.id}/wording/scale", data={"text": HARD}).text
    assert "participate" in half
    assert owner.post(f"/staff/surveys/{survey.id}/wording/nothing").status_code == 404


def test_wording_reads_the_page_of_information(owner: FlaskClient, survey: Survey) -> None:
    posted = {"text": "Hello", "setting_body": "Please utilise it."}
    page = owner.post(f"/staff/surveys/{survey.id}/wording/information", data=posted).text
    assert "“utilise”" in page


def test_wording_says_that_it_reads_english_only(
    session: Session, owner: FlaskClient, consultation: Consultation, question: Question
) -> None:
    consultation.language, question.text = "cy", HARD
    assert "It reads English only" in owner.get(f"/staff/questions/{question.id}").text
    assert "Wording:" not in owner.get(f"/staff/surveys/{question.survey_id}").text


def test_wording_of_a_new_question_can_be_set_aside(
    session: Session, owner: FlaskClient, survey: Survey
) -> None:
    page = owner.get(f"/staff/surveys/{survey.id}/questions/new/one_choice").text
    assert "Nothing stands out." in page
    settings = choices("Bus", "Walk", "Bike")
    added = make.make_question(session, survey, kind="one_choice", text="How?", settings=settings)
    assert "has nothing to choose" in owner.get(f"/staff/questions/{added.id}").text
