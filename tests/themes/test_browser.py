"""Hearing and answering in a real browser: by keys alone, without script, on a phone."""

from collections.abc import Callable
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests import factories as make
from tests.browser import press
from tests.conftest import OpenPage, SignIn
from tracker.consultations.models import Consultation

pytestmark = pytest.mark.browser

OpenAsOwner = Callable[..., Page]
ANSWERS = ("I miss the last bus", "It is too dark", "The bus is late and it is dark")


@pytest.fixture
def consultation(session: Session) -> Consultation:
    """Three answers, none heard yet, and two themes."""
    make.make_organisation(session)
    consultation = make.make_closed_consultation(session)
    question = make.make_question(session, make.make_survey(session, consultation))
    for number, words in enumerate(ANSWERS, start=1):
        make.make_response(session, question.survey, id=UUID(int=number), answers={question: words})
    for position, words in enumerate(("The bus stops too early", "More light")):
        make.make_theme(session, consultation, statement=words, position=position)
    return consultation


@pytest.fixture
def open_as_owner(
    session: Session,
    consultation: Consultation,
    sign_in: SignIn,
    open_page: OpenPage,
    live_server: str,
) -> OpenAsOwner:
    """`open_as_owner("hear", …)` opens a page of the consultation, signed in as its owner."""
    assert consultation.owner is not None
    browser = sign_in(consultation.owner)
    browser.get("/staff/")
    cookie = browser.get_cookie("session")
    assert cookie is not None
    base = f"/staff/consultations/{consultation.id}/"

    def opened(path: str, **how: object) -> Page:
        session.commit()
        page = open_page("/help", **how)
        page.context.add_cookies([{"name": "session", "value": cookie.value, "url": live_server}])
        page.goto(base + path)
        return page

    return opened


def test_hear_goes_by_keys_alone(open_as_owner: OpenAsOwner) -> None:
    page = open_as_owner("hear", width=1280)
    words, first, second = (
        page.locator(".hear__words"),
        page.get_by_label("bus"),
        page.get_by_label("light"),
    )
    page.keyboard.press("1")
    expect(first).to_be_checked()
    page.keyboard.press("2")
    page.keyboard.press("1")
    expect(first).not_to_be_checked()
    expect(second).to_be_checked()
    page.keyboard.press("Enter")
    expect(words).to_have_text(ANSWERS[1])
    expect(page.locator(".coverage")).to_contain_text("1 of 3 answers heard")
    expect(page.locator("[data-keys]")).to_be_visible()  # the script has heard of this page
    page.keyboard.press("ArrowLeft")
    expect(words).to_have_text(ANSWERS[0])
    expect(page.locator("[data-keys]")).to_be_visible()
    expect(page.get_by_label("light")).to_be_checked()
    page.keyboard.press("ArrowRight")
    expect(words).to_have_text(ANSWERS[1])


def test_hear_leaves_typed_numbers_alone(open_as_owner: OpenAsOwner) -> None:
    page = open_as_owner("hear", width=1280)
    page.get_by_label("A new theme").fill("")
    page.get_by_label("A new theme").press_sequentially("2 buses")
    expect(page.get_by_label("light")).not_to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_label("2 buses")).to_be_visible()


def test_hear_keys_can_be_switched_off_for_good(open_as_owner: OpenAsOwner) -> None:
    page = open_as_owner("hear", width=1280)
    page.locator("[data-keys-on]").uncheck()
    page.locator("h1").click()
    page.keyboard.press("1")
    expect(page.get_by_label("bus")).not_to_be_checked()
    page.reload()
    page.keyboard.press("1")
    expect(page.get_by_label("bus")).not_to_be_checked()
    expect(page.locator(".toggle__key").first).to_be_hidden()


def test_hear_works_without_script_and_undoes(open_as_owner: OpenAsOwner) -> None:
    page = open_as_owner("hear", script=False)
    expect(page.locator(".hear__keys")).to_be_hidden()
    page.get_by_label("bus").check()
    page.get_by_role("button", name="Save, next answer").click()
    expect(page.locator(".hear__words")).to_have_text(ANSWERS[1])
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".hear__words")).to_have_text(ANSWERS[0])
    expect(page.locator(".coverage")).to_contain_text("0 of 3 answers heard")


def test_table_ticks_all_and_codes_them(open_as_owner: OpenAsOwner) -> None:
    page = open_as_owner("answers", width=1280)
    page.get_by_label("Tick all on this page").check()
    page.get_by_label("light").check()
    page.get_by_role("button", name="Put with these themes").click()
    expect(page.get_by_role("status")).to_have_text("3 answers put with “More light”.")
    expect(page.locator(".coverage")).to_contain_text("3 of 3 answers heard")


def test_action_shows_only_the_boxes_its_outcome_needs(open_as_owner: OpenAsOwner) -> None:
    page = open_as_owner("actions/new")
    expect(page.get_by_label("By when?")).to_be_hidden()
    page.get_by_label("We will, by").check()
    expect(page.get_by_label("By when?")).to_be_visible()
    page.get_by_label("We can't").check()
    expect(page.get_by_label("By when?")).to_be_hidden()
    expect(page.get_by_label("Who decided?")).to_be_visible()
    expect(page.get_by_text("We can't put in a pool this year.")).to_be_visible()


def test_action_shows_every_box_without_script(open_as_owner: OpenAsOwner) -> None:
    page = open_as_owner("actions/new", script=False)
    for label in ("By when?", "Since when", "Who decided?", "To whom?"):
        expect(page.get_by_label(label)).to_be_visible()
    expect(page.get_by_role("heading", name="If it is still to be done")).to_be_visible()


@pytest.mark.parametrize("path", ["hear", "answers", "themes", "actions", "actions/new"])
def test_pages_are_found_sound_by_axe_and_never_scroll_sideways(
    open_as_owner: OpenAsOwner, path: str
) -> None:
    page = open_as_owner(path, width=320)
    for summary in page.query_selector_all("main summary"):
        summary.click()
    assert_sound(page)


def test_pages_of_one_theme_or_action_are_found_sound_by_axe(
    session: Session, consultation: Consultation, open_as_owner: OpenAsOwner
) -> None:
    theme = make.make_theme(session, consultation)
    action = make.make_action(session, theme, published_at=None)
    paths = (
        f"themes/{theme.id}/edit",
        f"themes/{theme.id}/delete",
        f"themes/{theme.id}/merge",
        f"actions/{action.id}",
        f"actions/{action.id}/revise",
        f"actions/{action.id}/delete",
    )
    page = open_as_owner("hear", width=320)
    for path in paths:
        page.goto(f"/staff/{path}")
        assert_sound(page)


@pytest.mark.parametrize("path", ["hear", "answers", "themes", "actions/new"])
def test_pages_with_errors_are_found_sound_by_axe(open_as_owner: OpenAsOwner, path: str) -> None:
    page = open_as_owner(path, width=320)
    press(page.locator("main form[method=post] button.govuk-button").first)
    expect(page.get_by_role("alert")).to_be_visible()
    assert_sound(page)


def assert_sound(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
