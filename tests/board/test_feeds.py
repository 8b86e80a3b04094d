"""The feeds: sound Atom, the public facts and nothing beyond them."""

from datetime import date, timedelta
from xml.etree import ElementTree as Xml

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories as make
from tests.board.scenes import answered, asked, heard
from tests.counting import counted
from tests.factories import NOW
from tracker.actions.policy import Outcome
from tracker.board.feed import Entry, atom_feed
from tracker.board.queries.news import happenings
from tracker.verdicts.operations import give_verdict_at_kiosk
from tracker.verdicts.policy import VerdictValue

pytestmark = pytest.mark.one_database

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def _organisation(session: Session) -> None:
    make.make_organisation(session)


def read(client: FlaskClient, path: str) -> Xml.Element:
    answer = client.get(path)
    assert answer.mimetype == "application/atom+xml" and "Set-Cookie" not in answer.headers
    return Xml.fromstring(answer.data)


def texts(feed: Xml.Element, name: str) -> list[str]:
    return [each.text or "" for each in feed.iter(f"{ATOM}{name}")]


def test_feed_has_what_atom_asks_for(session: Session, client: FlaskClient) -> None:
    consultation, responses = asked(session, 3, title="Buses & <trams>")
    theme = heard(session, consultation, "A later bus", responses)
    answered(session, theme, outcome=Outcome.DONE, text="A 9.30 bus \x0b runs", published_at=NOW)
    feed = read(client, f"/board/{consultation.slug}/feed.atom")
    assert feed.tag == f"{ATOM}feed"
    assert texts(feed, "title")[0] == "Buses & <trams>"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Test Council"
    ids = texts(feed, "id")
    assert len(ids) == len(set(ids)) == 4 and all(id.startswith("http://localhost/") for id in ids)
    for entry in feed.iter(f"{ATOM}entry"):
        assert {child.tag for child in entry} >= {f"{ATOM}{n}" for n in ("id", "title", "updated")}
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {
        "self": f"http://localhost/board/{consultation.slug}/feed.atom",
        "alternate": f"http://localhost/board/{consultation.slug}",
    }
    assert "A 9.30 bus  runs" in texts(feed, "content")
    moments = texts(feed, "updated")
    assert moments[0] == max(moments[1:]) and all(m.endswith("T00:00:00+00:00") for m in moments)


def test_feed_of_all_holds_every_public_consultation_newest_first(
    session: Session, client: FlaskClient
) -> None:
    first, _ = asked(session, 1, title="First")
    asked(session, 1, title="Second", is_open=True)
    make.make_consultation(session, title="A draft")
    answered(
        session,
        make.make_theme(session, first),
        outcome=Outcome.ALREADY,
        published_at=NOW + timedelta(days=1),
    )
    titles = texts(read(client, "/board.atom"), "title")
    assert titles[0] == "You said, we did"
    assert titles[1].startswith("First: It was there already")
    assert any(title.startswith("Second") for title in titles)
    assert not any("draft" in title for title in titles)


def test_feed_counts_nobody_and_quotes_nobody(session: Session, client: FlaskClient) -> None:
    consultation, responses = asked(session, 9)
    theme = heard(session, consultation, "Words of a theme", responses)
    action = answered(session, theme, outcome=Outcome.DONE)
    for _ in range(8):
        give_verdict_at_kiosk(session, action, VerdictValue.NO, "A reason", now=NOW)
    content = client.get("/board.atom").text
    assert "The service was asked again." in content
    for secret in ("A reason", "about 10", "about 5", "Words of a theme"):
        assert secret not in content


def test_feed_without_anything_is_sound(client: FlaskClient) -> None:
    feed = read(client, "/board.atom")
    assert list(feed.iter(f"{ATOM}entry")) == []
    assert client.get("/board/nothing/feed.atom").status_code == 404


def test_pages_name_their_feed(session: Session, client: FlaskClient) -> None:
    consultation, _ = asked(session, 1, is_open=True, promise_on=date(2099, 1, 1))
    path = f"/board/{consultation.slug}"
    page = client.get(path).text
    assert 'rel="alternate" type="application/atom+xml"' in page and f"{path}/feed.atom" in page
    assert f"{path}/tell-me" in page and "/promise.ics" in page
    assert 'href="/board.atom"' in client.get("/").text


def test_a_consultation_that_went_nowhere_offers_nothing_to_wait_for(
    session: Session, client: FlaskClient
) -> None:
    consultation, _ = asked(session, 0)
    page = client.get(f"/board/{consultation.slug}").text
    assert "tell-me" not in page and "promise.ics" not in page


def test_happenings_take_as_many_queries_for_three_as_for_one(session: Session) -> None:
    def add() -> None:
        consultation, responses = asked(session, 2)
        answered(session, heard(session, consultation, "x", responses), outcome=Outcome.ALREADY)
        session.flush()
        session.expire_all()

    add()
    with counted(session) as one:
        happenings(session)
    add()
    add()
    with counted(session) as three:
        happenings(session)
    assert len(one) == len(three) <= 5


def test_atom_feed_keeps_every_script_and_drops_what_xml_cannot_hold() -> None:
    entry = Entry("https://x/#1", "عربي 👩‍👩‍👧 <b>", "a\x00\ud800b & c", "https://x/", NOW)
    feed = Xml.fromstring(atom_feed("T", "A", "https://x/f", "https://x/", [entry], "ar"))
    assert texts(feed, "content") == ["ab & c"] and "عربي 👩‍👩‍👧 <b>" in texts(feed, "title")
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"
