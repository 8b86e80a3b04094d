"""The phone form walked one screen at a time, in a real Chromium."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.browser import fill_in, press
from tests.conftest import OpenPage
from tests.surveys.asked import choices, only_if
from tracker.responses.models import Answer
from tracker.surveys.models import Survey

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


@pytest.fixture
def survey(session: Session) -> Survey:
    """How often · (not always) what keeps you away · a list to order · what first · a number."""
    make.make_organisation(session)
    consultation = make.make_open_consultation(session, title="The club")
    survey = make.make_survey(session, consultation, code="abc234")
    often = choices("Always", "Sometimes", "Never")
    make.make_question(session, survey, kind="one_choice", text="How often?", settings=often)
    make.make_question(
        session, survey, kind="short_text", text="Why?", show_if=only_if("q1", "c2", "c3")
    )
    order = choices("Music", "Food")
    make.make_question(session, survey, kind="ranking", text="What first?", settings=order)
    make.make_question(session, survey, text="What should change?", is_required=True)
    make.make_question(
        session, survey, kind="number", text="How old?", settings={"smallest": 5, "largest": 25}
    )
    session.commit()
    return survey


def heading(page: Page) -> str:
    """What has the focus, and so is read out."""
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def stored(session: Session) -> dict[int, object]:
    session.rollback()
    return {answer.question_id: answer.value for answer in session.scalars(select(Answer))}


def test_keyboard_alone_walks_from_start_to_receipt(
    session: Session, survey: Survey, open_page: OpenPage
) -> None:
    page = open_page("/s/abc234")
    keys = page.keyboard

    page.get_by_role("link", name="Start").focus()
    keys.press("Enter")
    assert heading(page) == "How often?"
    assert page.title().startswith("How often? – 1 of 4 – The club")
    for key in ("Tab", "Space", "ArrowDown"):
        keys.press(key)
    expect(page.locator(".step-count")).to_have_text("1 of 5")
    keys.press("Enter")  # on a choice: the same as Next
    assert heading(page) == "Why?"
    keys.press("Tab")
    keys.type("Too far")
    keys.press("Enter")
    assert heading(page) == "What first?"
    page.get_by_role("button", name="Move up: Food").press("Enter")
    page.get_by_role("button", name="Next").press("Enter")
    assert heading(page) == "What should change?"
    expect(page.get_by_role("button", name="Skip this one")).to_be_hidden()
    page.get_by_role("button", name="Next").press("Enter")
    assert heading(page) == "We need an answer to this one. Write something here."
    keys.press("Tab")
    keys.type("Later\nbuses")
    keys.press("Tab")
    keys.press("Enter")
    assert heading(page) == "How old?"
    keys.press("Tab")
    keys.type("ten")
    keys.press("Enter")
    assert heading(page) == "Write just a number here, like 7."
    page.get_by_role("button", name="Skip this one").press("Enter")

    assert heading(page) == "Check your answers"
    assert page.locator("#check dd.kept").all_inner_texts() == [
        "Sometimes",
        "Too far",
        "1. Food\n2. Music",
        "Later\nbuses",
        "No answer",
    ]
    with page.expect_navigation():
        page.get_by_role("button", name="Send").press("Enter")
    assert page.locator("h1").inner_text() == "Thank you. We have your answer."
    assert stored(session) == {1: "c2", 2: "Too far", 3: ["c2", "c1"], 4: "Later\nbuses"}


def test_what_no_longer_applies_is_kept_and_not_sent(
    session: Session, survey: Survey, open_page: OpenPage
) -> None:
    page = open_page("/s/abc234")
    fill_in(page, {"q1": 2, "q2": "Too far", "q4": "Buses"})

    page.get_by_role("button", name="Change: How often?").click()
    page.get_by_label("Always").check()
    page.get_by_role("button", name="Next").click()

    assert heading(page) == "Check your answers"  # nothing else is asked again
    assert "Why?" not in page.locator("#check").inner_text()
    assert page.input_value("[name=q2]") == "Too far"
    with page.expect_request("**/s/abc234?sent=") as sent:
        press(page.get_by_role("button", name="Send"))
    assert "q2" not in (sent.value.post_data or "")
    assert stored(session) == {1: "c1", 4: "Buses"}


def test_skipping_takes_an_answer_back_until_somebody_says_next(
    session: Session, survey: Survey, open_page: OpenPage
) -> None:
    page = open_page("/s/abc234")
    fill_in(page, {"q1": 2, "q2": "Too far", "q4": "Buses"})
    page.get_by_role("button", name="Change: How often?").click()
    page.get_by_role("button", name="Skip this one").click()

    said = page.locator("#check dd.kept")
    expect(said).to_have_text(["No answer", "No answer", "Buses", "No answer"])
    page.goto("/help")
    page.go_back()
    expect(said).to_have_text(["No answer", "No answer", "Buses", "No answer"])
    page.get_by_role("button", name="Change: How often?").click()
    assert page.get_by_label("Never").is_checked()
    page.get_by_role("button", name="Next").click()
    assert page.input_value("[name=q2]") == "Too far"  # asked again, for it applies again
    page.get_by_role("button", name="Next").click()

    expect(said).to_have_text(["Never", "Too far", "No answer", "Buses", "No answer"])


def test_back_loses_nothing_in_the_form_or_from_another_page(
    survey: Survey, open_page: OpenPage
) -> None:
    page = open_page("/s/abc234")
    page.get_by_role("link", name="Start").click()
    page.get_by_label("Never").check()
    page.get_by_role("button", name="Next").click()
    page.fill("[name=q2]", "Too far")
    page.get_by_role("button", name="Next").click()

    page.go_back()
    assert heading(page) == "Why?"
    page.goto("/help")
    page.go_back()
    assert page.locator(".question:visible h2").inner_text() == "Why?"
    assert page.input_value("[name=q2]") == "Too far"
    page.get_by_role("button", name="Back").click()
    assert page.get_by_label("Never").is_checked()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("link", name="Start")).to_be_visible()
    page.go_forward()
    assert heading(page) == "How often?"


def test_form_that_the_browser_has_emptied_begins_at_its_start(
    survey: Survey, open_page: OpenPage
) -> None:
    page = open_page("/s/abc234")
    fill_in(page, {"q1": 2, "q4": "Buses"})

    page.reload()

    assert page.input_value("[name=q4]") == ""  # Chromium's reload forgets; Firefox's doesn't
    expect(page.get_by_role("link", name="Start")).to_be_visible()
    expect(page.locator("#check")).to_be_hidden()


def test_refused_form_opens_at_its_mistakes_one_after_the_other(
    session: Session, survey: Survey, open_page: OpenPage
) -> None:
    make.make_question(session, survey, kind="yes_no", text="Would you come?", is_required=True)
    session.commit()
    page = open_page("/s/abc234")
    fill_in(page, {"q1": 0, "q4": "Buses", "q5": "99", "q6": 0})
    page.locator("[data-survey]").evaluate("form => form.q6.forEach(each => each.checked = false)")
    press(page.get_by_role("button", name="Send"))

    assert heading(page) == "How old?"
    expect(page.get_by_text("Nothing is lost: what you wrote is still here.")).to_be_visible()
    expect(page.get_by_text("Write a number from 5 to 25.").last).to_be_visible()
    page.fill("[name=q5]", "9")
    page.get_by_role("button", name="Next").click()
    assert heading(page) == "Would you come?"
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Next").click()
    assert heading(page) == "Check your answers"
    press(page.get_by_role("button", name="Send"))

    assert stored(session) == {1: "c1", 4: "Buses", 5: 9, 6: "yes"}


def test_next_and_skip_weigh_the_same(survey: Survey, open_page: OpenPage) -> None:
    page = open_page("/s/abc234")
    page.get_by_role("link", name="Start").click()

    looks = page.locator(".step-nav button").evaluate_all(
        """all => all.map(each => {
          const { width, height } = each.getBoundingClientRect();
          const { backgroundColor, color, fontWeight } = getComputedStyle(each);
          return [Math.round(width), Math.round(height), backgroundColor, color, fontWeight];
        })"""
    )

    assert len(looks) == 2
    assert looks[0] == looks[1]
