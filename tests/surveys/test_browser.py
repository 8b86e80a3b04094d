"""The builder and the script of a survey's questions, in a real browser."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import OpenPage
from tests.surveys.asked import choices, only_if
from tracker.surveys.models import Survey

pytestmark = pytest.mark.browser

OpenAsOwner = Callable[..., Page]


@pytest.fixture
def open_as_owner(
    session: Session, owner: FlaskClient, open_page: OpenPage, live_server: str
) -> OpenAsOwner:
    """`open_as_owner(path, …)` opens a staff page, signed in."""
    owner.get("/staff/")
    cookie = owner.get_cookie("session")
    assert cookie is not None

    def opened(path: str, *, script: bool = True, width: int = 360, dark: bool = False) -> Page:
        session.commit()
        page = open_page("/help", script=script, width=width, dark=dark)
        page.context.add_cookies([{"name": "session", "value": cookie.value, "url": live_server}])
        page.goto(path)
        return page

    return opened


@pytest.fixture
def ranking(session: Session, survey: Survey) -> str:
    """The address of the preview of a survey that ends with a list to put in order."""
    settings = choices("Longer opening", "A quiet room", "Better food")
    make.make_question(session, survey, kind="ranking", text="What first?", settings=settings)
    return f"/staff/surveys/{survey.id}/preview"


def order(page: Page) -> list[str]:
    return page.locator(".rank-text").all_inner_texts()


def numbers(page: Page) -> list[str]:
    """What the form would send, in the order of the choices' keys."""
    return [page.locator(f'select[name="q4.c{n}"]').input_value() for n in (1, 2, 3)]


def test_a_question_appears_with_the_answer_it_depends_on(
    open_as_owner: OpenAsOwner, survey: Survey
) -> None:
    page = open_as_owner(f"/staff/surveys/{survey.id}/preview")
    dependent = page.locator("#q2")
    expect(dependent).to_be_hidden()

    page.get_by_label("Sometimes").check()
    expect(dependent).to_be_visible()
    expect(dependent.locator(".question-if")).to_be_hidden()
    dependent.get_by_role("textbox").fill("Too far")

    page.get_by_label("Never").check()
    expect(dependent).to_be_hidden()

    page.get_by_label("Sometimes").check()
    expect(dependent.get_by_role("textbox")).to_have_value("Too far")


def test_a_chain_of_conditions_closes_behind_its_first_answer(
    session: Session, open_as_owner: OpenAsOwner, survey: Survey
) -> None:
    make.make_question(
        session,
        survey,
        kind="several_choices",
        text="Which?",
        settings=choices("This", "That"),
        show_if=only_if("q1", "c3"),
    )
    make.make_question(session, survey, text="Why that?", show_if=only_if("q4", "c2"))
    page = open_as_owner(f"/staff/surveys/{survey.id}/preview")

    page.get_by_label("Never").check()
    page.get_by_label("That", exact=True).check()
    expect(page.locator("#q5")).to_be_visible()

    page.get_by_label("Always").check()
    expect(page.locator("#q4")).to_be_hidden()
    expect(page.locator("#q5")).to_be_hidden()


def test_without_script_conditions_stand_in_words(
    open_as_owner: OpenAsOwner, survey: Survey
) -> None:
    page = open_as_owner(f"/staff/surveys/{survey.id}/preview", script=False)

    expect(page.locator("#q2")).to_be_visible()
    expect(page.get_by_text("Only if you chose “Sometimes” above.")).to_be_visible()


def test_a_list_is_put_in_order_by_keyboard(open_as_owner: OpenAsOwner, ranking: str) -> None:
    page = open_as_owner(ranking)
    assert numbers(page) == ["", "", ""]  # looking at a list is no answer
    up = page.get_by_role("button", name="Move up: Better food")

    up.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".rank-status[role=status]")).to_have_text(
        "Better food is now number 2 of 3."
    )
    expect(up).to_be_focused()
    page.keyboard.press("Space")

    expect(page.locator(".rank-status[role=status]")).to_have_text(
        "Better food is now number 1 of 3."
    )
    assert order(page) == ["Better food", "Longer opening", "A quiet room"]
    assert numbers(page) == ["2", "3", "1"]
    expect(up).to_be_focused()
    expect(up).to_have_attribute("aria-disabled", "true")

    page.keyboard.press("Enter")
    assert numbers(page) == ["2", "3", "1"]

    page.get_by_role("button", name="Move down: Better food").click()
    assert numbers(page) == ["1", "3", "2"]


def test_a_list_can_be_right_as_it_is_and_be_left_again(
    open_as_owner: OpenAsOwner, ranking: str
) -> None:
    page = open_as_owner(ranking)
    keep = page.get_by_role("button", name="It is right like this")
    clear = page.get_by_role("button", name="Leave it without an order")
    expect(clear).to_be_hidden()

    keep.focus()
    page.keyboard.press("Enter")
    assert numbers(page) == ["1", "2", "3"]
    expect(keep).to_be_hidden()
    expect(clear).to_be_focused()

    page.keyboard.press("Enter")
    assert numbers(page) == ["", "", ""]
    expect(keep).to_be_focused()
    expect(page.locator(".rank-status[role=status]")).to_have_text("No order is saved.")


def test_without_script_a_list_takes_numbers(open_as_owner: OpenAsOwner, ranking: str) -> None:
    page = open_as_owner(ranking, script=False)

    page.get_by_label("Better food").select_option("1")

    assert numbers(page) == ["", "", "1"]
    expect(page.get_by_text("Give each one a number.")).to_be_visible()


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("script", [True, False])
def test_no_page_scrolls_sideways(
    session: Session,
    open_as_owner: OpenAsOwner,
    survey: Survey,
    ranking: str,
    width: int,
    script: bool,
) -> None:
    survey.questions[0].settings = choices("x" * 150, "Sometimes", "Never")
    survey.questions[2].text = "y" * 300
    builder = f"/staff/surveys/{survey.id}"

    for path in (ranking, builder, f"/staff/questions/{survey.questions[1].id}"):
        page = open_as_owner(path, script=script, width=width)
        wide = page.locator("html").evaluate("html => html.scrollWidth - html.clientWidth")
        assert wide <= 0, path


@pytest.mark.parametrize("script", [True, False])
def test_moving_a_question_keeps_the_focus_on_the_button(
    open_as_owner: OpenAsOwner, survey: Survey, script: bool
) -> None:
    page = open_as_owner(f"/staff/surveys/{survey.id}", script=script, width=1280)

    page.get_by_role("button", name="Move up question 3 of 3: Anything else?").focus()
    page.keyboard.press("Enter")

    expect(
        page.get_by_role("button", name="Move up question 2 of 3: Anything else?")
    ).to_be_focused()
    phone = page.frame_locator("iframe")
    expect(phone.locator(".question-text").nth(1)).to_have_text("Anything else?")


@pytest.mark.parametrize("script", [True, False])
def test_a_question_is_built_with_its_condition(
    open_as_owner: OpenAsOwner, survey: Survey, script: bool
) -> None:
    page = open_as_owner(f"/staff/surveys/{survey.id}", script=script)

    page.get_by_role("link", name="Scale").click()
    page.get_by_label("Question").fill("How is the food?")
    expect(page.get_by_label("Never")).to_be_hidden()
    page.get_by_label("Only for some answers to “How often?”").check()
    page.get_by_label("Never").check()
    page.get_by_role("button", name="Add the question").click()

    expect(page.get_by_text("Shown only if they chose “Never” in question 1.")).to_be_visible()
    expect(page.get_by_text("Scale of 5 faces")).to_be_visible()


@pytest.mark.one_database
def test_a_symbol_keeps_its_ink_in_the_dark(session: Session, open_page: OpenPage) -> None:
    survey = make.make_survey(
        session, make.make_open_consultation(session), code="easy234", is_easy_read=True
    )
    easy = {"": {"picture": "symbol:bus", "words": ""}}
    make.make_question(session, survey, easy_read=easy)
    session.commit()

    page = open_page("/s/easy234", script=False, dark=True)

    stroke = page.locator(".picture svg").evaluate("(svg) => getComputedStyle(svg).stroke")
    assert stroke == "rgb(29, 36, 51)"


def test_wording_help_follows_while_somebody_types(
    open_as_owner: OpenAsOwner, survey: Survey
) -> None:
    page = open_as_owner(f"/staff/surveys/{survey.id}/questions/new/long_text")
    findings = page.locator(".wording__list > li")
    expect(findings).to_have_count(0)

    page.get_by_label("Question", exact=True).fill("Don't you agree that the bus is great?")

    expect(findings.first).to_be_visible()
    said = page.locator(".wording__status").inner_text()
    page.get_by_label("Question", exact=True).fill("What do you think of the bus?")
    expect(findings).to_have_count(0)
    assert page.locator(".wording__status").inner_text() != said
