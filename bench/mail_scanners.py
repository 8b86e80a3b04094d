"""Links that everything has looked at, and that still work: `python -m bench.mail_scanners`.

A hundred links, each treated in every way of `bench.scanner_ways`. After each way the rows of all
tables are as before. Then the owners come, with real Chromiums and with a scanner reading the same
pages at the same moment: each presses the real button once, and one answer is recorded. At last
each asks for a fresh link on a page that has expired, and the one in the mail works.
"""

import argparse
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.scanner_ways import WAYS, Mailed, Place
from bench.serving import DATABASES, served, site
from config import Config
from tests import factories as make
from tests.browser import chromium, press
from tracker.actions.models import ActionVersion
from tracker.actions.policy import Outcome
from tracker.capabilities.operations import pause_reminders
from tracker.capabilities.people import find_holder
from tracker.clock import local_date, utc_now
from tracker.consultations.models import Consultation
from tracker.db import Base, current_session
from tracker.reminders.links import expiry, make_link
from tracker.reminders.models import Case, Mail
from tracker.reminders.policy import CaseKind

SAID = "From 3 February a bus leaves at 9.30 pm on Fridays."
# Every page behind a link that has no number of its own.
PAGES = ("", "/cannot", "/until", "/snooze", "/hand-over")


@dataclass(frozen=True)
class Told:
    """What one way came to."""

    name: str
    answers: Counter[int]
    seconds: float
    changed: tuple[str, ...]

    @property
    def line(self) -> str:
        answers = "  ".join(f"{status}: {self.answers[status]}" for status in sorted(self.answers))
        changed = "CHANGED " + ", ".join(self.changed) if self.changed else "unchanged"
        return f"  {self.name:50} {self.answers.total():6}  {changed:10} {self.seconds:6.1f} s  {answers}"


def make_links(session: Session, settings: Config, number: int) -> list[Mailed]:
    """So many consultations, each with an owner, things to answer, an answer on its way, a pause."""
    make.make_organisation(session)
    links = [_make_link(session, settings) for _ in range(number)]
    session.commit()
    return links


def _make_link(session: Session, settings: Config) -> Mailed:
    now = utc_now()
    today = local_date(now, "Europe/London")
    service = make.make_service(session, deputies=[make.make_person(session)])
    consultation = make.make_closed_consultation(
        session,
        service=service,
        closed_at=now - timedelta(days=2),
        closes_on=today - timedelta(days=2),
    )
    survey = make.make_survey(session, consultation)
    for statement in ("The bus stops too early", "We want somewhere quiet"):
        theme = make.make_theme(session, consultation, statement=statement)
        make.make_coding(session, make.make_response(session, survey), theme)
    held = make.make_action(
        session,
        theme,
        outcome=Outcome.ALREADY,
        recorded_at=now,
        recorded_by=service.owner_id,
        publishes_at=now + timedelta(hours=23),
        published_at=None,
    ).versions[0]
    kind, opened_at = CaseKind.UNTOLD, consultation.closed_at
    case = Case(kind=kind, consultation_id=consultation.id, opened_at=opened_at)
    session.add(case)
    session.flush()
    holder = find_holder(session, consultation.id, service.owner_id or 0)
    assert holder is not None
    until_on, form_id = today + timedelta(days=9), uuid4()
    pause_reminders(session, holder, form_id, case, until_on, "Exams", now=now)
    pages = (*PAGES, f"/done/{form_id}", f"/pending/{held.id}/change", f"/pending/{held.id}")

    def door(expires_on: date) -> str:
        link = make_link(settings, consultation.id, service.owner_id or 0, expires_on=expires_on)
        return link.removeprefix(settings.base_url)

    fresh, old = door(expiry(today)), door(today - timedelta(days=1))
    return Mailed(fresh, tuple(fresh + page for page in pages), tuple(old + p for p in pages))


def rows(app: Flask) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with app.app_context():
        session = current_session()
        found = {
            table.name: sorted(str(row) for row in session.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }
        session.rollback()
    return found


def treat(app: Flask, place: Place, links: list[Mailed], name: str) -> Told:
    """Let one way loose on all the links; what was answered, and which tables changed."""
    before, began = rows(app), time.perf_counter()
    answers = WAYS[name](place, links)
    seconds, after = time.perf_counter() - began, rows(app)
    changed = tuple(table for table in before if before[table] != after[table])
    return Told(name, answers, seconds, changed)


def owners_answer(app: Flask, place: Place, links: list[Mailed]) -> list[str]:
    """Each owner presses the real button while a scanner reads along; what went wrong."""
    done, wrong = threading.Event(), []
    now_open = [links[0]]

    def read_along() -> None:
        while not done.is_set():
            for path in now_open[0].paths:
                place.ask(path)

    scanner = threading.Thread(target=read_along)
    scanner.start()
    for link in links:
        now_open[0] = link
        if why := _answer(place.browser, place.origin, link):
            wrong.append(f"{link.door}: {why}")
    done.set()
    scanner.join()
    with app.app_context():
        session = current_session()
        query = (
            select(func.count(ActionVersion.id))
            .where(ActionVersion.text == SAID)
            .join(ActionVersion.action)
            .group_by(Consultation.id)
            .join(Consultation)
        )
        answered = Counter(session.scalars(query))
        session.rollback()
    if answered != Counter({1: len(links)}):
        wrong.append(f"answers by consultation: {dict(answered)}")
    return wrong


def _answer(browser: Browser, origin: str, link: Mailed) -> str:
    context = browser.new_context(viewport={"width": 360, "height": 640})
    page = context.new_page()
    page.goto(origin + link.door)
    page.locator(".card label", has_text="We did it").first.click()
    page.locator("textarea:visible").first.fill(SAID)
    press(page.get_by_role("button", name="Save", exact=True))
    heading = page.text_content("h1")
    context.close()
    return "" if heading == "Saved" else f"the page says “{heading}”"


def ask_for_fresh_links(app: Flask, place: Place, links: list[Mailed]) -> list[str]:
    """On the page of the expired link each owner presses the button; the mail's link opens."""
    wrong = []
    for link in links:
        reply = place.ask(link.expired[0] + "/fresh-link", "POST", urlencode({"press": "fresh"}))
        if reply.status != 200:
            wrong.append(f"{link.expired[0]}: no fresh link, {reply.status}")
    with app.app_context():
        session = current_session()
        sent = session.scalars(select(Mail).where(Mail.notice_key.like("link/%"))).all()
        letters = [str(message_from_bytes(m.content or b"", policy=default)) for m in sent]
        letters = [letter.replace("=\n", "") for letter in letters]
        session.rollback()
    found = [match[0] for letter in letters if (match := re.search(r"/do/[\w.\-]+", letter))]
    works = [path for path in found if "Say what happened" in place.ask(path).text]
    if len(works) != len(links):
        wrong.append(f"{len(works)} of {len(links)} fresh links work")
    return wrong


def prove(app: Flask, place: Place, links: list[Mailed]) -> list[str]:
    """Print what each way came to and what the owners met; what went wrong."""
    wrong = []
    for name in WAYS:
        told = treat(app, place, links, name)
        print(told.line, flush=True)
        wrong += [f"{name} changed {table}" for table in told.changed]
        if told.answers[0] or any(status >= 500 for status in told.answers if status != 501):
            wrong.append(f"{name}: {dict(told.answers)}")
    began = time.perf_counter()
    unhappy = owners_answer(app, place, links)
    took = time.perf_counter() - began
    print(
        f"  owners: {len(links) - len(unhappy)} of {len(links)} answered with one press ({took:.0f} s)"
    )
    lost = ask_for_fresh_links(app, place, links)
    print(f"  fresh links: {len(links) - len(lost)} of {len(links)} came and work")
    return wrong + unhappy + lost


def main() -> None:
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--links", type=int, default=100)
    read.add_argument("--database", choices=DATABASES, action="append")
    read.add_argument("--folder", type=Path)
    asked = read.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="mail-scanners-"))
    failed = False
    for database in asked.database or DATABASES:
        with site(folder / database, database) as there, chromium() as browser:
            with there.app.app_context():
                links = make_links(current_session(), there.settings, asked.links)
            print(
                f"{database}: {len(WAYS)} ways × {len(links)} links of {len(links[0].paths)} addresses"
            )
            with served(there):
                wrong = prove(there.app, Place(there.port, browser), links)
        for line in wrong[:20]:
            print(f"  WRONG  {line}")
        failed = failed or bool(wrong)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
