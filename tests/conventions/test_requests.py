"""A public page is three requests at most on a first visit: itself, one sheet, one script.

Counted in the HTML, for every public page of the URL map and for what follows a form. A kiosk is set
up once on a tablet of the service, so it may ask for more. So may the words of an easy read: a voice
for them is a script of its own, and its drawings are pictures.
"""

from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import factories as make
from tests.board.scenes import WORDS, answered, give_words
from tests.conventions.world import PARTICULAR, make_world
from tracker.accounts.guard import is_public
from tracker.actions.policy import Outcome
from tracker.clock import utc_now
from tracker.subscriptions.models import Subscription
from tracker.subscriptions.operations import subscribe
from tracker.subscriptions.sealing import Errand, Seal
from tracker.surveys.models import Survey

MOST = 3


class Fetched(HTMLParser):
    """What a browser fetches for a page beside the page itself."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: set[str] = set()
        self._templates = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._templates += tag == "template"
        address = self._address(tag, dict(attrs))
        if address and not self._templates and not address.startswith("data:"):
            self.addresses.add(address)

    def handle_endtag(self, tag: str) -> None:
        self._templates -= tag == "template"

    def _address(self, tag: str, said: dict[str, str | None]) -> str | None:
        if tag == "link":
            is_fetched = said.get("rel") not in ("alternate", "canonical")
            return said.get("href") if is_fetched else None
        is_fetched = tag in ("script", "img", "iframe", "audio", "video", "source", "object")
        return said.get("src") if is_fetched else None


def fetched_for(page: TestResponse) -> set[str]:
    return Fetched(page.text).addresses


@pytest.mark.parametrize(
    ("html", "fetched"),
    [
        ('<link rel="stylesheet" href="/a.css"><script src="/a.js"></script>', {"/a.css", "/a.js"}),
        ('<link rel="icon" href="data:x"><img src="/b.png"><script>1</script>', {"/b.png"}),
        ('<template><link href="/a.css"></template><link rel="preload" href="/c">', {"/c"}),
        ('<link rel="alternate" href="/feed"><a href="/d">d</a>', set()),
    ],
)
@pytest.mark.one_database
def test_counting_finds_what_a_browser_fetches(html: str, fetched: set[str]) -> None:
    assert Fetched(html).addresses == fetched


@pytest.mark.one_database
def test_every_public_page_is_three_requests_at_most(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    pages = dict(_by_address(app, client, session))
    pages.update(_with_something_on(app, client, session))

    assert len(pages) > 20
    assert {
        name: found for name, page in pages.items() if len(found := fetched_for(page)) > MOST - 1
    } == {}
    assert all(any(".css" in each for each in fetched_for(page)) for page in pages.values())


def _by_address(
    app: Flask, client: FlaskClient, session: Session
) -> Iterator[tuple[str, TestResponse]]:
    values = make_world(session).values
    routes = app.url_map.bind("")
    with app.app_context():
        rules = [rule for rule in app.url_map.iter_rules() if is_public(rule.endpoint)]
    for rule in rules:
        is_theirs = rule.rule.startswith("/staff") or rule.endpoint.startswith("kiosk.")
        if is_theirs or "GET" not in (rule.methods or ()):
            continue
        known = {**values, **PARTICULAR.get(rule.endpoint, {})}
        address = routes.build(rule.endpoint, {name: known[name] for name in rule.arguments})
        page = client.get(address)
        if page.mimetype == "text/html" and page.status_code != 302:
            yield address, page


def _with_something_on(
    app: Flask, client: FlaskClient, session: Session
) -> Iterator[tuple[str, TestResponse]]:
    """The pages that an address alone doesn't show: filled, or answering a form."""
    survey = _open_survey(session)
    told = {"words": WORDS}
    give_words(
        make.make_response(session, survey), app.config["LOOPKEEPER"].derived_key("receipts")
    )
    yield "the form", client.get("/s/open2345")
    yield "a mistake in it", client.post("/s/open2345", data={"q1": ""})
    yield "the thanks", client.post("/s/open2345", data={"q1": "Later buses"})
    yield "the story", client.post("/answer", data=told)
    yield "change it", client.post("/answer/correct", data=told)
    yield "take it back?", client.post("/answer/withdraw", data=told)
    yield "taken back", client.post("/answer/withdraw", data=told | {"sure": "yes"})
    yield from _of_a_subscriber(app, client, session, survey)
    survey.proof_until = utc_now() + timedelta(hours=1)
    app.config["SPAM_CHECKS"] = True
    yield "a sum first", client.post("/s/open2345", data={"q1": "Later buses"})
    app.config["SPAM_CHECKS"] = False


def _open_survey(session: Session) -> Survey:
    asked = make.make_open_consultation(session, opened_at=utc_now(), slug="asked-now")
    survey = make.make_survey(session, asked, code="open2345")
    make.make_question(session, survey)
    return survey


def _of_a_subscriber(
    app: Flask, client: FlaskClient, session: Session, survey: Survey
) -> Iterator[tuple[str, TestResponse]]:
    seal = Seal(app.config["LOOPKEEPER"])
    subscribe(session, survey.consultation, "sam@example.org", "en", seal, now=utc_now())
    session.flush()
    subscription = session.scalars(select(Subscription)).one()
    theme = make.make_theme(session, survey.consultation)
    action = answered(session, theme, outcome=Outcome.DONE)
    for errand, address in (
        (Errand.CONFIRM, "/tell-me/{}"),
        (Errand.JUDGE, f"/changed/{{}}/{action.id}"),
        (Errand.STOP, "/stop/{}"),
    ):
        yield str(errand), client.get(address.format(seal.link(errand, subscription.id)))
