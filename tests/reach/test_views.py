"""The choice of how reminders reach you: signed in, behind a link, and by one press."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config import Config
from tests import factories as make
from tests.conftest import SignIn
from tests.mail.server import Received
from tracker.accounts.models import Person
from tracker.channels.links import LINK_DAYS, make_reach_link
from tracker.channels.models import Preference
from tracker.channels.operations import choose
from tracker.channels.outlets import OUTLETS
from tracker.channels.policy import Channel, Choice, Rhythm
from tracker.channels.queries import choice_of
from tracker.mail.transport import MemoryTransport
from tracker.reminders.links import make_link
from tracker.reminders.models import Mail
from tracker.services.models import Organisation
from tracker.subscriptions.sealing import Seal

TODAY = datetime.now(UTC).date()
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
PRESS = {"press": "save"}
NTFY = "https://ntfy.sh/our-loops"


@pytest.fixture
def own(session: Session) -> Organisation:
    return make.make_organisation(session)


@pytest.fixture
def olu(session: Session, own: Organisation) -> Person:
    return make.make_person(session, "Olu")


def path(settings: Config, person: Person, today: date = TODAY) -> str:
    return make_reach_link(settings, person.id, today=today).removeprefix(settings.base_url)


def notices(session: Session) -> list[Mail]:
    session.rollback()
    return list(session.scalars(select(Mail).order_by(Mail.id)))


def words(page: TestResponse) -> str:
    return " ".join(page.text.split())


def test_by_link_shows_the_choice_and_changes_nothing(
    client: FlaskClient, session: Session, settings: Config, olu: Person
) -> None:
    for method in (client.get, client.head, client.get):
        page = method(path(settings, olu))
        assert page.status_code == 200
    assert "For Olu. Nothing changes until you press the button." in words(page)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.headers
    assert session.scalars(select(Preference)).all() == [] and notices(session) == []


def test_one_press_moves_to_the_weekly_digest_and_tells_so_once(
    client: FlaskClient, session: Session, settings: Config, olu: Person
) -> None:
    for _ in range(3):
        page = client.post(path(settings, olu), data=ONE_CLICK)
        assert page.status_code == 200
    assert "Your reminders come once a week, on Mondays." in words(page)
    assert choice_of(session, olu.id) == Choice(Rhythm.WEEKLY)
    [mail] = notices(session)
    assert mail.subject == "Your reminders now come once a week"
    mail_content = session.scalars(select(Mail.content)).one()
    assert mail_content is not None
    letter = Received("", "", mail_content)
    assert "Undo it:\r\nhttp://localhost/reach/" in letter.text
    assert "List-Unsubscribe" not in letter.message


def test_one_press_keeps_the_day_and_the_channel(
    client: FlaskClient, session: Session, settings: Config, olu: Person
) -> None:
    now = datetime.now(UTC)
    choose(session, olu.id, Choice(Rhythm.AT_ONCE, 3, Channel.CHAT), now=now, address_sealed="x")
    client.post(path(settings, olu), data=ONE_CLICK)
    session.expire_all()
    assert choice_of(session, olu.id) == Choice(Rhythm.WEEKLY, 3, Channel.CHAT)


def test_link_leads_back_from_weekly_and_to_mail(
    client: FlaskClient, session: Session, settings: Config, olu: Person
) -> None:
    now = datetime.now(UTC)
    choose(session, olu.id, Choice(Rhythm.WEEKLY, 3, Channel.CHAT), now=now, address_sealed="x")
    page = client.get(path(settings, olu))
    assert "Chat: Microsoft Teams, Slack or ntfy" in page.text
    sent = PRESS | {"rhythm": "at_once", "weekday": "3", "channel": "mail"}
    page = client.post(path(settings, olu), data=sent)
    assert "Your reminders come at once." in words(page)
    session.expire_all()
    assert choice_of(session, olu.id) == Choice(Rhythm.AT_ONCE, 3, Channel.MAIL)
    assert [mail.subject for mail in notices(session)] == ["Your reminders come at once again"]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"rhythm": "never"},
        {"rhythm": "weekly", "weekday": "6"},
        {"rhythm": "weekly", "weekday": "²"},
        {"rhythm": "off\0"},
        {"rhythm": "at_once", "press": "no"},
        {"rhythm": "at_once"},
    ],
    ids=["nothing", "never", "saturday", "odd", "nul", "other-press", "no-press"],
)
def test_link_refuses_what_is_no_choice(
    client: FlaskClient, session: Session, settings: Config, olu: Person, sent: dict[str, str]
) -> None:
    page = client.post(
        path(settings, olu), data=sent if sent.get("rhythm") == "at_once" else PRESS | sent
    )
    assert page.status_code == 422
    assert "nothing was changed" in words(page)
    assert choice_of(session, olu.id) == Choice()


def test_link_cannot_bring_in_another_channel(
    client: FlaskClient, session: Session, settings: Config, olu: Person
) -> None:
    sent = PRESS | {"rhythm": "weekly", "weekday": "0", "channel": "chat", "chat_address": NTFY}
    client.post(path(settings, olu), data=sent)
    assert choice_of(session, olu.id) == Choice(Rhythm.WEEKLY)


def test_broken_link_explains_itself(
    client: FlaskClient, session: Session, own: Organisation
) -> None:
    for method in (client.get, client.post):
        page = method("/reach/not-a-link", data=ONE_CLICK)
        assert page.status_code == 404
        assert "This link doesn’t work (any more)" in page.text
    assert session.scalars(select(Preference)).all() == []


def test_link_of_another_purpose_is_none(
    client: FlaskClient, settings: Config, olu: Person
) -> None:
    other = make_link(settings, 1, olu.id, expires_on=TODAY).rsplit("/", 1)[1]
    assert client.get(f"/reach/{other}").status_code == 404


@pytest.mark.parametrize("case", ["expired", "left"])
def test_spent_link_changes_nothing(
    client: FlaskClient, session: Session, settings: Config, olu: Person, case: str
) -> None:
    link = path(settings, olu, TODAY - timedelta(days=LINK_DAYS + 1 if case == "expired" else 0))
    olu.active = case == "expired"
    page = client.post(link, data=ONE_CLICK)
    assert page.status_code == 410
    assert "Nothing was changed." in page.text
    assert session.scalars(select(Preference)).all() == []


def test_link_works_on_its_last_day(client: FlaskClient, settings: Config, olu: Person) -> None:
    link = path(settings, olu, TODAY - timedelta(days=LINK_DAYS - 1))
    assert client.get(link).status_code == 200


def test_the_same_choice_again_says_nothing(
    client: FlaskClient, session: Session, settings: Config, olu: Person
) -> None:
    page = client.post(path(settings, olu), data=PRESS | {"rhythm": "at_once", "weekday": "0"})
    assert page.status_code == 200
    assert notices(session) == []


def test_link_changes_the_language_and_says_so_in_it(
    client: FlaskClient, session: Session, settings: Config, olu: Person
) -> None:
    assert "Cymraeg" in client.get(path(settings, olu)).text
    sent = PRESS | {"rhythm": "at_once", "weekday": "0", "language": "cy"}
    page = client.post(path(settings, olu), data=sent)
    assert '<option value="cy" lang="cy" selected>' in page.text
    session.expire_all()
    assert choice_of(session, olu.id) == Choice(language="cy")
    (mail,) = notices(session)
    assert mail.content is not None
    letter = Received("", "", mail.content)
    assert 'lang="cy"' in letter.html and "Gymraeg" in letter.message["Subject"]


def test_language_is_one_that_is_spoken_here(
    client: FlaskClient, session: Session, settings: Config, own: Organisation, olu: Person
) -> None:
    own.languages_off = ["cy"]
    session.commit()
    assert "Cymraeg" not in client.get(path(settings, olu)).text
    for language in ("cy", "xx", ""):
        sent = PRESS | {"rhythm": "at_once", "weekday": "0", "language": language}
        assert client.post(path(settings, olu), data=sent).status_code == 422
    assert choice_of(session, olu.id) == Choice()


def test_where_only_english_is_spoken_nobody_is_asked(
    client: FlaskClient, session: Session, settings: Config, own: Organisation, olu: Person
) -> None:
    own.languages_off = ["ar", "cy", "pl", "ur"]
    session.commit()
    assert "language" not in client.get(path(settings, olu)).text


def test_mine_saves_the_language(session: Session, olu: Person, sign_in: SignIn) -> None:
    browser = sign_in(olu)
    assert "In which language?" in browser.get("/staff/account/reminders").text
    sent = {"rhythm": "at_once", "weekday": "0", "language": "pl"}
    browser.post("/staff/account/reminders", data=sent)
    session.expire_all()
    assert choice_of(session, olu.id) == Choice(language="pl")
    page = browser.get("/staff/account/reminders")
    assert re.search(r'<option value="pl"[^>]* selected', page.text)
    refused = browser.post("/staff/account/reminders", data=sent | {"language": "xx"})
    assert refused.status_code == 422 and "Choose one of these." in refused.text


def test_mine_is_for_staff(client: FlaskClient, own: Organisation) -> None:
    assert client.get("/staff/account/reminders").status_code == 302


def test_mine_saves_the_rhythm(session: Session, olu: Person, sign_in: SignIn) -> None:
    browser = sign_in(olu)
    page = browser.get("/staff/account/reminders")
    assert "Which way?" not in page.text  # nothing but mail is set up
    sent = {"rhythm": "weekly", "weekday": "4"}
    page = browser.post("/staff/account/reminders", data=sent, follow_redirects=True)
    assert "Saved. It holds for reminders that wait already, too." in page.text
    session.expire_all()
    assert choice_of(session, olu.id) == Choice(Rhythm.WEEKLY, 4)
    assert notices(session) == []  # they did it themselves


def test_mine_refuses_nonsense(session: Session, olu: Person, sign_in: SignIn) -> None:
    browser = sign_in(olu)
    for sent in ({"rhythm": "never", "weekday": "0"}, {"rhythm": "weekly", "weekday": "9"}):
        assert browser.post("/staff/account/reminders", data=sent).status_code == 422
    assert choice_of(session, olu.id) == Choice()


@pytest.fixture
def all_channels(app: Flask, own: Organisation) -> Iterator[None]:
    own.uses_chat = own.uses_notify = True
    before = app.extensions[OUTLETS]
    app.extensions[OUTLETS] = {each: MemoryTransport() for each in Channel}
    yield
    app.extensions[OUTLETS] = before


@pytest.mark.usefixtures("all_channels")
def test_mine_keeps_the_address_of_a_chat_sealed(
    session: Session, settings: Config, olu: Person, sign_in: SignIn
) -> None:
    browser = sign_in(olu)
    sent = {"rhythm": "at_once", "weekday": "0", "channel": "chat", "chat_address": NTFY}
    assert browser.post("/staff/account/reminders", data=sent).status_code == 302
    session.expire_all()
    kept = session.get_one(Preference, olu.id)
    assert "ntfy" not in kept.address_sealed
    assert Seal(settings).open(kept.address_sealed.encode()) == NTFY.encode()
    assert NTFY not in browser.get("/staff/account/reminders").text
    # Left empty, it stays
    browser.post("/staff/account/reminders", data=sent | {"chat_address": "", "rhythm": "weekly"})
    session.expire_all()
    assert (kept.rhythm, kept.changes) == (Rhythm.WEEKLY, 2)
    assert Seal(settings).open(kept.address_sealed.encode()) == NTFY.encode()


@pytest.mark.usefixtures("all_channels")
@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"channel": "chat", "chat_address": ""}, "Paste the whole address"),
        ({"channel": "chat", "chat_address": "http://10.0.0.1/x"}, "Paste the whole address"),
        ({"channel": "notify_text", "phone": "1"}, "Enter a mobile number"),
        ({"channel": "pigeon"}, "Choose one of these."),
    ],
    ids=["no-chat", "inside", "phone", "pigeon"],
)
def test_mine_says_what_an_address_has_to_be(
    session: Session, olu: Person, sign_in: SignIn, sent: dict[str, str], says: str
) -> None:
    answer = sign_in(olu).post(
        "/staff/account/reminders", data={"rhythm": "at_once", "weekday": "0"} | sent
    )
    assert answer.status_code == 422
    assert says in answer.text
    assert choice_of(session, olu.id) == Choice()


@pytest.mark.usefixtures("all_channels")
def test_mine_takes_notify(
    session: Session, settings: Config, olu: Person, sign_in: SignIn
) -> None:
    browser = sign_in(olu)
    sent = {"rhythm": "at_once", "weekday": "0", "channel": "notify_text", "phone": "07700900123"}
    browser.post("/staff/account/reminders", data=sent)
    session.expire_all()
    kept = session.get_one(Preference, olu.id)
    assert Seal(settings).open(kept.address_sealed.encode()) == b"+447700900123"
    browser.post("/staff/account/reminders", data=sent | {"channel": "notify_email"})
    session.expire_all()
    assert kept.channel is Channel.NOTIFY_EMAIL


@pytest.mark.usefixtures("all_channels")
def test_mine_offers_only_what_is_switched_on(
    own: Organisation, olu: Person, sign_in: SignIn
) -> None:
    own.uses_notify = False
    page = sign_in(olu).get("/staff/account/reminders")
    assert "Microsoft Teams" in page.text and "GOV.UK Notify" not in page.text


def test_account_page_leads_to_the_choice(olu: Person, sign_in: SignIn) -> None:
    assert "/staff/account/reminders" in sign_in(olu).get("/staff/account").text
