"""The kiosk in a real Chromium: one child after the other, none of whom finds another."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy.orm import Session

from tests import factories as make
from tests.browser import fill_in, press
from tests.offline.conftest import Site
from tests.offline.phone import KEPT, kept_on, until
from tests.responses.phone import make_survey, responses
from tracker.kiosk.models import Kiosk
from tracker.responses.models import Source

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

AT = "/kiosk/token"
THANKS = "Thank you. We have your answer."
SECRET = "Blue whale"


@pytest.fixture
def kiosk(session: Session) -> Kiosk:
    kiosk = make.make_kiosk(session, make_survey(session), token="token")
    session.commit()
    return kiosk


def at_kiosk(phone: BrowserContext, *, clock: bool = True) -> Page:
    page = phone.new_page()
    page.set_viewport_size({"width": 1024, "height": 768})
    if clock:
        page.clock.install()
    page.goto(AT)
    until(page, f"{KEPT}.then(all => all.some(url => url.endsWith('/offline')))")
    return page


def answer(page: Page) -> None:
    fill_in(page, {"q1": 0, "q2": SECRET})


def send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def traces(page: Page) -> str:
    """All that the next child could find on the page, by Back, or in the browser's stores."""
    found = page.content() + kept_on(page)
    found += str(
        page.evaluate("[...document.querySelectorAll('input,textarea')].map(e => e.value)")
    )
    return found


def sources(session: Session) -> list[Source]:
    """Where each response came from; the database is let go of again."""
    found = [response.source for response in responses(session)]
    session.rollback()
    return found


def as_new(page: Page) -> None:
    expect(page.get_by_role("link", name="Start")).to_be_visible()
    assert SECRET not in traces(page)
    assert page.locator("input:checked").count() == 0


def test_next_child_finds_nothing_of_the_one_before(
    session: Session, kiosk: Kiosk, phone: BrowserContext
) -> None:
    page = at_kiosk(phone)
    answer(page)
    send(page)

    expect(page.locator("#kiosk-thanks h1")).to_have_text(THANKS)
    assert page.locator(".receipt li").count() == 0
    with page.expect_navigation():
        page.clock.run_for(8_100)
    as_new(page)
    page.go_back()
    as_new(page)

    assert sources(session) == [Source.KIOSK]
    # The second child sends an answer of their own.
    answer(page)
    send(page)
    page.get_by_role("button", name="Show my four words").click()
    expect(page.locator(".receipt li")).to_have_count(4)
    page.get_by_role("button", name="Done").click()
    as_new(page)
    assert sources(session) == [Source.KIOSK] * 2


def test_rest_starts_again_after_asking_and_any_touch_stops_that(
    session: Session, kiosk: Kiosk, phone: BrowserContext
) -> None:
    page = at_kiosk(phone)
    page.clock.run_for(60_000)
    expect(page.locator("#kiosk-still")).to_be_hidden()  # nobody has begun
    answer(page)

    page.clock.run_for(11_000)
    expect(page.locator("#kiosk-still")).to_be_visible()
    assert page.locator(".kiosk-count").inner_text() in ("9", "10")
    page.keyboard.press("Shift")
    expect(page.locator("#kiosk-still")).to_be_hidden()
    page.get_by_role("button", name="I need more time").first.click()
    page.clock.run_for(100_000)
    expect(page.locator("#kiosk-still")).to_be_hidden()
    assert SECRET in traces(page)

    with page.expect_navigation():
        page.clock.run_for(101_000)
    as_new(page)
    assert page.locator("[data-more]").get_attribute("aria-pressed") == "false"
    assert sources(session) == []


def test_queue_survives_a_lost_connection_and_sends_each_once(
    session: Session, kiosk: Kiosk, site: Site, phone: BrowserContext
) -> None:
    page = at_kiosk(phone, clock=False)
    site.cut()
    for _ in range(2):
        answer(page)
        send(page)
        expect(page.locator("#kiosk-thanks h1")).to_have_text("Thank you. Your answer is safe.")
        with page.expect_navigation():
            page.get_by_role("button", name="Done").click()
        as_new(page)

    unlock(page, "1111")
    expect(page.get_by_text("That isn’t the PIN.")).to_be_visible()
    page.fill("#kiosk-pin", "2468")
    page.get_by_role("button", name="OK").click()
    expect(page.get_by_text("Answers that wait on this tablet: 2.")).to_be_visible()

    site.connect()
    page.get_by_role("button", name="Try to send now").click()
    expect(page.get_by_text("Nothing waits on this tablet.")).to_be_visible()
    assert sources(session) == [Source.KIOSK] * 2
    session.refresh(kiosk)
    assert kiosk.waiting == 0
    session.rollback()
    press(page.get_by_role("button", name="Leave the kiosk"))
    assert page.url.endswith("/staff/sign-in")
    session.refresh(kiosk)
    assert kiosk.ended_on is not None


def unlock(page: Page, pin: str) -> None:
    page.get_by_role("button", name="Staff").click()
    page.fill("#kiosk-pin", pin)
    page.get_by_role("button", name="OK").click()


def test_pin_can_be_tried_five_times_also_without_a_connection(
    kiosk: Kiosk, site: Site, phone: BrowserContext
) -> None:
    page = at_kiosk(phone, clock=False)
    site.cut()

    for number in range(5):
        unlock(page, f"999{number}")
        expect(page.get_by_text("That isn’t the PIN.")).to_be_visible()
        page.locator("#kiosk-staff [data-close]").first.click()
    unlock(page, "2468")

    expect(page.get_by_text("Too many tries.")).to_be_visible()
    assert page.get_by_role("button", name="Leave the kiosk").is_hidden()


def test_ended_from_afar_the_kiosk_stops_at_its_next_look(
    session: Session, kiosk: Kiosk, phone: BrowserContext
) -> None:
    page = at_kiosk(phone)
    kiosk.ended_on = make.TODAY
    session.commit()

    page.clock.run_for(30_500)

    expect(page.get_by_role("heading", name="This kiosk has ended")).to_be_visible()


@pytest.mark.parametrize("dark", [True, False])
def test_axe_finds_nothing_at_the_kiosk(kiosk: Kiosk, phone: BrowserContext, dark: bool) -> None:
    page = at_kiosk(phone, clock=False)
    page.emulate_media(color_scheme="dark" if dark else "light")

    for name in ("start", "help", "staff", "check", "thanks"):
        if name in ("help", "staff"):
            page.locator(f"[data-open=kiosk-{name}]").click()
        if name == "check":
            answer(page)
        if name == "thanks":
            send(page)
            page.get_by_role("button", name="Show my four words").click()
        assert Axe().run(page).response["violations"] == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= 1024
        if name in ("help", "staff"):
            page.locator(f"#kiosk-{name} [data-close]").first.click()
