"""The owner's job on a phone, in a real Chromium, with and without script."""

from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tests.browser import press
from tests.capabilities.scenes import LONG_AGO, Scene, make_scene
from tests.conftest import OpenPage
from tracker.actions.models import ActionVersion
from tracker.capabilities.operations import suggest_owner
from tracker.clock import utc_now
from tracker.reminders.models import Case
from tracker.reminders.policy import CaseKind

pytestmark = pytest.mark.browser

PAGES = ("", "/cannot", "/until", "/snooze", "/hand-over")


@pytest.fixture
def scene(session: Session) -> Scene:
    scene = make_scene(session)
    session.add(Case(kind=CaseKind.UNTOLD, consultation=scene.consultation, opened_at=make.NOW))
    session.commit()
    return scene


def path(scene: Scene, settings: Config) -> str:
    link = scene.link(settings)
    scene.session.commit()
    return link


@pytest.mark.parametrize("script", [True, False])
def test_two_themes_are_answered_with_four_taps_and_two_sentences(
    scene: Scene, settings: Config, open_page: OpenPage, script: bool
) -> None:
    bus, quiet = f"t{scene.bus.id}", f"t{scene.quiet.id}"
    page: Page = open_page(path(scene, settings), script=script)

    assert not page.is_visible(f"#{bus}-did")
    page.click(f"label[for={bus}-done]")
    page.fill(f"#{bus}-did", "From 3 February a bus leaves at 9.30 pm on Fridays.")
    page.click(f"label[for={quiet}-cannot]")
    page.select_option(f"#{quiet}-why", "space")
    page.fill(f"#{quiet}-reason", "Every room is used until we move next summer.")
    press(page.locator("button:has-text('Save')"))

    assert page.text_content("h1") == "Saved"
    assert "This goes on the board tomorrow at" in page.inner_text("main")
    saved = scene.session.scalars(select(ActionVersion).order_by(ActionVersion.id)).all()
    assert [version.outcome for version in saved] == ["done", "cannot"]
    assert page.context.cookies() == []


def test_one_press_stops_it_from_the_notice(
    scene: Scene, settings: Config, open_page: OpenPage
) -> None:
    bus = f"t{scene.bus.id}"
    page: Page = open_page(path(scene, settings))
    page.click(f"label[for={bus}-done]")
    page.fill(f"#{bus}-did", "From 3 February a bus leaves at 9.30 pm on Fridays.")
    press(page.locator("button:has-text('Save')"))
    version = scene.session.scalars(select(ActionVersion)).one()
    address = f"{scene.link(settings, scene.contact)}/pending/{version.id}"
    scene.session.commit()

    page = open_page(address)
    press(page.locator("button:has-text('Stop it')"))

    assert "Con Bell stopped it today" in page.inner_text("main")


@pytest.mark.parametrize(("width", "dark"), [(320, True), (1280, False)])
def test_pages_are_found_sound_by_axe_and_never_scroll_sideways(
    scene: Scene, settings: Config, open_page: OpenPage, width: int, dark: bool
) -> None:
    held = make.make_action(
        scene.session, scene.quiet, published_at=None, publishes_at=make.NOW
    ).versions[0]
    asked = suggest_owner(scene.session, scene.holder(), uuid4(), now=utc_now())
    link = path(scene, settings)
    others = (f"/pending/{held.id}", f"/pending/{held.id}/change", f"/done/{asked.id}")
    for where in (*PAGES, *others):
        page: Page = open_page(link + where, width=width, dark=dark)
        for radio in page.query_selector_all("input[value=cannot]"):
            radio.check()
        for summary in page.query_selector_all("summary"):
            if summary.is_visible():
                summary.click()
        _assert_sound(page)
    for address in (link[:-3], scene.link(settings, expires_on=LONG_AGO)):
        page = open_page(address, width=width, dark=dark)
        _assert_sound(page)


def test_pages_with_errors_are_found_sound_by_axe(
    scene: Scene, settings: Config, open_page: OpenPage
) -> None:
    for where in PAGES:
        page: Page = open_page(path(scene, settings) + where)
        press(page.locator("main form button:not(.stop)").first)
        assert page.is_visible("[role=alert]")
        _assert_sound(page)


def _assert_sound(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
