"""The pages of hearing, as the owner, other staff and a stranger meet them."""

from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import SignIn
from tests.counting import counted
from tests.factories import TODAY
from tracker.accounts.policy import RoleName
from tracker.consultations.models import Consultation
from tracker.responses.models import SetAsideReason, SurveyResponse
from tracker.surveys.models import Question, Survey
from tracker.themes.models import Coding, Theme

HEAR = "/staff/consultations/{}/hear"
TABLE = "/staff/consultations/{}/answers"
THEMES = "/staff/consultations/{}/themes"
FIRST, SECOND = UUID(int=1), UUID(int=2)


@pytest.fixture
def question(session: Session) -> Question:
    """The question of a survey whose consultation is closed."""
    make.make_organisation(session)
    consultation = make.make_closed_consultation(session, title="The bus")
    return make.make_question(session, make.make_survey(session, consultation))


@pytest.fixture
def survey(question: Question) -> Survey:
    return question.survey


@pytest.fixture
def consultation(survey: Survey) -> Consultation:
    return survey.consultation


@pytest.fixture
def theme(session: Session, consultation: Consultation) -> Theme:
    return make.make_theme(session, consultation, statement="The bus stops too early")


@pytest.fixture
def owner(consultation: Consultation, sign_in: SignIn) -> FlaskClient:
    assert consultation.owner is not None
    return sign_in(consultation.owner)


@pytest.fixture
def said(session: Session, question: Question) -> SurveyResponse:
    """The first answer in the order of hearing."""
    return make.make_response(
        session, question.survey, id=FIRST, answers={question: "I miss the last bus <b>"}
    )


def coded_to(session: Session, response_id: UUID) -> set[int]:
    session.commit()
    query = select(Coding.theme_id).where(Coding.response_id == response_id)
    return set(session.scalars(query))


def pages_of(theme: Theme) -> list[str]:
    pages = [page.format(theme.consultation_id) for page in (HEAR, TABLE, THEMES)]
    return [*pages, f"/staff/themes/{theme.id}/edit", f"/staff/themes/{theme.id}/delete"]


def test_every_page_sends_a_stranger_to_sign_in(client: FlaskClient, theme: Theme) -> None:
    for page in pages_of(theme):
        assert client.get(page).headers["Location"].startswith("/staff/sign-in?next=")
    assert client.post(pages_of(theme)[0]).headers["Location"] == "/staff/sign-in"


def test_every_page_is_closed_to_those_who_may_not_read_answers(
    session: Session, theme: Theme, said: SurveyResponse, sign_in: SignIn
) -> None:
    contact = theme.consultation.service.escalation_contact
    elsewhere = make.make_service(session).owner
    assert contact is not None and elsewhere is not None
    viewer = make.make_person(session, "Vera", RoleName.VIEWER, RoleName.ADMINISTRATOR)
    posts = [f"/staff/themes/{theme.id}/move", HEAR.format(theme.consultation_id) + "/undo"]
    for person in (contact, elsewhere, viewer):
        browser = sign_in(person)
        for page in pages_of(theme):
            answer = browser.get(page)
            assert answer.status_code == 403 and "isn&#39;t yours" in answer.text
            assert "last bus" not in answer.text
        for page in posts:
            assert browser.post(page, data={"after": str(FIRST), "did": "coded"}).status_code == 403


def test_every_page_says_when_there_is_no_such_thing(owner: FlaskClient) -> None:
    for page in (HEAR, TABLE, THEMES, "/staff/themes/{}/edit", "/staff/themes/{}/delete"):
        for number in (4711, 2**31, 10**30):
            answer = owner.get(page.format(number))
            assert answer.status_code == 404 and "h1" in answer.text


def test_hear_shows_an_answer_with_its_question_and_the_themes(
    owner: FlaskClient, theme: Theme, said: SurveyResponse
) -> None:
    page = owner.get(HEAR.format(theme.consultation_id)).text
    assert "What could be better?" in page and "I miss the last bus &lt;b&gt;" in page
    assert "The bus stops too early" in page
    assert "<strong>0 of 1</strong> answer heard" in page


def test_hear_saves_and_goes_on_to_the_next_unheard(
    session: Session, owner: FlaskClient, theme: Theme, said: SurveyResponse, survey: Survey
) -> None:
    make.make_response(session, survey, id=SECOND)
    hear = HEAR.format(theme.consultation_id)
    answer = owner.post(f"{hear}?response={FIRST}", data={"theme": theme.id, "save": "y"})
    assert answer.headers["Location"] == f"{hear}?after={FIRST}&did=coded"
    assert coded_to(session, FIRST) == {theme.id}
    page = owner.get(answer.headers["Location"]).text
    assert "<strong>1 of 2</strong> answers heard" in page
    assert "The answer before is heard." in page and ">Undo<" in page
    assert f"response={SECOND}" in page


def test_hear_adds_a_new_theme_while_reading(
    session: Session, owner: FlaskClient, theme: Theme, said: SurveyResponse
) -> None:
    owner.post(
        HEAR.format(theme.consultation_id) + f"?response={FIRST}",
        data={"theme": theme.id, "new_theme": " A later\nbus "},
    )
    added = session.scalars(select(Theme).where(Theme.statement == "A later bus")).one()
    assert coded_to(session, FIRST) == {theme.id, added.id}


def test_hear_knows_a_new_theme_that_is_there_already(
    session: Session, owner: FlaskClient, theme: Theme, said: SurveyResponse
) -> None:
    owner.post(
        HEAR.format(theme.consultation_id) + f"?response={FIRST}",
        data={"theme": theme.id, "new_theme": "the bus stops too early."},
    )
    assert coded_to(session, FIRST) == {theme.id}


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [
        ({"save": "y"}, "Choose a theme, write a new one, or set the answer aside"),
        ({"new_theme": "x" * 203}, "200 characters at most, 3 too many"),
        ({"theme": "4711"}, "One of the themes is gone"),
        ({"theme": "a theme"}, "One of the themes is gone"),
        ({"aside": "because", "save": "y"}, "Choose a theme"),
    ],
)
def test_hear_says_what_is_wrong_and_keeps_what_was_typed(
    session: Session,
    owner: FlaskClient,
    theme: Theme,
    said: SurveyResponse,
    sent: dict[str, str],
    complaint: str,
) -> None:
    address = HEAR.format(theme.consultation_id) + f"?response={FIRST}"
    page = owner.post(address, data=sent).text
    assert complaint in page and "I miss the last bus" in page
    assert sent.get("new_theme", "") in page
    assert coded_to(session, FIRST) == set()


def test_hear_shows_one_answer_again_with_its_themes_ticked(
    session: Session, owner: FlaskClient, theme: Theme, said: SurveyResponse, survey: Survey
) -> None:
    make.make_response(session, survey, id=SECOND)
    make.make_coding(session, said, theme)
    page = owner.get(HEAR.format(theme.consultation_id) + f"?response={FIRST}").text
    assert f'value="{theme.id}" checked' in page and "Heard already" in page
    assert f"response={SECOND}" in page and "Next answer" in page
    assert "Previous answer" not in page


def test_hear_says_when_an_answer_is_not_there(
    session: Session, owner: FlaskClient, theme: Theme, survey: Survey
) -> None:
    worry = make.make_response(
        session, survey, set_aside=SetAsideReason.SAFEGUARDING, set_aside_on=TODAY
    )
    for response_id in (worry.id, uuid4()):
        answer = owner.get(HEAR.format(theme.consultation_id) + f"?response={response_id}")
        assert answer.status_code == 404 and "isn&#39;t here to be heard" in answer.text


def test_hear_takes_a_malformed_id_for_none(
    owner: FlaskClient, theme: Theme, said: SurveyResponse
) -> None:
    page = owner.get(HEAR.format(theme.consultation_id) + "?response=x&after=y&did=z&was=1.a")
    assert page.status_code == 200 and "I miss the last bus" in page.text


def test_hear_says_what_comes_next_when_all_is_heard(
    session: Session, owner: FlaskClient, theme: Theme, said: SurveyResponse
) -> None:
    make.make_coding(session, said, theme)
    address = HEAR.format(theme.consultation_id)
    assert "Every answer is heard" in owner.get(address).text
    assert "Say what happened" in owner.post(address).text


def test_hear_says_what_to_do_when_nobody_has_answered(
    owner: FlaskClient, consultation: Consultation
) -> None:
    page = owner.get(HEAR.format(consultation.id)).text
    assert "Nothing to hear yet" in page and "No themes yet" not in page


def test_hear_sets_aside_and_undoes_it(
    session: Session, owner: FlaskClient, theme: Theme, said: SurveyResponse
) -> None:
    make.make_coding(session, said, theme)
    hear = HEAR.format(theme.consultation_id)
    answer = owner.post(f"{hear}?response={FIRST}", data={"aside": "duplicate"})
    assert coded_to(session, FIRST) == set()
    assert session.get_one(SurveyResponse, FIRST).set_aside is SetAsideReason.DUPLICATE
    page = owner.get(answer.headers["Location"]).text
    assert "The answer before is set aside." in page and "1 set aside" in page
    undone = owner.post(
        f"{hear}/undo", data={"after": str(FIRST), "did": "aside", "was": f"{theme.id}"}
    )
    assert undone.headers["Location"] == f"{hear}?response={FIRST}"
    assert coded_to(session, FIRST) == {theme.id}
    assert session.get_one(SurveyResponse, FIRST).set_aside is None
    assert "Undone. Here is the answer again." in owner.get(undone.headers["Location"]).text


def test_hear_hands_a_worry_over_for_good(
    session: Session, owner: FlaskClient, theme: Theme, said: SurveyResponse
) -> None:
    hear = HEAR.format(theme.consultation_id)
    answer = owner.post(f"{hear}?response={FIRST}", data={"aside": "safeguarding"})
    page = owner.get(answer.headers["Location"]).text
    assert "with the safeguarding lead now" in page and ">Undo<" not in page
    assert "last bus" not in page
    refused = owner.post(f"{hear}/undo", data={"after": str(FIRST), "did": "aside"})
    assert refused.status_code == 403
    session.commit()
    assert session.get_one(SurveyResponse, FIRST).set_aside is SetAsideReason.SAFEGUARDING


def test_undo_puts_the_themes_back(
    session: Session, owner: FlaskClient, theme: Theme, said: SurveyResponse
) -> None:
    other = make.make_theme(session, theme.consultation)
    make.make_coding(session, said, other)
    hear = HEAR.format(theme.consultation_id)
    saved = owner.post(f"{hear}?response={FIRST}", data={"theme": theme.id})
    assert coded_to(session, FIRST) == {theme.id}
    assert f"was={other.id}" in saved.headers["Location"]
    owner.post(f"{hear}/undo", data={"after": str(FIRST), "did": "coded", "was": f"{other.id}"})
    assert coded_to(session, FIRST) == {other.id}


@pytest.mark.parametrize("sent", [{}, {"after": "x"}, {"after": str(uuid4()), "did": "coded"}])
def test_undo_says_when_there_is_nothing_to_undo(
    owner: FlaskClient, consultation: Consultation, sent: dict[str, str]
) -> None:
    answer = owner.post(HEAR.format(consultation.id) + "/undo", data=sent)
    assert answer.status_code == 404 and "nothing to undo" in answer.text


def test_table_lists_answers_with_their_themes(
    session: Session, owner: FlaskClient, theme: Theme, said: SurveyResponse, survey: Survey
) -> None:
    make.make_coding(session, said, theme)
    make.make_response(session, survey)
    page = owner.get(TABLE.format(theme.consultation_id)).text
    assert "I miss the last bus &lt;b&gt;" in page and "2 answers" in page
    assert '<span class="chip">The bus stops too early</span>' in page
    assert "Nothing was answered." in page and "Not heard yet</span>" in page


def test_table_never_shows_a_worry(
    session: Session, owner: FlaskClient, theme: Theme, question: Question
) -> None:
    make.make_response(
        session,
        question.survey,
        answers={question: "something private"},
        set_aside=SetAsideReason.SAFEGUARDING,
        set_aside_on=TODAY,
    )
    for seek in ("", "?q=private", "?show=unheard"):
        page = owner.get(TABLE.format(theme.consultation_id) + seek).text
        assert "something private" not in page


@pytest.mark.parametrize(
    ("seek", "told"),
    [
        ("?q=LAST", "I miss the last bus"),
        ("?q=train", "No answer fits."),
        ("?show=unheard", "Every answer is heard."),
        ("?show=999999999999999999999", "I miss the last bus"),
        ("?show=²&page=x&q=%00", "I miss the last bus"),
        ("?page=-4", "I miss the last bus"),
        ("?page=77777777777", "I miss the last bus"),
        ("?show=4711", "No answer fits."),
    ],
)
def test_table_seeks_what_the_address_says(
    session: Session,
    owner: FlaskClient,
    theme: Theme,
    said: SurveyResponse,
    seek: str,
    told: str,
) -> None:
    make.make_coding(session, said, theme)
    assert told in owner.get(TABLE.format(theme.consultation_id) + seek).text


def test_table_turns_pages_and_keeps_what_is_sought(
    session: Session, owner: FlaskClient, theme: Theme, survey: Survey
) -> None:
    for _ in range(101):
        make.make_response(session, survey)
    page = owner.get(TABLE.format(theme.consultation_id) + "?show=unheard&page=2").text
    assert "page 2 of 3" in page
    assert "show=unheard&amp;page=3" in page and 'rel="prev"' in page


def test_table_codes_many_at_once_and_says_so(
    session: Session, owner: FlaskClient, theme: Theme, said: SurveyResponse, survey: Survey
) -> None:
    make.make_response(session, survey, id=SECOND)
    answer = owner.post(
        TABLE.format(theme.consultation_id) + "?show=unheard",
        data={
            "response": [str(FIRST), str(SECOND)],
            "theme": theme.id,
            "new_theme": "A later bus",
            "do": "code",
        },
    )
    assert answer.headers["Location"].endswith("/answers?show=unheard")
    assert len(coded_to(session, FIRST)) == len(coded_to(session, SECOND)) == 2
    page = owner.get(answer.headers["Location"]).text
    assert "2 answers put with “The bus stops too early” and “A later bus”." in page


def test_table_takes_out_of_a_theme(
    session: Session, owner: FlaskClient, theme: Theme, said: SurveyResponse
) -> None:
    make.make_coding(session, said, theme)
    address = TABLE.format(theme.consultation_id)
    owner.post(address, data={"response": str(FIRST), "theme": theme.id, "do": "uncode"})
    assert coded_to(session, FIRST) == set()
    assert "1 answer taken out of “The bus stops too early”." in owner.get(address).text


@pytest.mark.parametrize(
    ("reason", "told"),
    [("blank", "You can take them back"), ("safeguarding", "Only the safeguarding lead")],
)
def test_table_sets_many_aside(
    session: Session,
    owner: FlaskClient,
    theme: Theme,
    said: SurveyResponse,
    reason: str,
    told: str,
) -> None:
    make.make_coding(session, said, theme)
    address = TABLE.format(theme.consultation_id)
    owner.post(address, data={"response": str(FIRST), "reason": reason, "do": "aside"})
    assert coded_to(session, FIRST) == set()
    assert session.get_one(SurveyResponse, FIRST).set_aside is SetAsideReason(reason)
    page = owner.get(address).text
    assert f"1 answer set aside. {told}" in page and "No answers yet" in page


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [
        ({"do": "code", "theme": "THEME"}, "Tick the answers first"),
        ({"do": "code", "response": str(FIRST)}, "Choose at least one theme"),
        ({"do": "uncode", "response": str(FIRST), "new_theme": "x"}, "Choose at least one theme"),
        ({"do": "uncode", "response": "x", "theme": "THEME"}, "Tick the answers first"),
        ({"do": "aside", "response": str(FIRST), "reason": "because"}, "Choose why from"),
        ({"do": "code", "response": str(FIRST), "new_theme": "x" * 201}, "1 too many"),
        ({"do": "code", "response": str(FIRST), "theme": "0"}, "One of the themes is gone"),
    ],
)
def test_table_says_what_is_wrong_and_keeps_the_ticks(
    session: Session,
    owner: FlaskClient,
    theme: Theme,
    said: SurveyResponse,
    sent: dict[str, str],
    complaint: str,
) -> None:
    data = {key: str(theme.id) if value == "THEME" else value for key, value in sent.items()}
    page = owner.post(TABLE.format(theme.consultation_id), data=data).text
    assert complaint in page
    assert (f'value="{FIRST}" checked' in page) is (sent.get("response") == str(FIRST))
    assert coded_to(session, FIRST) == set()


def test_table_does_nothing_to_answers_of_another_consultation(
    session: Session, owner: FlaskClient, theme: Theme
) -> None:
    elsewhere = make.make_survey(session, make.make_closed_consultation(session))
    make.make_response(session, elsewhere, id=SECOND)
    address = TABLE.format(theme.consultation_id)
    data = {"response": str(SECOND), "theme": theme.id, "do": "code"}
    assert "No answers yet" in owner.post(address, data=data).text
    assert coded_to(session, SECOND) == set()


@pytest.mark.parametrize("page", [HEAR, TABLE, THEMES])
def test_pages_ask_the_database_as_often_for_three_rows_as_for_one(
    session: Session, owner: FlaskClient, question: Question, page: str
) -> None:
    address = page.format(question.survey.consultation_id)

    def asked() -> int:
        response = make.make_response(session, question.survey, answers={question: "More"})
        theme = make.make_theme(session, question.survey.consultation)
        make.make_coding(session, response, theme)
        make.make_response(session, question.survey, answers={question: "Less"})
        session.commit()
        with counted(session) as statements:
            assert owner.get(address).status_code == 200
        return len(statements)

    first = asked()
    asked()
    assert asked() == first


def test_index_lists_themes_with_their_counts(
    session: Session, owner: FlaskClient, theme: Theme, said: SurveyResponse
) -> None:
    make.make_coding(session, said, theme)
    page = owner.get(THEMES.format(theme.consultation_id)).text
    assert "<strong>The bus stops too early</strong>" in page and ">1 answer<" in page


def test_index_says_what_to_do_without_themes(
    owner: FlaskClient, consultation: Consultation
) -> None:
    assert "No themes yet." in owner.get(THEMES.format(consultation.id)).text


def test_index_adds_a_theme(
    session: Session, owner: FlaskClient, consultation: Consultation
) -> None:
    address = THEMES.format(consultation.id)
    assert owner.post(address, data={"statement": "A later bus"}).headers["Location"] == address
    assert "The theme is in the list." in owner.get(address).text
    assert session.scalars(select(Theme.statement)).all() == ["A later bus"]


def test_index_refuses_an_empty_theme(
    session: Session, owner: FlaskClient, consultation: Consultation
) -> None:
    page = owner.post(THEMES.format(consultation.id), data={"statement": " \0 "}).text
    assert "Write the theme as a young person would say it" in page
    assert session.scalars(select(Theme)).all() == []


def test_edit_changes_the_words(session: Session, owner: FlaskClient, theme: Theme) -> None:
    address = f"/staff/themes/{theme.id}/edit"
    assert 'value="The bus stops too early"' in owner.get(address).text
    owner.post(address, data={"statement": "We want a later bus"})
    session.refresh(theme)
    assert theme.statement == "We want a later bus"


def test_edit_refuses_the_words_of_another_theme(
    session: Session, owner: FlaskClient, theme: Theme
) -> None:
    make.make_theme(session, theme.consultation, statement="A later bus")
    page = owner.post(f"/staff/themes/{theme.id}/edit", data={"statement": "a later bus"}).text
    assert "Merge the two" in page and 'value="a later bus"' in page
    session.refresh(theme)
    assert theme.statement == "The bus stops too early"


def test_move_changes_the_order(session: Session, owner: FlaskClient, theme: Theme) -> None:
    make.make_theme(session, theme.consultation, statement="A later bus", position=1)
    address = THEMES.format(theme.consultation_id)
    for step, first in (("down", "A later bus"), ("up", "The bus stops too early")):
        answer = owner.post(f"/staff/themes/{theme.id}/move", data={"step": step})
        assert answer.headers["Location"] == address
        listed = owner.get(address).text
        places = [listed.index(f"<strong>{s}") for s in ("A later bus", "The bus stops too early")]
        assert (places[0] < places[1]) is (first == "A later bus")


def test_remove_says_what_it_undoes_and_asks(
    session: Session, owner: FlaskClient, theme: Theme, said: SurveyResponse
) -> None:
    make.make_coding(session, said, theme)
    theme_id, themes = theme.id, THEMES.format(theme.consultation_id)
    address = f"/staff/themes/{theme_id}/delete"
    page = owner.get(address).text
    assert "1 of them says nothing else and will be unheard again" in page
    assert coded_to(session, FIRST) == {theme_id}
    owner.post(address, data={"warned": "y"})
    assert coded_to(session, FIRST) == set()
    assert "The theme is deleted." in owner.get(themes).text


def test_remove_refuses_when_an_answer_was_coded_meanwhile(
    session: Session, owner: FlaskClient, theme: Theme, said: SurveyResponse
) -> None:
    address = f"/staff/themes/{theme.id}/delete"
    assert "No answer is coded to it." in owner.get(address).text
    make.make_coding(session, said, theme)
    answer = owner.post(address, data={"do": "delete"})
    assert answer.status_code == 409 and "Answers are coded to this theme" in answer.text
    assert coded_to(session, FIRST) == {theme.id}


def test_remove_says_when_all_stay_heard(
    session: Session, owner: FlaskClient, theme: Theme, said: SurveyResponse
) -> None:
    for coded in (theme, make.make_theme(session, theme.consultation)):
        make.make_coding(session, said, coded)
    page = owner.get(f"/staff/themes/{theme.id}/delete").text
    assert "All of them are coded to another theme too" in page


def test_every_page_with_answers_of_the_demo_says_that_they_are_made_up(
    owner: FlaskClient, consultation: Consultation
) -> None:
    pages = [page.format(consultation.id) for page in (HEAR, TABLE, THEMES)]
    pages.append(f"/staff/consultations/{consultation.id}/actions")
    assert all("Made-up answers" not in owner.get(page).text for page in pages)
    consultation.is_synthetic = True
    assert all("Made-up answers" in owner.get(page).text for page in pages)
