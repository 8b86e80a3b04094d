"""Larger letters, stronger colours and a voice on the phone form, in a real Chromium."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests import factories as make
from tests.browser import fill_in, press
from tests.conftest import OpenPage
from tests.surveys.asked import choices
from tracker.surveys.models import Survey

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

# A machine that runs tests has no voices: this stands in for the browser's own speech, with one
# voice on the phone and one that would send the words elsewhere.
VOICES = """
window.said = [];
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
const speech = new EventTarget();
speech.getVoices = () => [
  { lang: "en-US", localService: true, name: "US" },
  { lang: "en-GB", localService: true, name: "GB" },
  { lang: "cy-GB", localService: false, name: "far away" },
];
speech.speak = (each) => window.said.push([each.text, each.lang, each.voice.name]);
speech.cancel = () => window.said.push("silence");
Object.defineProperty(window, "speechSynthesis", { value: speech });
"""


@pytest.fixture
def survey(session: Session) -> Survey:
    make.make_organisation(session)
    consultation = make.make_open_consultation(session, title="The club")
    survey = make.make_survey(session, consultation, code="abc234")
    make.make_question(
        session, survey, kind="one_choice", text="How often?", settings=choices("Always", "Never")
    )
    make.make_question(session, survey, text="What should change?")
    session.commit()
    return survey


def look(page: Page) -> tuple[str, str]:
    """Size of the letters and colour of the paper, as the browser has them."""
    size = "getComputedStyle(document.documentElement).fontSize"
    paper = "getComputedStyle(document.body).backgroundColor"
    return str(page.evaluate(size)), str(page.evaluate(paper))


@pytest.mark.parametrize("script", [True, False])
def test_letters_and_colours_change_at_a_tick_and_stay_through_sending(
    survey: Survey, open_page: OpenPage, script: bool
) -> None:
    page = open_page("/s/abc234", script=script)
    before = look(page)

    page.get_by_text("Make it easier to read").last.click()
    page.get_by_label("Larger letters").check()
    page.get_by_label("Stronger colours").check()

    assert before[0] == "16px"
    assert look(page) == ("20.8px", "rgb(255, 255, 255)")
    if script:
        page.get_by_text("Make it easier to read").last.click()
    fill_in(page, {"q2": "Later"})
    press(page.get_by_role("button", name="Send", exact=True))
    assert page.locator(".receipt li").count() == 4
    assert look(page) == ("20.8px", "rgb(255, 255, 255)")


def test_voice_comes_when_asked_reads_a_question_and_falls_silent_with_the_next(
    survey: Survey, open_page: OpenPage
) -> None:
    page = open_page("/help")
    page.add_init_script(VOICES)
    page.goto("/s/abc234")
    page.get_by_role("link", name="Start").click()
    page.get_by_text("Make it easier to read").last.click()

    page.get_by_role("button", name="Add a voice that reads aloud").click()
    page.get_by_role("button", name="Read aloud").click()

    page.get_by_role("button", name="Stop reading").wait_for()
    said = page.evaluate("said.filter(each => each !== 'silence')")
    assert said == [[words, "en", "GB"] for words in ("How often?", "Always", "Never")]
    page.get_by_role("button", name="Next").click()
    assert page.evaluate("said.at(-1)") == "silence"
    expect(page.get_by_role("button", name="Stop reading")).to_have_count(0)


def test_voice_that_would_send_the_words_elsewhere_is_not_used(
    session: Session, survey: Survey, open_page: OpenPage
) -> None:
    page = open_page("/help")
    page.add_init_script(VOICES.replace("true", "false"))
    page.goto("/s/abc234")
    page.get_by_role("link", name="Start").click()
    page.get_by_text("Make it easier to read").last.click()

    page.get_by_role("button", name="Add a voice that reads aloud").click()

    expect(page.get_by_text("This phone has no voice for this language.")).to_be_visible()
    expect(page.get_by_role("button", name="Read aloud")).to_have_count(0)
