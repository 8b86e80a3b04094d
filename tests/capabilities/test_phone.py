"""The small form of `python -m bench.owner_phone`: some verbs, by thumb, each within a minute."""

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy.orm import Session

from bench.mail_scanners import make_links
from bench.owner_phone import AT_MOST, ERRANDS, run
from config import Config

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

# The others are told by `test_browser`, `test_taking_back` and the bench itself.
SOME = {
    "cannot": (5, 66),
    "until": (6, 49),
    "snooze": (6, 41),
    "take a hand-over back": (1, 0),
    "put a stopped answer back": (1, 0),
}


def test_verbs_take_few_taps_and_less_than_a_minute(
    app: Flask, session: Session, settings: Config, live_server: str, browser: Browser
) -> None:
    links = make_links(session, settings, len(SOME))
    errands = [errand for errand in ERRANDS if errand.name in SOME]

    thumbs = {
        errand.name: run(browser, live_server, errand, link)
        for errand, link in zip(errands, links, strict=True)
    }

    assert {name: (thumb.taps, thumb.letters) for name, thumb in thumbs.items()} == SOME
    # What the machine took to answer isn't the owner's time: another may be busy with other tests.
    assert max(thumb.seconds - thumb.waited for thumb in thumbs.values()) < AT_MOST
