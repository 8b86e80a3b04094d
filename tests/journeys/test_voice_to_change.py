"""The flow of a voice, told end to end in a real browser on a phone: asked, answered, heard,
decided, changed, told. The survey is Frieth School's of 2018; the answers are made up.
"""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask_security import hash_password
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests import factories as make
from tests.browser import fill_in, press
from tests.conftest import OpenPage
from tracker.clock import local_date, utc_now
from tracker.demo.world import read_data

SURVEY = read_data("frieth-2018")
ANSWERS = read_data("frieth-answers")["answers"]
PASSWORD = "a password for the tests"
# The three wishes that can't be met, by their place in "you said".
POOL, ZOO, HOLIDAYS = 2, 7, 8
BLANK, SPAM = 28, 29
# Coverage is measured by smaller tests: here it would only cost time.
pytestmark = [pytest.mark.browser, pytest.mark.no_cover]


@pytest.fixture
def head(app: Flask, session: Session) -> str:
    """The e-mail address with which the headteacher signs in."""
    make.make_organisation(session, name="Frieth School")
    with app.app_context():
        person = make.make_person(session, "Head Teacher", password=hash_password(PASSWORD))
    make.make_service(session, name="Frieth School", owner=person)
    email = person.email
    session.commit()
    return email


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_voice_leads_to_change(head: str, open_page: OpenPage, script: bool) -> None:
    staff = open_page("/staff/sign-in", script=script)
    _sign_in(staff, head)
    consultation = _write_consultation(staff)
    _build_survey(staff, consultation)
    address = _open_for_answers(staff, consultation)
    phone = open_page("/", script=script)

    receipts = [_answer(phone, address, row) for row in ANSWERS]

    assert len(set(receipts)) == 31
    _board_says(phone, "Open for answers", "About 30 answers")
    assert "Nobody has read it yet" in _story(phone, receipts[POOL])

    _press_through(staff, f"{consultation}/close", "Close it now")
    _board_says(phone, "Reading your answers", "About 30 answers")

    _name_themes(staff, consultation)
    _hear_all(staff, consultation)
    _board_says(phone, "Waiting for the service", "About 30 answers")
    assert SURVEY["you_said"][POOL] in _story(phone, _receipt_for(receipts, POOL))

    _answer_all_but_three(staff, consultation)
    _board_says(phone, "Waiting for the service", "No answer yet")
    story = _story(phone, _receipt_for(receipts, 0))
    assert "ordered" in story
    assert "2099" not in story

    for wish, reason in (
        (POOL, "A pool costs more than the whole school gets in a year."),
        (ZOO, "Animals need somebody at weekends, and we can't promise that."),
        (HOLIDAYS, "The law says how many days a school is open."),
    ):
        _cannot(staff, consultation, wish, reason)
    _board_says(phone, "We've told you", "The law says how many days a school is open.")
    assert "A pool costs more" in _story(phone, _receipt_for(receipts, POOL))

    _finish_open_actions(staff, consultation)
    _board_says(phone, "Changes made", "The new equipment is there")
    _judge(phone, _receipt_for(receipts, 0))


# The staff's side


def _sign_in(page: Page, email: str) -> None:
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    press(page.get_by_role("button", name="Sign in"))
    expect(page.locator("h1")).to_have_text("What needs you")


def _write_consultation(page: Page) -> str:
    """Write the consultation; its address is returned. The gate lists what is missing at first."""
    closes = _today() + timedelta(days=14)
    page.goto("/staff/consultations/new")
    page.fill("[name=title]", SURVEY["title"])
    page.fill("[name=closes_on]", closes.isoformat())
    press(page.get_by_role("button", name="Save the draft"))
    address = re.sub(r"(/staff/consultations/\d+).*", r"\1", page.url)
    page.goto(f"{address}/before-you-ask")
    expect(page.locator("main")).to_contain_text("The decision the answers help to make")
    page.goto(f"{address}/edit")
    closed = page.locator("main form details:not([open]) > summary")
    while closed.count():
        closed.first.click()
    page.fill("[name=purpose]", "The School Council wants to know what could be better.")
    page.fill("[name=decision]", SURVEY["decision"])
    page.fill("[name=decided_by]", "The headteacher and the governors")
    page.fill("[name=not_up_for_change]", "When the school day begins")
    page.fill("[name=readers]", "The School Council's teacher")
    page.select_option("[name=level]", index=3)
    page.fill("[name=retention_on]", (closes + timedelta(days=730)).isoformat())
    for name, value in (("anonymity", "anonymous"), ("lawful_basis", "public_task")):
        page.check(f"[name={name}][value={value}]")
    page.check("[name=help_page][value=england]")
    press(page.get_by_role("button", name="Save", exact=True))
    expect(page.locator(".govuk-error-summary")).to_have_count(0)
    return address


def _build_survey(page: Page, consultation: str) -> None:
    page.goto(f"{consultation}/surveys")
    press(page.get_by_role("button", name="Add the survey"))
    survey = re.sub(r"(/staff/surveys/\d+).*", r"\1", page.url)
    for question in SURVEY["questions"]:
        page.goto(f"{survey}/questions/new/{question['kind']}")
        page.fill("[name=text]", question["text"])
        if "labels" in question:
            page.fill("[name=setting_choices]", "\n".join(question["labels"]))
        press(page.get_by_role("button", name="Add the question"))
        expect(page.locator(".builder-list")).to_contain_text(question["text"])
    expect(page.locator(".builder-list > li")).to_have_count(8)


def _open_for_answers(page: Page, consultation: str) -> str:
    """Open it; the short address of its survey is returned."""
    _press_through(page, f"{consultation}/open", "Open for answers")
    page.goto(consultation)
    found = re.search(r"/s/\w+", page.inner_text("main"))
    assert found
    return found.group()


def _press_through(page: Page, address: str, button: str) -> None:
    page.goto(address)
    press(page.get_by_role("button", name=button))
    expect(page.locator(".govuk-error-summary")).to_have_count(0)


def _name_themes(page: Page, consultation: str) -> None:
    for statement in SURVEY["you_said"]:
        page.goto(f"{consultation}/themes")
        page.locator("main input[type=text]").last.fill(statement)
        press(page.locator("main form:has(input[type=text]) button").last)
    expect(page.locator("main")).to_contain_text(SURVEY["you_said"][-1])


def _hear_all(page: Page, consultation: str) -> None:
    """Read one answer after another, as they come, and choose the themes that fit."""
    themes = {row["text"]: row["themes"] for row in ANSWERS if row["themes"]}
    page.goto(f"{consultation}/hear")
    for _each in ANSWERS:
        words = page.locator(".hear__words").all_inner_texts()
        said = next((themes[text] for text in words if text in themes), None)
        if said is None:
            page.locator("summary", has_text="Set it aside").click()
            reason = "spam" if ANSWERS[SPAM]["text"] in words else "blank"
            press(page.locator(f"[name=aside][value={reason}]"))
            continue
        for place in said:
            page.get_by_role("checkbox", name=SURVEY["you_said"][place]).check()
        press(page.get_by_role("button", name="Save, next answer"))
    expect(page.locator("main")).to_contain_text("29 of 29 answers heard")
    expect(page.locator("main")).to_contain_text("Every answer is heard")


def _answer_all_but_three(page: Page, consultation: str) -> None:
    due = _today() + timedelta(days=30)
    for row in SURVEY["we_did"][:2]:
        themes = [SURVEY["you_said"][place] for place in row["answers"]]
        _record(page, consultation, themes, "doing", text=row["text"], due_on=due)
    _record(page, consultation, [], "done", text=SURVEY["we_did"][2]["text"], changed_on=_today())
    for place in (3, 4, 5, 6):
        theme = SURVEY["you_said"][place]
        _record(page, consultation, [theme], "already", text=f"We have it: {theme}.")


def _cannot(page: Page, consultation: str, wish: int, reason: str) -> None:
    _record(
        page,
        consultation,
        [SURVEY["you_said"][wish]],
        "cannot",
        text="We can't do this.",
        reason=reason,
        decided_by="The governors",
        review_on=_today() + timedelta(days=365),
    )


def _record(
    page: Page, consultation: str, themes: list[str], outcome: str, **boxes: str | date
) -> None:
    page.goto(f"{consultation}/actions/new")
    for theme in themes:
        page.get_by_role("checkbox", name=theme).check()
    page.check(f"[name=outcome][value={outcome}]")
    if outcome == "cannot":
        page.check("[name=reason_code][value=money]")
    for name, value in boxes.items():
        page.fill(f"[name={name}]", str(value))
    press(page.locator("[name=do][value=publish]"))
    expect(page.locator(".govuk-error-summary")).to_have_count(0)


def _finish_open_actions(page: Page, consultation: str) -> None:
    for said, did in (
        (SURVEY["we_did"][0]["text"][:30], "The new equipment is there and everybody uses it."),
        (SURVEY["we_did"][1]["text"][:30], "Two boxes of games stand in each playground."),
    ):
        page.goto(f"{consultation}/actions")
        press(page.get_by_role("link", name=re.compile(f"Open.*{said}")))
        press(page.get_by_role("button", name="Change what it says"))
        page.check("[name=outcome][value=done]")
        page.fill("[name=text]", did)
        page.fill("[name=changed_on]", _today().isoformat())
        press(page.locator("[name=do][value=publish]"))
        expect(page.locator(".govuk-error-summary")).to_have_count(0)


# The young people's side


def _answer(page: Page, address: str, row: dict[str, object]) -> str:
    """Answer the survey once; the four words are returned. Sending twice makes one answer."""
    page.goto(address)
    expect(page.locator("main")).to_contain_text("Nobody can tell it’s you")
    scales: list[int] = row["scales"]  # type: ignore[assignment]
    places = {f"q{number}": place for number, place in enumerate(scales, 1)}
    fill_in(page, {**places, "q8": str(row["text"])})
    press(page.get_by_role("button", name="Send"))
    expect(page.locator("h1")).to_have_text("Thank you. We have your answer.")
    words = " ".join(page.locator(".receipt li").all_inner_texts())
    assert len(words.split()) == 4
    assert page.context.cookies() == []
    return words


def _story(page: Page, receipt: str) -> str:
    """What the page "Where is my answer now?" says."""
    page.goto("/answer")
    page.locator("main input:not([type=hidden])").first.fill(receipt)
    press(page.locator("main form button").first)
    text = page.inner_text("main")
    assert "We got your answer" in text
    return text


def _receipt_for(receipts: list[str], theme: int) -> str:
    """The receipt of somebody whose answer belongs to that theme alone."""
    return next(
        words for words, row in zip(receipts, ANSWERS, strict=True) if row["themes"] == [theme]
    )


def _board_says(page: Page, state: str, detail: str) -> None:
    page.goto("/")
    expect(page.locator("main")).to_contain_text(state)
    press(page.get_by_role("link", name=SURVEY["title"]))
    expect(page.locator("main")).to_contain_text(state)
    expect(page.locator("main")).to_contain_text(detail)
    assert "31 answers" not in page.inner_text("main")  # never the true number


def _judge(page: Page, receipt: str) -> None:
    story = _story(page, receipt)
    assert "Did it change?" in story.replace("\n", " ")
    press(page.get_by_role("button", name="Yes, it changed").first)
    expect(page.locator("main")).to_contain_text("You said: Yes, it changed")


def _today() -> date:
    return local_date(utc_now(), "Europe/London")
