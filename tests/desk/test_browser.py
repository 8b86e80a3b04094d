"""The desk in a real browser: open to everybody, on a phone and on paper."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from tests import factories as make
from tests.board.scenes import answered, asked, heard
from tests.conftest import OpenPage, SignIn
from tests.factories import TODAY
from tracker.accounts.policy import RoleName
from tracker.actions.policy import Outcome
from tracker.clock import utc_now

pytestmark = pytest.mark.browser

OpenAsLead = Callable[..., Page]


@pytest.fixture
def open_as_lead(
    session: Session, sign_in: SignIn, open_page: OpenPage, live_server: str
) -> OpenAsLead:
    make.make_organisation(session)
    lead = make.make_person(session, "Lena Lead", RoleName.PARTICIPATION_LEAD)
    for days in (40, 1, -400):
        consultation, responses = asked(session, 9, promise_on=TODAY - timedelta(days=days))
        theme = heard(session, consultation, "A later bus", responses[:5])
        heard(session, consultation, "A cheaper bus", responses[5:])
        answered(session, theme, outcome=Outcome.DONE, text="A bus at 9.30.")
        make.make_action(session, theme, published_at=None, publishes_at=utc_now())
    consultation_id = consultation.id
    client = sign_in(lead)
    client.get("/staff/")
    cookie = client.get_cookie("session")
    assert cookie is not None

    def opened(path: str, *, width: int = 360) -> Page:
        page = open_page("/help", width=width)
        page.context.add_cookies([{"name": "session", "value": cookie.value, "url": live_server}])
        page.goto(path.format(id=consultation_id))
        return page

    return opened


@pytest.mark.parametrize("address", ["/staff/", "/staff/open-loops", "/staff/consultations/{id}"])
def test_desk_is_open_to_everybody(open_as_lead: OpenAsLead, address: str) -> None:
    page = open_as_lead(address, width=1280)
    wide = Axe().run(page)
    page.set_viewport_size({"width": 320, "height": 640})
    narrow = Axe().run(page)

    assert wide.violations_count == 0, wide.generate_report()
    assert narrow.violations_count == 0, narrow.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_open_loops_print_on_one_sheet(open_as_lead: OpenAsLead) -> None:
    page = open_as_lead("/staff/open-loops", width=1280)

    sheet = page.pdf(prefer_css_page_size=True)

    assert sheet.count(b"/Type /Page\n") == 1
    (box,) = [line for line in sheet.split(b"\n") if b"/MediaBox" in line]
    assert b"[0 0 841" in box  # A4 landscape
