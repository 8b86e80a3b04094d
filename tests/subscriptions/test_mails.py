"""From an address on a page to the mails it gets, with the real clock work: who is told what, once."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tests.mail.server import Received
from tests.reminders.world import World, at, make_world
from tracker.actions.models import Action, ActionVersion
from tracker.actions.policy import Outcome
from tracker.consultations.models import Consultation
from tracker.loop.policy import Stage
from tracker.loop.queries import loop_of
from tracker.mail.errors import PermanentMailError
from tracker.mail.render import RenderedMail
from tracker.mail.transport import MemoryTransport
from tracker.reminders.models import Mail, MailState
from tracker.reminders.operations import queue_for_subscriber, send_again
from tracker.reminders.operations.notices import RecipientUnreachable
from tracker.reminders.simulation import simulate
from tracker.subscriptions.models import Subscription, Told
from tracker.subscriptions.operations import confirm, subscribe
from tracker.subscriptions.sealing import Errand, Seal
from tracker.verdicts.models import Verdict

SAM = "sam@example.org"
START = at("2026-02-03 09:00")


@pytest.fixture
def world(app: Flask, session: Session, settings: Config) -> World:
    return make_world(app, session, settings)


@pytest.fixture
def consultation(world: World) -> Consultation:
    """Closed and told in January, so that nothing but what the tests publish is news."""
    consultation = world.closed()
    world.tell(consultation, at("2026-01-20 10:00"))
    return consultation


def seal(world: World) -> Seal:
    return Seal(world.settings)


def ask(world: World, consultation: Consultation, address: str = SAM, language: str = "en") -> None:
    subscribe(world.session, consultation, address, language, seal(world), now=START)


def subscription(world: World) -> Subscription:
    return world.session.scalars(select(Subscription)).one()


def on(world: World, consultation: Consultation, address: str = SAM) -> Subscription:
    """A subscription that has been confirmed."""
    ask(world, consultation, address)
    hashes = seal(world).hashes(address)
    found = world.session.scalars(
        select(Subscription).where(Subscription.address_hash.in_(hashes))
    ).one()
    confirm(world.session, found, now=START)
    found.written_times = 1
    return found


def publish(
    world: World, consultation: Consultation, moment: str, outcome: Outcome, **values: object
) -> Action:
    theme = make.make_theme(world.session, consultation)
    when = at(moment)
    return make.make_action(
        world.session,
        theme,
        outcome=outcome,
        recorded_at=when,
        published_at=when,
        **{"text": f"Words of {outcome}"} | values,
    )


def letters(world: World, to: str = SAM) -> list[Received]:
    return [
        Received("", "", content)
        for _, recipient, content in world.transport.sent
        if recipient == to
    ]


def subjects(world: World, to: str = SAM) -> list[str]:
    return [str(letter.message["Subject"]) for letter in letters(world, to)]


def walk(world: World, first: str, days: int) -> None:
    for day in range(days):
        world.tick(at(f"{first} 10:00") + timedelta(days=day))


def test_a_request_to_confirm_goes_out_at_once_even_at_night_and_once(
    world: World, consultation: Consultation, client: FlaskClient
) -> None:
    ask(world, consultation)
    for hour in (1, 2, 3):
        world.tick(at(f"2026-02-04 0{hour}:00"))
    (letter,) = letters(world)
    assert letter.message["Subject"] == "Do you want to be told? Bus to the youth centre"
    (address,) = set(re.findall(r"http://localhost(/tell-me/\S+)", letter.text))
    assert address in letter.html
    # Mail programs open links: that alone changes nothing.
    assert "Do you want to be told?" in client.get(address).text
    world.session.expire_all()
    assert subscription(world).confirmed_on is None
    assert "We will tell you" in client.post(address).text
    world.session.expire_all()
    assert subscription(world).confirmed_on is not None
    assert "We will tell you" in client.get(address).text


@pytest.mark.one_database
def test_an_address_that_was_not_confirmed_is_told_nothing_and_deleted(
    world: World, consultation: Consultation
) -> None:
    ask(world, consultation)
    publish(world, consultation, "2026-02-04 09:00", Outcome.ALREADY)
    walk(world, "2026-02-03", 8)
    assert len(letters(world)) == 1 and subscription(world)
    walk(world, "2026-02-11", 1)
    assert world.session.scalars(select(Subscription)).all() == []


def test_a_double_tap_asks_once(world: World, consultation: Consultation) -> None:
    ask(world, consultation)
    first = subscription(world)
    twin = {
        name: getattr(first, name)
        for name in ("consultation_id", "address_hash", "address_sealed", "language", "asked_on")
    }
    world.session.delete(first)
    world.session.flush()
    with world.session.no_autoflush:  # the other tap is stored between our look and our write
        world.session.add(Subscription(**twin))
        ask(world, consultation)
    assert subscription(world).address_sealed == twin["address_sealed"]


def test_confirming_twice_changes_nothing(world: World, consultation: Consultation) -> None:
    found = on(world, consultation)
    confirmed_on = found.confirmed_on
    confirm(world.session, found, now=START + timedelta(days=3))
    assert found.confirmed_on == confirmed_on


def sealed_mail(world: World, consultation: Consultation, settings: Config | None = None) -> Mail:
    """A mail in the outbox for a subscriber, sealed with the secret of `settings`."""
    found = on(world, consultation)
    own = seal(world)
    other = Seal(settings) if settings else own
    found.address_sealed = other.close(SAM.encode()).decode()
    queue_for_subscriber(
        world.session,
        found,
        key="news",
        rendered=RenderedMail("News", "It changed.", "<p>It changed.</p>"),
        seal=other,
        stop_address="http://localhost/stop",
        now=START,
    )
    return world.session.scalars(select(Mail).where(Mail.notice_key == "news")).one()


def test_a_mail_sealed_with_a_secret_that_is_gone_is_cancelled(
    world: World, consultation: Consultation
) -> None:
    gone = replace(world.settings, secret_key="a-secret-that-nobody-knows-any-more-at-all")
    mail = sealed_mail(world, consultation, gone)
    world.session.commit()
    world.tick(START)
    assert (mail.state, mail.last_error) == (
        MailState.CANCELLED,
        "It was sealed with a key that isn't known any more.",
    )
    queue_for_subscriber(
        world.session,
        subscription(world),
        key="more",
        rendered=RenderedMail("News", "It changed.", "<p>It changed.</p>"),
        seal=seal(world),
        stop_address="http://localhost/stop",
        now=START,
    )
    assert world.session.scalars(select(Mail).where(Mail.notice_key == "more")).all() == []


def test_a_mail_tried_again_keeps_its_message_id(world: World, consultation: Consultation) -> None:
    mail = sealed_mail(world, consultation)
    mail.state, mail.message_id = MailState.FAILED, "<news@example.org>"
    send_again(world.session, mail, now=START)
    assert (mail.state, mail.message_id) == (MailState.WAITING, "<news@example.org>")
    world.session.commit()
    world.tick(START)
    assert (mail.state, mail.message_id) == (MailState.SENT, "<news@example.org>")


def test_a_mail_to_somebody_who_stopped_is_neither_sent_again_nor_repeated(
    world: World, consultation: Consultation
) -> None:
    mail = sealed_mail(world, consultation)
    mail.state, mail.subscription_id = MailState.FAILED, None
    world.session.commit()
    with pytest.raises(RecipientUnreachable, match="wants no more mails"):
        send_again(world.session, mail, now=START)
    # A worker was stopped with it in its hands.
    mail.state, mail.claimed_by, mail.claimed_until = MailState.SENDING, "gone", START
    world.session.commit()
    world.tick(START + timedelta(minutes=1))
    assert (mail.state, mail.content) == (MailState.CANCELLED, None)


@pytest.mark.one_database
def test_no_mailbox_is_filled_from_here(world: World, consultation: Consultation) -> None:
    others = [world.closed(title=f"Other {n}") for n in range(5)]
    for each in (consultation, consultation, *others):
        ask(world, each)
    world.tick(START)
    assert len(letters(world)) == 3
    tomorrow = START + timedelta(days=1)
    subscribe(world.session, consultation, SAM, "en", seal(world), now=tomorrow)
    world.tick(tomorrow)
    assert len(letters(world)) == 4
    on(world, consultation, "kim@example.org")
    ask(world, consultation, "kim@example.org")
    world.tick(tomorrow)
    assert letters(world, "kim@example.org") == []


def test_what_happens_is_told_gathered_once_a_week_and_once(
    world: World, consultation: Consultation
) -> None:
    on(world, consultation)
    publish(world, consultation, "2026-02-04 09:00", Outcome.DONE, changed_on=date(2026, 2, 3))
    publish(world, consultation, "2026-02-04 09:30", Outcome.ALREADY)
    walk(world, "2026-02-04", 3)
    assert subjects(world) == ["Something changed: Bus to the youth centre"]
    (letter,) = letters(world)
    assert "Words of done" in letter.text and "Words of already" in letter.text
    assert "/board/" in letter.text and "/changed/" not in letter.text
    # The next waits until a week has gone by, and comes with "did it change?".
    publish(world, consultation, "2026-02-06 09:00", Outcome.PASSED_ON, passed_on_to="The council")
    walk(world, "2026-02-07", 4)
    assert len(letters(world)) == 1
    walk(world, "2026-02-11", 30)
    assert subjects(world)[1:] == ["The service has answered: Bus to the youth centre"]
    assert "Did this change? Tell us if it is true:" in letters(world)[1].text
    keys = world.session.scalars(select(Told.event_key)).all()
    assert len(keys) == len(set(keys)) == 4


@pytest.mark.one_database
def test_what_was_there_before_is_no_news(world: World, consultation: Consultation) -> None:
    on(world, consultation)
    walk(world, "2026-02-04", 20)
    assert letters(world) == []


def test_two_workers_tell_it_once(world: World, consultation: Consultation) -> None:
    on(world, consultation)
    publish(world, consultation, "2026-02-04 09:00", Outcome.ALREADY)
    for _ in range(3):
        world.tick(at("2026-02-04 10:00"))
    assert len(letters(world)) == 1


@pytest.mark.one_database
def test_news_keeps_to_the_hours_for_sending(world: World, consultation: Consultation) -> None:
    on(world, consultation)
    publish(world, consultation, "2026-02-04 09:00", Outcome.ALREADY)
    world.tick(at("2026-02-04 22:00"))
    assert letters(world) == []
    world.tick(at("2026-02-05 09:00"))
    assert len(letters(world)) == 1


@pytest.mark.one_database
def test_a_consultation_that_was_stopped_is_told_and_then_forgotten(
    world: World, consultation: Consultation
) -> None:
    on(world, consultation)
    consultation.withdrawn_at = at("2026-02-05 10:00")
    consultation.withdrawn_reason = "The youth centre closes."
    walk(world, "2026-02-06", 31)
    (letter,) = letters(world)
    assert "The youth centre closes." in letter.text
    assert subscription(world)
    walk(world, "2026-03-09", 1)
    assert world.session.scalars(select(Subscription)).all() == []


def stop_address(letter: Received) -> str:
    said = str(letter.message["List-Unsubscribe"])
    assert letter.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (path,) = re.findall(r"<http://localhost(/stop/[^>]+)>", said)
    assert path in letter.text and path in letter.html
    return str(path)


def test_one_press_stops_them_for_good_and_looking_changes_nothing(
    world: World, consultation: Consultation, client: FlaskClient
) -> None:
    on(world, consultation)
    publish(world, consultation, "2026-02-04 09:00", Outcome.ALREADY)
    walk(world, "2026-02-04", 1)
    address = stop_address(letters(world)[0])
    assert "Stop the mails?" in client.get(address).text
    world.session.expire_all()
    assert subscription(world)
    for _ in range(2):
        answer = client.post(address, data={"List-Unsubscribe": "One-Click"})
        assert "You get no more mails" in answer.text
    publish(world, consultation, "2026-02-12 09:00", Outcome.ALREADY)
    walk(world, "2026-02-12", 10)
    assert len(letters(world)) == 1
    assert world.session.scalars(select(Subscription)).all() == []
    assert "You get no more mails" in client.get(address).text


def test_a_mail_that_waits_is_never_sent_after_unsubscribing(
    world: World, consultation: Consultation, client: FlaskClient
) -> None:
    on(world, consultation)
    publish(world, consultation, "2026-02-04 09:00", Outcome.ALREADY)
    world.organisation.is_sending = False
    world.tick(at("2026-02-04 10:00"))
    (mail,) = world.mails
    assert mail.state is MailState.WAITING
    client.post(f"/stop/{seal(world).link(Errand.STOP, subscription(world).id)}")
    world.session.expire_all()
    world.organisation.is_sending = True
    world.tick(at("2026-02-04 11:00"))
    assert world.transport.sent == []
    (mail,) = world.mails
    assert (mail.state, mail.content) == (MailState.CANCELLED, None)


def test_nothing_that_is_kept_shows_the_address(world: World, consultation: Consultation) -> None:
    on(world, consultation)
    publish(world, consultation, "2026-02-04 09:00", Outcome.ALREADY)
    world.organisation.is_sending = False
    world.tick(at("2026-02-04 10:00"))
    content = world.session.scalars(select(Mail.content)).one()
    row = world.session.execute(select(Subscription.__table__)).mappings().one()
    assert content is not None and b"sam@" not in content and "sam@" not in str(dict(row))
    world.organisation.is_sending = True
    world.tick(at("2026-02-04 11:00"))
    assert len(letters(world)) == 1
    assert world.session.scalars(select(Mail.content)).one() is None


class Dead(MemoryTransport):
    """A mail server that knows the mailbox no more."""

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        raise PermanentMailError("550 no such mailbox", is_recipient_gone=True)


@pytest.mark.one_database
def test_an_address_that_is_dead_is_deleted(world: World, consultation: Consultation) -> None:
    on(world, consultation)
    publish(world, consultation, "2026-02-04 09:00", Outcome.ALREADY)
    world.tick(at("2026-02-04 10:00"), Dead())
    assert world.session.scalars(select(Subscription)).all() == []


@pytest.mark.one_database
def test_the_loop_is_not_followed_up_before_everybody_was_told_and_then_forgets_them(
    world: World, consultation: Consultation
) -> None:
    def reached(moment: str) -> int:
        world.session.flush()
        return len(loop_of(world.session, consultation, now=at(moment)).reached)

    kim = on(world, consultation)
    kim.mailed_on = date(2026, 2, 3)
    assert reached("2026-02-04 08:00") == 4
    publish(world, consultation, "2026-02-04 09:00", Outcome.PRAISE)
    walk(world, "2026-02-04", 6)
    assert reached("2026-02-09 12:00") == 3 and letters(world) == []
    walk(world, "2026-02-10", 1)
    assert reached("2026-02-10 12:00") == 4 and len(letters(world)) == 1
    assert Stage.FOLLOWED_UP in loop_of(world.session, consultation, now=START).reached
    walk(world, "2026-02-11", 30)
    assert subscription(world)
    walk(world, "2026-03-13", 1)
    assert world.session.scalars(select(Subscription)).all() == []


@pytest.mark.one_database
def test_a_loop_that_comes_open_again_keeps_its_subscribers(
    world: World, consultation: Consultation
) -> None:
    kim = on(world, consultation)
    kim.loop_closed_on = date(2026, 1, 15)
    publish(world, consultation, "2026-02-04 09:00", Outcome.PLANNED, due_on=date(2026, 6, 1))
    walk(world, "2026-02-04", 1)
    assert subscription(world).loop_closed_on is None


def judge_address(world: World) -> str:
    (found,) = set(re.findall(r"http://localhost(/changed/\S+)", letters(world)[-1].text))
    return str(found)


def test_did_it_change_is_counted_once_for_each_subscription(
    world: World, consultation: Consultation, client: FlaskClient
) -> None:
    on(world, consultation)
    action = publish(
        world, consultation, "2026-02-04 09:00", Outcome.DONE, changed_on=date(2026, 2, 3)
    )
    walk(world, "2026-02-04", 9)
    address = judge_address(world)
    assert "Words of done" in client.get(address).text
    assert world.session.scalars(select(Verdict)).all() == []
    for value in ("yes", "no"):
        answer = client.post(address, data={"verdict": value})
        assert "Thank you." in answer.text and "Set-Cookie" not in answer.headers
    client.post(address, data={"verdict": "no", "why": "It is still late."})
    world.session.expire_all()
    verdict = world.session.scalars(select(Verdict)).one()
    assert (verdict.action_id, verdict.value.value, verdict.why) == (
        action.id,
        "no",
        "It is still late.",
    )
    assert verdict.response_id is None and verdict.voice
    assert subscription(world).id.hex not in verdict.voice
    assert "We have kept" not in client.post(address, data={"verdict": "nonsense"}).text


@pytest.mark.one_database
def test_judge_is_for_what_the_subscription_is_about(
    world: World, consultation: Consultation, client: FlaskClient
) -> None:
    kim = on(world, consultation)
    other = publish(
        world,
        world.closed(title="Other"),
        "2026-02-04 09:00",
        Outcome.DONE,
        changed_on=date(2026, 2, 3),
    )
    plan = publish(
        world, consultation, "2026-02-04 09:00", Outcome.PLANNED, due_on=date(2026, 6, 1)
    )
    token = seal(world).link(Errand.JUDGE, kim.id)
    assert client.get(f"/changed/{token}/{other.id}").status_code == 404
    assert client.get(f"/changed/{token}/999999").status_code == 404
    assert client.get(f"/changed/nonsense/{plan.id}").status_code == 404
    assert "nothing to judge here just now" in client.get(f"/changed/{token}/{plan.id}").text
    assert client.post(f"/changed/{token}/{plan.id}", data={"verdict": "no"}).status_code == 409


@pytest.mark.one_database
def test_ask_takes_an_address_and_says_the_same_to_everybody(
    world: World, consultation: Consultation, client: FlaskClient
) -> None:
    path = f"/board/{consultation.slug}/tell-me"
    assert "kept apart from all answers" in client.get(path).text
    said = [client.post(path, data={"address": SAM}).text for _ in range(2)]
    assert said[0] == said[1] and "Look in your mail" in said[0] and SAM not in said[0]
    world.session.expire_all()
    assert subscription(world).language == "en"
    wrong = client.post(path, data={"address": "sam at example <b>"})
    assert wrong.status_code == 422
    assert 'value="sam at example &lt;b&gt;"' in wrong.text
    assert "Set-Cookie" not in wrong.headers
    assert client.get("/board/nothing/tell-me").status_code == 404


@pytest.mark.one_database
def test_ask_is_limited_from_one_connection(
    consultation: Consultation, client: FlaskClient
) -> None:
    path = f"/board/{consultation.slug}/tell-me"
    codes = [client.post(path, data={"address": "no"}).status_code for _ in range(41)]
    assert codes == [422] * 40 + [429]


@pytest.mark.one_database
@pytest.mark.parametrize("path", ["/tell-me/nonsense", "/stop/nonsense"])
def test_a_link_that_is_not_ours_is_refused_kindly(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code in (404, 410)
    assert client.post(path).status_code in (404, 410)


@pytest.mark.one_database
def test_letters_speak_the_subscribers_language(world: World, consultation: Consultation) -> None:
    ask(world, consultation, language="ar")
    world.tick(START)
    assert '<html lang="ar" dir="rtl">' in letters(world)[0].html


@pytest.mark.one_database
def test_letters_speak_the_first_language_where_the_subscribers_is_switched_off(
    world: World, consultation: Consultation
) -> None:
    ask(world, consultation, language="ar")
    world.organisation.language, world.organisation.languages_off = "cy", ["ar"]
    world.tick(START)
    assert '<html lang="cy" dir="ltr">' in letters(world)[0].html


@pytest.mark.one_database
def test_staff_see_that_a_mail_went_and_neither_to_whom_nor_what(
    world: World, consultation: Consultation, session: Session, app: Flask
) -> None:
    on(world, consultation)
    publish(world, consultation, "2026-02-04 09:00", Outcome.ALREADY)
    world.organisation.is_sending = False
    world.tick(at("2026-02-04 10:00"))
    world.session.commit()
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = world.lead.fs_uniquifier, True
    (mail,) = world.mails
    listed = browser.get("/staff/outbox").text
    assert "somebody who asked to be told" in listed
    page = browser.get(f"/staff/outbox/{mail.id}").text
    assert "Their address is sealed." in page and "sam@" not in listed + page
    assert browser.get(f"/staff/outbox/{mail.id}/html").status_code == 404


@pytest.mark.one_database
def test_a_simulation_writes_to_no_subscriber(
    world: World, consultation: Consultation, app: Flask
) -> None:
    on(world, consultation)
    publish(world, consultation, "2026-02-04 09:00", Outcome.ALREADY)
    world.organisation.is_sending = False
    world.tick(at("2026-02-04 10:00"))
    world.session.commit()
    with app.app_context():
        looks = list(simulate(world.session, world.settings, days=3, now=at("2026-02-05 08:00")))
    assert [mails for _, mails in looks if mails] == []


def make_newer(action: Action, moment: str, **values: object) -> None:
    action.versions.append(
        ActionVersion(
            number=2,
            outcome=Outcome.DONE,
            text="Better words",
            recorded_at=at(moment),
            published_at=at(moment),
            **values,
        )
    )


@pytest.mark.one_database
def test_better_words_for_the_same_change_are_no_news(
    world: World, consultation: Consultation
) -> None:
    on(world, consultation)
    action = publish(
        world, consultation, "2026-02-04 09:00", Outcome.DONE, changed_on=date(2026, 2, 3)
    )
    walk(world, "2026-02-04", 1)
    make_newer(action, "2026-02-05 09:00", changed_on=date(2026, 2, 3))
    walk(world, "2026-02-05", 25)
    assert len(letters(world)) == 2  # that it changed; and did it?
