"""The page on which the cadence is set, as a browser meets it: here the clock is the real one."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_security import hash_password
from playwright.sync_api import expect
from wtforms import BooleanField

from tests import factories as make
from tests.browser import press
from tests.conftest import OpenPage, SignIn
from tests.counting import counted
from tests.reminders.world import World
from tracker.accounts.policy import RoleName
from tracker.cadence.forms import form_with
from tracker.clock import utc_now
from tracker.reminders.cadences import cadences, versions_of
from tracker.reminders.models import CadenceVersion
from tracker.reminders.policy import DEFAULTS, CadenceSettings, CaseKind, Step, Timing, to_stored
from tracker.reminders.worker import tick

PAGE = "/staff/cadence"
NUDGE = (CaseKind.UNTOLD, Step.NUDGE)


def typed(browser: FlaskClient, **changes: str | None) -> dict[str, str]:
    """The form of the organisation as it comes, with other values by name (None: left out)."""
    with browser.application.test_request_context():
        sent: dict[str, str | None] = {
            field.name: ("y" if field.data else None)
            if isinstance(field, BooleanField)
            else str(field.data)
            for field in form_with(DEFAULTS, 0, None)
        }
    return {name: value for name, value in (sent | changes).items() if value is not None}


def closed_yesterday(world: World, **values: Any) -> None:
    today = utc_now().date()
    world.closed(
        closes_on=today - timedelta(days=1), promise_on=today + timedelta(days=83), **values
    )


def test_everywhere_shows_the_steps_and_the_year(world: World, sign_in: SignIn) -> None:
    closed_yesterday(world)
    world.tick(utc_now())
    page = sign_in(world.lead).get(PAGE).text
    assert "<strong>Second nudge</strong>" in page and "to the owner and the deputies" in page
    assert "after the promise date" in page and "At once. This one can’t be moved." in page
    assert "Who gets how many" in page and "Bus to the youth centre" in page
    assert "None yet: everything is as it came." in page and "Take back" not in page
    assert "Youth centre</a>" in page and ">its own times" not in page


def test_everywhere_without_cases_says_what_to_do(world: World, sign_in: SignIn) -> None:
    world.organisation.is_sending = False
    page = sign_in(world.lead).get(PAGE).text
    assert "No reminder is in sight." in page and "Who gets how many" not in page
    assert "Sending is switched off." in page


def test_everywhere_takes_as_many_queries_for_three_cases_as_for_one(
    world: World, sign_in: SignIn
) -> None:
    browser, counts = sign_in(world.lead), []
    for more in (1, 2):
        for _ in range(more):
            closed_yesterday(world)
        world.tick(utc_now())
        with counted(world.session) as queries:
            browser.get(PAGE)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_set_everywhere_saves_and_tells_who_changed_what(world: World, sign_in: SignIn) -> None:
    browser = sign_in(make.make_person(world.session, "Ada", RoleName.ADMINISTRATOR))
    form = typed(
        browser,
        **{"untold-nudge-number": "10", "untold-still_open-every": "10", "snooze_days": "14"},
    )
    page = browser.post(PAGE, data=form, follow_redirects=True).text
    assert "Saved. Waiting to be told, Nudge: 10 days after the close (was: 7 days" in page
    assert "Ada<br>Waiting to be told, Nudge" in page and "Take back the latest change" in page
    assert "Back to the default: 7 days after the close" in page
    assert cadences(world.session).set_by(None) == CadenceSettings(
        {
            NUDGE: Timing(days=10),
            (CaseKind.UNTOLD, Step.STILL_OPEN): Timing(working_days=40, every=10),
        },
        snooze_days=14,
    )


def test_set_everywhere_switches_off_and_counts_in_working_days(
    world: World, sign_in: SignIn
) -> None:
    browser = sign_in(world.lead)
    changes = {
        "no_answers-nudge-on": None,
        "untold-promise_soon-number": "21",
        "said_no-escalate_lead-unit": "working_days",
        "said_no-escalate_lead-number": "40",
    }
    browser.post(PAGE, data=typed(browser, **changes))
    assert cadences(world.session).set_by(None).steps == {
        (CaseKind.NO_ANSWERS, Step.NUDGE): Timing(days=7, is_on=False),
        (CaseKind.UNTOLD, Step.PROMISE_SOON): Timing(days=-21),
        (CaseKind.SAID_NO, Step.ESCALATE_LEAD): Timing(working_days=40),
    }


def test_set_everywhere_goes_back_to_the_default_of_one_step(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.lead)
    browser.post(PAGE, data=typed(browser, **{"untold-nudge-number": "10", "snooze_days": "14"}))
    changes = {
        "untold-nudge-number": "10",
        "untold-nudge-above": "y",
        "snooze_days": "14",
        "based_on": "1",
    }
    browser.post(PAGE, data=typed(browser, **changes))
    assert cadences(world.session).set_by(None) == CadenceSettings(snooze_days=14)


def test_set_everywhere_with_nothing_changed_says_so(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.lead)
    page = browser.post(PAGE, data=typed(browser), follow_redirects=True)
    assert "Nothing was changed." in page.text
    assert versions_of(world.session, None) == []


def test_look_shows_the_year_of_other_settings_and_saves_nothing(
    world: World, sign_in: SignIn
) -> None:
    closed_yesterday(world)
    world.tick(utc_now())
    browser = sign_in(world.lead)
    page = browser.post(
        PAGE, data=typed(browser, do="look", **{"untold-nudge-on": None, "snooze_days": "7"})
    )
    assert page.status_code == 200 and "The coming year if you save this" in page.text
    assert "Not saved yet." in page.text and "Nudge: never (was: 7 days after" in page.text
    assert "Save this" in page.text and 'value="7"' in page.text
    assert versions_of(world.session, None) == []
    same = browser.post(PAGE, data=typed(browser, do="look")).text
    assert "Not saved yet." not in same


@pytest.mark.parametrize("do", ["look", "save"])
def test_set_everywhere_says_all_that_is_wrong_and_keeps_what_was_typed(
    world: World, sign_in: SignIn, do: str
) -> None:
    browser = sign_in(world.lead)
    changes = {"untold-nudge-number": "50", "snooze_days": "40", "untold-still_open-every": "1"}
    page = browser.post(PAGE, data=typed(browser, do=do, **changes))
    assert page.status_code == 400 and "There is a problem" in page.text
    assert "“Second nudge” has to come after “Nudge”" in page.text
    assert "“Still open” can come again every 5 to 40 working days" in page.text
    assert "Reminders can be put off for 1 to 28 days" in page.text
    assert 'value="50"' in page.text and 'value="40"' in page.text
    assert versions_of(world.session, None) == []


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("untold-nudge-number", "", "Nudge: enter a whole number"),
        ("untold-nudge-number", "soon", "Nudge: enter a whole number"),
        ("untold-nudge-number", "-3", "Nudge: enter a whole number"),
        ("untold-nudge-number", "1.5", "Nudge: enter a whole number"),
        ("untold-nudge-number", "9" * 5000, "Nudge: enter a whole number"),
        ("untold-nudge-unit", "moons", "Nudge: choose days or working days"),
        ("untold-still_open-every", "x", "Still open, again: enter a whole number"),
        ("snooze_days", "x", "Days to put off at most: enter a whole number"),
        ("snoozes_per_case", "3", "Reminders can be put off 0 to 2 times"),
    ],
    ids=str,
)
def test_set_everywhere_refuses_what_is_no_number(
    world: World, sign_in: SignIn, name: str, value: str | None, message: str
) -> None:
    browser = sign_in(world.lead)
    page = browser.post(PAGE, data=typed(browser, **{name: value}))
    assert page.status_code == 400 and message in page.text
    assert versions_of(world.session, None) == []


def test_set_everywhere_leaves_alone_what_was_not_sent(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.lead)
    assert browser.post(PAGE, data={}).status_code == 409
    form = typed(browser, **{"untold-nudge-number": None, "untold-nudge-unit": None})
    assert "Nothing was changed." in browser.post(PAGE, data=form, follow_redirects=True).text


@pytest.mark.parametrize("stamp", ["7", "x", "-1", "9" * 30, None], ids=str)
def test_set_everywhere_refuses_what_is_based_on_another_look(
    world: World, sign_in: SignIn, stamp: str | None
) -> None:
    browser = sign_in(world.lead)
    page = browser.post(PAGE, data=typed(browser, based_on=stamp, snooze_days="7"))
    assert page.status_code == 409 and "Nothing was saved" in page.text
    assert versions_of(world.session, None) == []


def many_are_due(world: World) -> None:
    """Twenty-one consultations closed ten days ago, whose nudge comes only tomorrow or later."""
    today = utc_now().date()
    later = CadenceSettings({NUDGE: Timing(days=20)})
    make_version(world, later)
    for number in range(21):
        owner = make.make_person(world.session, f"Owner {number:02}")
        world.closed(
            1,
            owner=owner,
            closes_on=today - timedelta(days=12),
            promise_on=today + timedelta(days=72),
        )
    world.session.commit()
    with world.app.app_context():  # the first step is sent in its time
        moment = utc_now() - timedelta(days=7)
        while moment.weekday() > 4:
            moment -= timedelta(days=1)
        tick(
            world.session,
            world.transport,
            world.settings,
            clock=lambda: moment.replace(hour=11),
        )
    world.session.expire_all()


def make_version(world: World, settings: CadenceSettings) -> None:
    world.session.add(
        CadenceVersion(
            number=1,
            settings=to_stored(settings),
            summary="Later.",
            at=utc_now(),
            person_id=world.lead.id,
        )
    )
    world.session.flush()


def test_set_everywhere_asks_before_many_mails_go_out_at_once(
    world: World, sign_in: SignIn
) -> None:
    many_are_due(world)
    browser = sign_in(world.lead)
    form = typed(browser, **{"untold-nudge-number": "7", "based_on": "1"})
    page = browser.post(PAGE, data=form)
    assert page.status_code == 409 and "This would send 21 mails at once" in page.text
    assert "Owner 00, Owner 01, Owner 02, Owner 03, Owner 04 and 16 more" in page.text
    assert len(versions_of(world.session, None)) == 1
    again = browser.post(PAGE, data=form | {"confirmed": "20"})
    assert again.status_code == 409
    saved = browser.post(PAGE, data=form | {"confirmed": "21"}, follow_redirects=True)
    assert "Saved." in saved.text and len(versions_of(world.session, None)) == 2


def test_undo_everywhere_asks_as_well(world: World, sign_in: SignIn) -> None:
    many_are_due(world)
    browser = sign_in(world.lead)
    page = browser.post(f"{PAGE}/undo", data={"based_on": "1"})
    assert page.status_code == 409 and "Change back and send these 21 mails" in page.text
    done = browser.post(
        f"{PAGE}/undo", data={"based_on": "1", "confirmed": "21"}, follow_redirects=True
    )
    assert "The change is taken back. Waiting to be told, Nudge: 7 days" in done.text
    assert cadences(world.session).of(None) == DEFAULTS


def test_undo_everywhere_without_a_change_says_so(world: World, sign_in: SignIn) -> None:
    page = sign_in(world.lead).post(f"{PAGE}/undo", data={"based_on": "0"})
    assert page.status_code == 409 and "There is no change to take back" in page.text


def test_in_service_sets_step_by_step_over_the_organisation(world: World, sign_in: SignIn) -> None:
    make_version(world, CadenceSettings({NUDGE: Timing(days=9)}))
    here = f"/staff/services/{world.service.id}/cadence"
    browser = sign_in(world.lead)
    changes = {"untold-nudge-number": "9", "untold-nudge_again-number": "21", "based_on": "1"}
    page = browser.post(here, data=typed(browser, **changes), follow_redirects=True).text
    assert "Back to what holds everywhere: 28 days after the close" in page
    assert "Lee, everywhere<br>Later." in page
    assert cadences(world.session).own(world.service.id) == CadenceSettings(
        {(CaseKind.UNTOLD, Step.NUDGE_AGAIN): Timing(days=21)}
    )
    assert ">its own times" in browser.get(PAGE).text
    done = browser.post(f"{here}/undo", data={"based_on": "2"}, follow_redirects=True)
    assert "The change is taken back." in done.text
    assert not cadences(world.session).own(world.service.id).is_set


def test_in_service_is_there_to_be_read_by_its_people(world: World, sign_in: SignIn) -> None:
    closed_yesterday(world)
    other = make.make_service(world.session, owner=world.owner, name="Library")
    closed_yesterday(world, service=other, title="Of the library")
    world.tick(utc_now())
    here = f"/staff/services/{world.service.id}/cadence"
    page = sign_in(world.owner).get(here).text
    assert "<strong>Nudge</strong>: 7 days after the close" in page
    assert "Bus to the youth centre" in page and "Of the library" not in page
    assert "<form" not in page.split("<main")[1] and "Everywhere" not in page
    for path in (here, f"{here}/undo"):
        assert sign_in(world.owner).post(path, data={}).status_code == 403
    assert sign_in(world.owner).get(PAGE).status_code == 403
    assert sign_in(world.lead).get("/staff/services/99/cadence").status_code == 404


@pytest.mark.one_database
def test_year_follows_the_boxes_and_is_the_same_without_script(
    world: World, open_page: OpenPage
) -> None:
    closed_yesterday(world)
    password = "a password for the tests"
    with world.app.test_request_context():
        world.lead.password = hash_password(password)
    world.tick(utc_now())
    email = world.lead.email
    world.session.commit()
    for script in (True, False):
        page = open_page("/staff/sign-in", script=script, width=1280, height=800)
        page.fill("[name=email]", email)
        page.fill("[name=password]", password)
        press(page.locator("main [type=submit]"))
        page.goto(PAGE)
        page.fill("[id='untold-nudge-number']", "9")
        if not script:
            press(page.get_by_role("button", name="Show the year"))
        expect(page.locator("#year")).to_contain_text("Nudge: 9 days after the close (was: 7")
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    press(page.get_by_role("button", name="Save this"))
    expect(page.locator("main")).to_contain_text("Saved. Waiting to be told, Nudge: 9 days")
