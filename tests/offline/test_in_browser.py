"""No connection, in a real Chromium: nothing that a young person wrote is lost."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy.orm import Session

from tests.browser import fill_in, press
from tests.offline.conftest import Site
from tests.offline.phone import EVERYTHING, NOTHING, kept_on, until, until_kept
from tests.responses.phone import make_survey, responses

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

SAVED = "Saved on this phone, not sent yet"
THANKS = "Thank you. We have your answer."
SENT = '"state":"sent"'
# A store of the browser's that answers its first question only when the page calls `answer()`.
SLOW_STORE = """const slow = "NAME";
const { open } = IDBFactory.prototype;
const answering = new Promise((resolve) => { window.answer = resolve; });
let isFirst = true;
IDBFactory.prototype.open = function (name, ...more) {
  const asked = open.call(this, name, ...more);
  if (name !== slow || !isFirst) return asked;
  isFirst = false;
  Object.defineProperty(asked, "onsuccess", {
    set(found) { asked.addEventListener("success", () => answering.then(() => found())); },
  });
  return asked;
};"""


def begin(phone: BrowserContext) -> Page:
    """The form, begun, with everything on the phone that it needs without a network."""
    page = phone.new_page()
    page.goto("/s/abc234")
    page.get_by_role("link", name="Start").click()
    until_kept(page, "/help/northern-ireland")
    return page


def send(page: Page, **answers: Any) -> None:
    fill_in(page, {"q1": 0} | answers)
    press(page.get_by_role("button", name="Send", exact=True))


def says(page: Page, heading: str) -> None:
    expect(page.locator("h1:visible")).to_have_text(heading)


def said(session: Session) -> list[Mapping[str, Any]]:
    return [
        {answer.question.key: answer.value for answer in response.answers}
        for response in responses(session)
    ]


def test_answer_without_a_connection_survives_the_tab_and_is_sent_once(
    session: Session, site: Site, phone: BrowserContext
) -> None:
    make_survey(session)
    session.commit()
    page = begin(phone)
    fill_in(page, {"q1": 0, "q2": "Blue whale"})
    site.cut()

    press(page.get_by_role("button", name="Send", exact=True))

    says(page, SAVED)
    expect(page.locator("[data-next]")).to_contain_text("seconds")
    assert "Blue whale" not in kept_on(page)
    page.close()
    page = phone.new_page()
    page.goto("/s/abc234")  # from the phone itself
    says(page, "Bus to the youth centre")
    page.close()

    site.connect()
    page = phone.new_page()
    page.goto("/")
    until(page, f"({EVERYTHING})().then(text => text.includes('{SENT}'))")
    page.goto("/")
    press(page.get_by_role("link", name="Show my four words"))
    press(page.get_by_role("button", name="Show my four words"))

    says(page, THANKS)
    assert page.locator(".receipt li").count() == 4
    assert kept_on(page) == NOTHING
    page.goto("/")
    assert page.get_by_text("Your answer was sent.").count() == 0
    assert said(session) == [{"q1": "yes", "q2": "Blue whale"}]


def test_page_about_what_waits_shows_the_receipt_when_the_connection_is_back(
    session: Session, site: Site, phone: BrowserContext
) -> None:
    make_survey(session)
    session.commit()
    page = begin(phone)
    site.cut()
    send(page)
    page.get_by_role("button", name="Don’t send it").click()
    page.get_by_role("button", name="No, keep it").click()

    site.connect()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_selector(".receipt")

    says(page, THANKS)
    assert len(responses(session)) == 1


def test_page_about_what_waits_has_a_heading_before_it_knows(
    site: Site, phone: BrowserContext
) -> None:
    page = phone.new_page()
    page.add_init_script(SLOW_STORE.replace("NAME", "loopkeeper-outbox"))
    page.goto("/saved")

    says(page, "Answers on this phone")
    assert page.get_by_text("Nothing waits on this phone").is_hidden()
    page.evaluate("answer()")
    expect(page.get_by_text("Nothing waits on this phone")).to_be_visible()
    says(page, "Answers on this phone")


def test_refusal_brings_the_form_back_with_everything_typed(
    session: Session, site: Site, phone: BrowserContext
) -> None:
    survey = make_survey(session)
    session.commit()
    page = begin(phone)
    site.cut()
    send(page, q2="Blue whale")
    survey.questions[2].is_required = True
    session.commit()

    site.connect()
    page.get_by_role("button", name="Try now").click()
    page.wait_for_selector("[data-survey]")

    assert page.input_value("[name=q2]") == "Blue whale"
    fill_in(page, {"q3": "7"})
    press(page.get_by_role("button", name="Send", exact=True))
    assert said(session) == [{"q1": "yes", "q2": "Blue whale", "q3": 7}]


def test_form_from_the_phone_never_brings_an_id_twice(
    session: Session, site: Site, phone: BrowserContext
) -> None:
    make_survey(session)
    session.commit()
    first = begin(phone).input_value("[name=submission_id]")
    site.cut()
    ids = {first}
    for _ in range(2):
        page = phone.new_page()
        page.goto("/s/abc234")
        ids.add(page.input_value("[name=submission_id]"))
        send(page, q2="Again")
        says(page, SAVED)

    site.connect()
    page.get_by_role("button", name="Try now").click()
    page.wait_for_selector(".receipt")
    page.goto("/s/abc234")
    until(page, f"({EVERYTHING})().then(text => !text.includes('waiting'))")

    assert len(ids) == 3
    assert len(responses(session)) == 2


def test_without_a_connection_help_is_there_and_other_pages_say_so(
    session: Session, site: Site, phone: BrowserContext
) -> None:
    make_survey(session)
    session.commit()
    page = begin(phone)
    site.cut()

    page.goto("/help/wales")
    assert "080880 23456" in page.locator("main").inner_text()
    page.goto("/")
    says(page, "There is no connection right now")
    assert page.locator("a[href='tel:08001111']").count() == 1
    # The style came from the phone too.
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgba(0, 0, 0, 0)"


def test_newer_worker_does_not_strand_a_form_in_use(
    session: Session, site: Site, phone: BrowserContext
) -> None:
    make_survey(session)
    session.commit()
    page = begin(phone)
    fill_in(page, {"q1": 0, "q2": "Blue whale"})

    newer = f"// {uuid4()}\n"
    script = page.request.get("/worker.js").text()
    site.app.view_functions["offline.worker"], own = (
        _serving(newer + script),
        site.app.view_functions["offline.worker"],
    )
    try:
        page.evaluate("navigator.serviceWorker.getRegistration().then(found => found.update())")
        until(
            page,
            "navigator.serviceWorker.getRegistration()"
            ".then(found => !found.installing && !found.waiting)",
        )
    finally:
        site.app.view_functions["offline.worker"] = own
    site.cut()
    press(page.get_by_role("button", name="Send", exact=True))
    says(page, SAVED)
    site.connect()
    page.get_by_role("button", name="Try now").click()
    page.wait_for_selector(".receipt")

    assert said(session) == [{"q1": "yes", "q2": "Blue whale"}]


def _serving(script: str) -> Any:
    def worker() -> tuple[str, int, dict[str, str]]:
        return script, 200, {"Content-Type": "text/javascript", "Cache-Control": "no-cache"}

    worker.is_public = True  # type: ignore[attr-defined]
    return worker


def test_draft_is_kept_only_when_asked_for_and_goes_by_itself(
    session: Session, site: Site, phone: BrowserContext
) -> None:
    make_survey(session)
    session.commit()
    page = phone.new_page()
    page.clock.install()
    page.goto("/s/abc234")
    page.get_by_role("link", name="Start").click()
    box = page.get_by_label("Keep my answers on this phone")
    expect(box).not_to_be_checked()
    fill_in(page, {"q1": 0, "q2": "Blue whale"})
    assert kept_on(page) == NOTHING

    page.get_by_role("button", name="Change: What could be better?").click()
    box.check()
    expect(
        page.get_by_text("Your answers are kept on this phone for half an hour.")
    ).to_be_visible()
    page.reload()
    expect(page.get_by_text("Your answers are back.")).to_be_visible()
    assert page.input_value("[name=q2]") == "Blue whale"
    assert "Blue whale" not in kept_on(page)
    stranger = phone.new_page()
    stranger.goto("/s/abc234")
    assert stranger.input_value("[name=q2]") == ""
    stranger.close()

    page.clock.fast_forward("30:01")
    expect(page.get_by_text("Half an hour is over.")).to_be_visible()
    until(page, f"({EVERYTHING})().then(text => text === '{NOTHING}')")


def test_draft_begun_at_once_is_not_taken_for_an_earlier_one(
    session: Session, site: Site, phone: BrowserContext
) -> None:
    make_survey(session)
    session.commit()
    page = phone.new_page()
    page.add_init_script(SLOW_STORE.replace("NAME", "loopkeeper-draft"))
    page.goto("/s/abc234")
    page.get_by_role("link", name="Start").click()
    fill_in(page, {"q1": 0, "q2": "Blue whale"})
    box = page.get_by_label("Keep my answers on this phone")
    expect(box).to_be_disabled()

    page.evaluate("answer()")
    box.check()

    expect(page.get_by_text("Your answers are kept on this phone")).to_be_visible()
    assert re.search(r"draft /s/abc234", kept_on(page))


@pytest.mark.parametrize("way", ["send", "leave", "forget"])
def test_draft_is_wiped(session: Session, site: Site, phone: BrowserContext, way: str) -> None:
    make_survey(session)
    session.commit()
    page = phone.new_page()
    page.goto("/s/abc234")
    page.get_by_role("link", name="Start").click()
    fill_in(page, {"q1": 0, "q2": "Blue whale"})
    page.get_by_label("Keep my answers on this phone").check()
    page.get_by_text("Your answers are kept on this phone").wait_for()
    assert re.search(r"draft /s/abc234", kept_on(page))

    if way == "send":
        press(page.get_by_role("button", name="Send", exact=True))
    elif way == "leave":
        press(page.locator(".top-home"))
    else:
        page.get_by_role("button", name="Forget my answers").click()

    until(page, f"({EVERYTHING})().then(text => text === '{NOTHING}')")
