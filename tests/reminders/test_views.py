"""The timeline, the outbox and putting off, as a browser meets them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories as make
from tests.conftest import SignIn
from tests.reminders.world import World, at
from tracker.accounts.policy import RoleName
from tracker.actions.policy import Outcome
from tracker.channels.policy import Channel
from tracker.clock import utc_now
from tracker.mail.errors import PermanentMailError
from tracker.mail.transport import MemoryTransport
from tracker.reminders.models import Case, Mail, MailState, Snooze

NINE = at("2026-01-08 09:00")


class Refusing(MemoryTransport):
    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        raise PermanentMailError("554 no")


def test_timeline_tells_the_whole_story(world: World, sign_in: SignIn) -> None:
    consultation = world.closed()
    world.tick(at("2026-01-14 09:00"))
    page = sign_in(world.owner).get(f"/staff/consultations/{consultation.id}/reminders").text
    assert "<strong>Nudge</strong> to Olu" in page
    assert "It was not sent in its time, and a higher step is due: Nudge." in page
    assert "14 January 2026, 9:00" in page
    assert "<strong>Told to the manager</strong> to Mo, Olu" in page
    assert "Put off the next reminders" in page
    assert "See the mail" not in page  # the outbox isn't the owner's to see


def test_timeline_names_the_action_of_each_case(world: World, sign_in: SignIn) -> None:
    consultation = world.closed()
    for text in ("A later bus", "Cheaper tickets"):
        make.make_action(
            world.session,
            consultation=consultation,
            outcome=Outcome.PLANNED,
            text=text,
            due_on=date(2026, 3, 2),
            published_at=NINE,
        )
    world.tick(at("2026-02-23 09:00"))

    page = sign_in(world.owner).get(f"/staff/consultations/{consultation.id}/reminders").text

    for text in ("A later bus", "Cheaper tickets"):
        assert f'<span class="staff-quiet">An action that is promised: {text}</span>' in page
        assert f"of “An action that is promised: {text}”" in page  # may be put off by itself


def test_timeline_of_a_consultation_that_is_open(world: World, sign_in: SignIn) -> None:
    consultation = make.make_open_consultation(world.session, service=world.service)
    world.organisation.is_sending = False
    page = sign_in(world.lead).get(f"/staff/consultations/{consultation.id}/reminders").text
    assert "Reminders start when a consultation has closed." in page
    assert "No reminder has been sent yet." in page
    assert "Sending is switched off." in page


def test_timeline_is_not_for_strangers(world: World, sign_in: SignIn) -> None:
    consultation = world.closed()
    stranger = make.make_person(world.session, "Stranger")
    page = sign_in(stranger).get(f"/staff/consultations/{consultation.id}/reminders")
    assert page.status_code == 403 and "Bus" not in page.text
    assert sign_in(world.lead).get("/staff/consultations/99/reminders").status_code == 404


def open_case(world: World) -> Case:
    """A case that is open on the real present day, as the views see it."""
    today = utc_now().date()
    world.closed(closes_on=today - timedelta(days=1), promise_on=today + timedelta(days=83))
    world.tick(utc_now())
    return world.session.scalars(select(Case)).one()


def test_snooze_holds_the_case_and_says_until_when(world: World, sign_in: SignIn) -> None:
    case = open_case(world)
    until = utc_now().date() + timedelta(days=10)
    browser = sign_in(world.owner)
    assert "Put off the next reminders" in browser.get(f"/staff/cases/{case.id}/put-off").text
    form = {"until_on": until.isoformat(), "reason": "Exams"}
    page = browser.post(f"/staff/cases/{case.id}/put-off", data=form, follow_redirects=True)
    assert "You will be asked again on" in page.text and "Exams" in page.text
    snooze = world.session.scalars(select(Snooze)).one()
    assert (snooze.until_on, snooze.person_id) == (until, world.owner.id)


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"until_on": "", "reason": "Exams"}, "Choose a day."),
        ({"until_on": "soon", "reason": "Exams"}, "Not a valid date value."),
        ({"until_on": "2020-01-01", "reason": "Exams"}, "Choose a day from "),
        ({"until_on": "9999-12-31", "reason": "Exams"}, "Choose a day from "),
        ({"until_on": "2020-01-01", "reason": " "}, "Say why it has to wait."),
        ({"until_on": "2020-01-01", "reason": "x" * 501}, "500 characters or fewer"),
        ({}, "Choose a day."),
    ],
)
def test_snooze_keeps_what_was_typed_and_says_what_is_wrong(
    world: World, sign_in: SignIn, form: dict[str, str], message: str
) -> None:
    case = open_case(world)
    page = sign_in(world.owner).post(f"/staff/cases/{case.id}/put-off", data=form)
    assert page.status_code == 400
    assert message in page.text and "There is a problem" in page.text
    assert form.get("reason", "") in page.text
    assert world.session.scalars(select(Snooze)).all() == []


def test_snooze_a_third_time_is_refused_in_plain_words(world: World, sign_in: SignIn) -> None:
    case = open_case(world)
    for _ in range(2):
        case.snoozes.append(Snooze(until_on=date(2026, 1, 1), reason="x", at=NINE))
    form = {"until_on": (utc_now().date() + timedelta(days=2)).isoformat(), "reason": "Exams"}
    page = sign_in(world.owner).post(f"/staff/cases/{case.id}/put-off", data=form)
    assert page.status_code == 409 and "put off twice already" in page.text
    timeline = f"/staff/consultations/{case.consultation_id}/reminders"
    assert "Put off the next reminders" not in sign_in(world.owner).get(timeline).text


def test_snooze_is_not_for_the_contact_or_strangers(world: World, sign_in: SignIn) -> None:
    case = open_case(world)
    for person in (world.contact, make.make_person(world.session, "Stranger")):
        page = sign_in(person).post(f"/staff/cases/{case.id}/put-off", data={})
        assert page.status_code == 403
    assert sign_in(world.owner).get("/staff/cases/999/put-off").status_code == 404


def test_outbox_lists_mails_and_filters_by_state(world: World, sign_in: SignIn) -> None:
    world.closed(title="Bus")
    world.tick(NINE)
    browser = sign_in(world.lead)
    page = browser.get("/staff/outbox").text
    assert "3 young people are waiting to hear: Bus (day 1 of 84)" in page and "to Olu" in page
    assert "Sent (1)" in page and "Send what is due now" not in page
    assert "No mail is “failed”." in browser.get("/staff/outbox?state=failed").text
    assert "waiting to hear: Bus" in browser.get("/staff/outbox?state=nonsense&page=x").text
    assert browser.get("/staff/outbox?page=99999999999999999999").status_code == 200


def test_outbox_when_empty_says_when_it_fills(world: World, sign_in: SignIn) -> None:
    world.organisation.is_sending = False
    page = sign_in(world.lead).get("/staff/outbox").text
    assert "No mail yet." in page and "Sending is switched off." in page


def test_outbox_turns_pages(world: World, sign_in: SignIn) -> None:
    for number in range(120):
        world.session.add(
            Mail(
                kind="notice",
                notice_key=f"k/{number}",
                recipient_id=world.owner.id,
                queued_at=NINE,
                not_before=NINE,
                state=MailState.SENT,
                sent_at=NINE,
                subject=f"Number {number}",
            )
        )
    page = sign_in(world.lead).get("/staff/outbox?page=2&state=sent").text
    assert "Page 2 of 3" in page and "Newer" in page and "Older" in page
    assert "state=sent" in page


@pytest.mark.parametrize("path", ["", "/1", "/1/html"])
def test_outbox_is_for_leads_and_administrators_alone(
    world: World, sign_in: SignIn, path: str
) -> None:
    world.closed()
    world.tick(NINE)
    for person in (world.owner, world.contact, make.make_person(world.session, "Stranger")):
        assert sign_in(person).get(f"/staff/outbox{path}").status_code == 403
    admin = make.make_person(world.session, "Ada", RoleName.ADMINISTRATOR)
    assert sign_in(admin).get(f"/staff/outbox{path}").status_code == 200


def test_mail_shows_how_it_looks_where_nothing_is_really_sent(
    world: World, sign_in: SignIn
) -> None:
    world.closed()
    world.tick(NINE)
    browser = sign_in(world.lead)
    page = browser.get("/staff/outbox/1").text
    assert "olu@example.org" in page and "Auto-Submitted" in page
    assert "Read the answers:" in page
    assert 'sandbox="allow-popups' in page
    frame = browser.get("/staff/outbox/1/html")
    assert "Read the answers</a>" in frame.text and '<base target="_blank">' in frame.text
    policy = frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "script" not in policy


@pytest.fixture
def with_server(app: Flask) -> Iterator[None]:
    before = app.config["LOOPKEEPER"]
    app.config["LOOPKEEPER"] = replace(before, smtp_host="mail.example.org")
    yield
    app.config["LOOPKEEPER"] = before


@pytest.mark.usefixtures("with_server")
def test_mail_keeps_its_links_to_itself_where_mails_are_sent(world: World, sign_in: SignIn) -> None:
    world.closed()
    world.tick(NINE)
    browser = sign_in(world.lead)
    page = browser.get("/staff/outbox/1").text
    assert ("Message-ID" in page and "aren&#39;t shown here" in page) or "aren't shown here" in page
    assert "/do/" not in page and "/reach/" not in page and "iframe" not in page
    assert browser.get("/staff/outbox/1/html").status_code == 404


def test_mail_says_how_it_travels_if_not_as_usual(world: World, sign_in: SignIn) -> None:
    world.closed()
    world.tick(NINE)
    browser, [mail] = sign_in(world.lead), world.mails
    assert "How</dt>" not in browser.get("/staff/outbox/1").text
    mail.channel = Channel.CHAT
    assert "Chat: Microsoft Teams, Slack or ntfy" in browser.get("/staff/outbox/1").text
    mail.channel, mail.detour = Channel.MAIL, "Chat: 404 from ntfy"
    page = browser.get("/staff/outbox/1").text
    assert "the way its reader chose didn’t work. Chat: 404 from ntfy" in page


def test_mail_that_is_not_written_yet(world: World, sign_in: SignIn) -> None:
    world.closed()
    world.tick(at("2026-01-08 06:00"))
    browser = sign_in(world.lead)
    assert "It is written at the moment of sending" in browser.get("/staff/outbox/1").text
    assert browser.get("/staff/outbox/1/html").status_code == 404
    assert browser.get("/staff/outbox/99").status_code == 404


def test_mail_that_failed_can_be_sent_again(world: World, sign_in: SignIn) -> None:
    world.closed()
    world.tick(NINE, Refusing())
    browser = sign_in(world.lead)
    assert "Send it again" in browser.get("/staff/outbox/1").text
    page = browser.post("/staff/outbox/1/send-again", follow_redirects=True)
    assert "It goes to Olu again with the next mails." in page.text
    assert world.tick(NINE + timedelta(hours=1)).sent == 1
    refusal = browser.post("/staff/outbox/1/send-again")
    assert refusal.status_code == 409 and "isn&#39;t one that was given up" in refusal.text
    assert sign_in(world.owner).post("/staff/outbox/1/send-again").status_code == 403


@pytest.fixture
def in_demo(app: Flask) -> Iterator[None]:
    before = app.config["LOOPKEEPER"]
    app.config["LOOPKEEPER"] = replace(before, demo=True)
    yield
    app.config["LOOPKEEPER"] = before


@pytest.mark.usefixtures("in_demo")
def test_send_now_looks_at_what_is_due_in_the_demo(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.lead)
    assert "Send what is due now" in browser.get("/staff/outbox").text
    page = browser.post("/staff/outbox/send-now", follow_redirects=True)
    assert "No mail was written: nothing is due" in page.text
    world.session.add(
        Mail(
            kind="notice",
            notice_key="k",
            recipient_id=world.owner.id,
            queued_at=NINE,
            not_before=NINE,
            subject="Hello",
            content=b"Subject: Hello\r\n\r\nHello\r\n",
        )
    )
    page = browser.post("/staff/outbox/send-now", follow_redirects=True)
    assert "1 mail was written." in page.text


def test_send_now_is_for_the_demo_alone(world: World, sign_in: SignIn) -> None:
    page = sign_in(world.lead).post("/staff/outbox/send-now")
    assert page.status_code == 404 and "This button is for the demo." in page.text
    assert sign_in(world.owner).post("/staff/outbox/send-now").status_code == 403


def test_mail_that_failed_says_what_went_wrong_and_how_to_mend_it(
    world: World, sign_in: SignIn
) -> None:
    admin = make.make_person(world.session, "Ann", RoleName.ADMINISTRATOR)
    world.owner.email = "no address"
    world.closed()
    world.tick(NINE)
    page = sign_in(world.lead).get("/staff/outbox/1").text
    assert "What stands as the address of Olu is no e-mail address." in page
    assert "Ask an administrator to correct the address of Olu" in page
    assert "Send it again" not in page
    link = f'href="/staff/people/{world.owner.id}"'
    assert link in sign_in(admin).get("/staff/outbox/1").text
    refusal = sign_in(admin).post("/staff/outbox/1/send-again")
    assert refusal.status_code == 409 and "is no address" in refusal.text
    world.owner.email = "olu@example.org"
    assert "Send it again" in sign_in(world.lead).get("/staff/outbox/1").text


def test_mail_to_a_subscriber_that_failed_can_be_sent_again_unless_they_are_gone(
    world: World, sign_in: SignIn
) -> None:
    world.session.add(
        Mail(
            kind="notice",
            notice_key="k",
            queued_at=NINE,
            not_before=NINE,
            state=MailState.FAILED,
            last_error="554 no",
        )
    )
    page = sign_in(world.lead).get("/staff/outbox/1").text
    assert "The reader wants no more mails." in page and "Send it again" not in page
