"""A survey is translated beside the original, and offered when it is complete."""

from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import SignIn
from tests.factories import NOW
from tracker.consultations.models import Consultation
from tracker.services.models import Organisation
from tracker.surveys.models import Question, Survey
from tracker.surveys.translated import language_for, languages_offered, progress_in

WELSH = {
    "about.title": "Y bws",
    "about.purpose": "Pam",
    "about.decision": "Beth",
    "about.decided_by": "Pwy",
    "about.not_up_for_change": "Yr adeilad",
    "about.readers": "Dau weithiwr",
    "survey.title": "Ein bws",
    "q1.text": "Sut wyt ti’n dod?",
    "q1.hint": "Dewisa un.",
    "q1.choice.c1": "Ar y bws",
    "q1.choice.c2": "Ar droed",
}


@pytest.fixture
def survey(session: Session) -> Survey:
    make.make_organisation(session)
    draft = make.make_consultation(session, title="The bus")
    made = make.make_survey(session, draft, title="Our bus", languages=["cy"], code="bus2345")
    choices = [{"key": "c1", "text": "By bus"}, {"key": "c2", "text": "On foot"}]
    make.make_question(
        session,
        made,
        kind="one_choice",
        text="How do you come?",
        hint="Choose one.",
        settings={"choices": choices},
    )
    return made


@pytest.fixture
def owner(survey: Survey, sign_in: SignIn) -> FlaskClient:
    assert survey.consultation.owner
    return sign_in(survey.consultation.owner)


def _address(survey: Survey, language: str = "cy") -> str:
    return f"/staff/surveys/{survey.id}/languages/{language}"


def _said(survey: Survey, session: Session) -> Any:
    session.expire_all()
    return session.get_one(Question, survey.questions[0].id).translations.get("cy", {})


def test_languages_show_how_far_each_is(owner: FlaskClient, survey: Survey) -> None:
    page = unescape(owner.get(f"/staff/surveys/{survey.id}/languages").text)

    assert "Written in English." in page
    assert "Not offered yet." in page
    assert "11 of 11 are missing." in page


def test_choose_languages_keeps_translations_of_one_left_out(
    owner: FlaskClient, survey: Survey, session: Session
) -> None:
    owner.post(_address(survey), data={"q1.text": "Sut wyt ti’n dod?"})
    choose = f"/staff/surveys/{survey.id}/languages"

    assert owner.post(choose, data={"written_in": "en", "languages": ["ar"]}).status_code == 302
    session.expire_all()
    assert survey.languages == ["ar"]
    assert _said(survey, session)["text"]["is"] == "Sut wyt ti’n dod?"

    owner.post(choose, data={"written_in": "cy", "languages": ["cy", "pl"]})
    session.expire_all()
    assert (survey.consultation.language, survey.languages) == ("cy", ["pl"])

    refused = owner.post(choose, data={"written_in": "xx", "languages": ["yy"]})
    assert refused.status_code == 200
    assert "Choose from the list." in refused.text


def test_translate_shows_original_and_translation_with_their_languages(
    owner: FlaskClient, survey: Survey, session: Session
) -> None:
    survey.languages = ["cy", "ar"]
    page = unescape(owner.get(_address(survey, "ar")).text)

    assert '<p class="translate-original" lang="en" dir="ltr">How do you come?</p>' in page
    assert 'name="q1.choice.c2" rows="1" lang="ar" dir="rtl">' in page
    assert page.count('<strong class="translate-state">Missing</strong>') == 11


def test_translate_keeps_partial_work_and_says_what_is_missing(
    owner: FlaskClient, survey: Survey, session: Session
) -> None:
    answer = owner.post(_address(survey), data={"q1.text": "  Sut wyt ti’n dod?  "})

    assert answer.status_code == 302
    assert _said(survey, session)["text"] == {"of": "How do you come?", "is": "Sut wyt ti’n dod?"}
    page = unescape(owner.get(_address(survey)).text)
    assert "1 of 11 are done. 10 missing." in page.replace("<strong>", "").replace("</strong>", "")
    assert "Saved. You can go on later." in page
    assert languages_offered(survey) == ["en"]


def test_translate_offers_the_language_when_all_is_there(
    owner: FlaskClient, survey: Survey, session: Session, client: FlaskClient
) -> None:
    answer = owner.post(_address(survey), data=WELSH)
    assert "young people can choose Welsh" in owner.get(answer.location).text
    session.expire_all()
    assert progress_in(survey, "cy").is_complete
    assert languages_offered(survey) == ["en", "cy"]

    survey.consultation.opened_at = NOW
    page = unescape(client.get("/s/bus2345?lang=cy").text)

    for words in (*WELSH.values(), "Hepgor hwn"):
        assert words in page
    assert "How do you come?" not in page
    assert 'name="language" value="cy"' in page


def test_sentences_of_the_easy_read_are_translated_too(
    owner: FlaskClient, survey: Survey, session: Session, client: FlaskClient
) -> None:
    survey.questions[0].easy_read = {"": {"picture": "symbol:bus", "words": "Think of today."}}
    answer = owner.post(_address(survey), data=WELSH)
    assert "Saved. You can go on later." in owner.get(answer.location).text

    owner.post(_address(survey), data={"q1.easy.": "Meddylia am heddiw."})

    session.expire_all()
    assert languages_offered(survey) == ["en", "cy"]
    survey.consultation.opened_at = NOW
    page = unescape(client.get("/s/bus2345?lang=cy").text)
    assert "Meddylia am heddiw." in page
    assert "Think of today." not in page


def test_form_says_each_title_once_and_in_the_language_of_the_page(
    owner: FlaskClient, survey: Survey, session: Session, client: FlaskClient
) -> None:
    survey.title = survey.consultation.title
    owner.post(_address(survey), data=WELSH | {"survey.title": WELSH["about.title"]})
    easy = make.make_survey(session, survey.consultation, is_easy_read=True, code="easy234")
    make.make_question(session, easy)
    make.make_kiosk(session, survey, easy, token="token")
    session.expire_all()
    survey.consultation.opened_at = NOW

    page = client.get("/s/bus2345?lang=cy").text
    assert page.partition("<main")[2].count("Y bws") == 1
    assert '<a href="/s/bus2345?lang=cy">Y bws</a>' in client.get("/s/easy234?lang=cy").text
    home = client.get("/kiosk/token?lang=cy").text
    assert "<span>Y bws</span>" in home
    assert '<span lang="en" dir="ltr">A survey</span>' in home


def test_change_of_the_original_has_to_be_checked(
    owner: FlaskClient, survey: Survey, session: Session
) -> None:
    owner.post(_address(survey), data=WELSH)
    session.expire_all()
    survey.questions[0].text = "How do you get there?"
    page = unescape(owner.get(_address(survey)).text)
    assert "1 to be checked." in page
    assert "To be checked: the original has changed" in page
    assert '<del lang="en" dir="ltr">How do you come?</del>' in page

    owner.post(_address(survey), data=WELSH)  # saved along, not looked at
    session.expire_all()
    assert progress_in(survey, "cy").outdated == 1
    assert languages_offered(survey) == ["en"]

    owner.post(_address(survey), data=WELSH | {"q1.text.fits": "y"})
    session.expire_all()
    assert progress_in(survey, "cy").is_complete


def test_translate_refuses_what_is_too_long_and_keeps_it(
    owner: FlaskClient, survey: Survey, session: Session
) -> None:
    long = "Sut " * 1300
    page = owner.post(_address(survey), data={"q1.text": long, "q1.hint": "Dewisa un.\0\r\n"})

    assert page.status_code == 400
    assert "Make it shorter: 5,000 characters at most." in page.text
    assert long.strip() in page.text
    assert _said(survey, session) == {}


@pytest.mark.parametrize("language", ["pl", "en", "xx", "c" * 300])
def test_translate_knows_no_other_language(
    owner: FlaskClient, survey: Survey, language: str
) -> None:
    assert owner.get(_address(survey, language)).status_code == 404


def test_language_that_people_read_stays_and_another_can_still_come(
    owner: FlaskClient, survey: Survey, session: Session
) -> None:
    owner.post(_address(survey), data=WELSH)
    session.expire_all()
    survey.languages = ["cy", "pl"]
    survey.consultation.opened_at = NOW

    refused = owner.post(_address(survey), data=WELSH | {"q1.text": "Arall?"})
    assert refused.status_code == 409
    assert "its words stay as they are" in unescape(refused.text).replace("\n", " ")
    assert _said(survey, session)["text"]["is"] == "Sut wyt ti’n dod?"

    assert owner.post(_address(survey, "pl"), data={"q1.text": "Jak?"}).status_code == 302
    assert (
        owner.post(f"/staff/surveys/{survey.id}/languages", data={"written_in": "en"}).status_code
        == 409
    )


def test_gate_lists_languages_that_are_not_complete(owner: FlaskClient, survey: Survey) -> None:
    page = unescape(owner.get(f"/staff/consultations/{survey.consultation_id}/before-you-ask").text)

    assert "Languages that are not complete" in page
    assert f'href="/staff/surveys/{survey.id}/languages">Welsh, “Our bus”</a>: 11 of 11' in page


def test_preview_shows_a_language(owner: FlaskClient, survey: Survey) -> None:
    owner.post(_address(survey), data={"q1.text": "Sut wyt ti’n dod?"})
    page = unescape(owner.get(f"/staff/surveys/{survey.id}/preview?language=cy").text)

    assert '<html lang="cy"' in page
    assert "Sut wyt ti’n dod?" in page
    assert "By bus" in page  # not translated yet
    assert '<html lang="en"' in owner.get(f"/staff/surveys/{survey.id}/preview?language=xx").text


def test_language_switched_off_is_not_asked_for_and_its_words_are_kept(
    owner: FlaskClient, survey: Survey, session: Session
) -> None:
    owner.post(_address(survey), data={"q1.text": "Sut wyt ti’n dod?"})
    survey.languages = ["cy", "pl"]
    session.get_one(Organisation, 1).languages_off = ["ar", "cy"]
    choose = f"/staff/surveys/{survey.id}/languages"
    gate = f"/staff/consultations/{survey.consultation_id}/before-you-ask"

    page = unescape(owner.get(choose).text)
    assert "Switched off.</strong> Your organisation’s public pages don’t speak it." in page
    assert "Welsh (Cymraeg), switched off" in page
    assert 'value="ar"' not in page
    assert f'href="{_address(survey, "pl")}"' in page
    assert f'href="{_address(survey)}"' not in page
    unfinished = unescape(owner.get(gate).text)
    assert "Polish, “Our bus”" in unfinished and "Welsh, “Our bus”" not in unfinished

    for answer in (owner.get(_address(survey)), owner.post(_address(survey), data=WELSH)):
        assert answer.status_code == 409
        assert "Welsh is switched off for public pages" in unescape(answer.text)
    assert set(_said(survey, session)) == {"text"}
    refused = owner.post(choose, data={"written_in": "en", "languages": ["ar"]})
    assert refused.status_code == 200 and "Choose from the list." in refused.text


def test_survey_written_in_a_language_switched_off_cannot_open(
    owner: FlaskClient, survey: Survey, session: Session
) -> None:
    survey.consultation.language = "cy"
    session.get_one(Organisation, 1).languages_off = ["cy"]
    at = f"/staff/consultations/{survey.consultation_id}"

    words = "The questions are written in Welsh, which is switched off for public pages."
    assert words in unescape(owner.get(f"{at}/before-you-ask").text)
    owner.post(f"{at}/open")
    session.expire_all()
    assert survey.consultation.opened_at is None
    page = unescape(owner.get(f"/staff/surveys/{survey.id}/languages").text)
    assert "Welsh is switched off for your organisation’s public pages, so this can’t open." in page


def test_stranger_translates_nothing(survey: Survey, session: Session, sign_in: SignIn) -> None:
    stranger = sign_in(make.make_person(session))

    assert stranger.get(_address(survey)).status_code == 403
    assert stranger.post(_address(survey), data=WELSH).status_code == 403
    assert _said(survey, session) == {}


def test_copy_brings_its_translations(owner: FlaskClient, survey: Survey, session: Session) -> None:
    owner.post(_address(survey), data=WELSH)
    owner.post(f"/staff/surveys/{survey.id}/copy", data={"to": survey.consultation_id})

    copied = session.query(Survey).filter(Survey.id != survey.id).one()
    assert copied.languages == ["cy"]
    assert copied.questions[0].translations["cy"]["choice.c1"]["is"] == "Ar y bws"


def test_language_for_somebody_is_the_first_where_theirs_is_not_complete(
    session: Session, survey: Survey
) -> None:
    assert language_for(survey, "cy") == "en"
    survey.consultation.language = "cy"
    assert [language_for(survey, wanted) for wanted in ("cy", "en", "ar")] == ["cy"] * 3
    assert session.query(Consultation).one().language == "cy"
