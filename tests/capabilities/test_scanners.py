"""The small form of `python -m bench.mail_scanners`: every way, on one link."""

from collections import Counter
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy.orm import Session

from bench.mail_scanners import ask_for_fresh_links, make_links, owners_answer, treat
from bench.scanner_ways import WAYS, Place
from config import Config

pytestmark = pytest.mark.browser


@pytest.mark.no_cover
def test_scanners_change_nothing_and_the_links_work_for_their_owners(
    app: Flask, session: Session, settings: Config, live_server: str, browser: Browser
) -> None:
    links = make_links(session, settings, 1)
    place = Place(urlsplit(live_server).port or 0, browser)

    told = [treat(app, place, links, name) for name in WAYS]

    assert len(told) >= 20
    assert {each.name: each.changed for each in told if each.changed} == {}
    statuses = sum((each.answers for each in told), Counter[int]())
    assert not statuses[0] and max(statuses) < 500
    assert owners_answer(app, place, links) == []
    assert ask_for_fresh_links(app, place, links) == []
