"""Answers through a bad link, each kept once: `python -m bench.bad_link`.

A thousand made-up phones send their answer through `bench.proxy` (200 kbit/s and 2 s there and back
for each connection; 10 % of connections break at each of three stages) and try again as
`tracker/static/outbox.js` does: the same submission id, the same patience, the same waits, which are
read from that file. Then some real Chromiums do the whole way with the real scripts: they open the
form, begin, answer and send. All of them end with a receipt, and the database with one row for each.
"""

import argparse
import asyncio
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID, uuid4

from playwright.async_api import Browser, Error, async_playwright
from sqlalchemy import select

from bench.proxy import Link, proxied
from bench.serving import DATABASES, Site, served, site
from config import ROOT
from tests import factories as make
from tests.browser import _FILL_IN as FILL_IN
from tests.browser import CHROMIUM, QUIET
from tracker.db import current_session
from tracker.responses.models import SurveyResponse
from tracker.responses.queries import response_by_receipt
from tracker.web.sealed import public_key, seal

# Few enough answers for each survey that it doesn't look like an attack.
PHONES_FOR_ONE_SURVEY = 60
READING_TIME = 2.2  # seconds: quicker is asked for one more press

_OUTBOX = (ROOT / "tracker/static/outbox.js").read_text()
_WAITS = re.search(r"WAITS = \[([\d, ]+)\]", _OUTBOX)
_PATIENCE = re.search(r"PATIENCE = ([\d_]+)", _OUTBOX)
assert _WAITS and _PATIENCE, "outbox.js says nothing of its waits"
WAITS = [int(wait) for wait in _WAITS[1].split(",")]
PATIENCE = int(_PATIENCE[1].replace("_", "")) / 1000


@dataclass
class Phone:
    """One phone with one answer: what the service worker and the outbox do, without a browser."""

    code: str
    key: str
    link: Link
    submission_id: UUID = field(default_factory=uuid4)
    receipt: str = ""
    tries: int = 0
    seal: str = ""

    async def send(self, port: int) -> None:
        """Try until our server says that it has the answer."""
        fields = {"submission_id": str(self.submission_id), "q1": "yes", "q2": "Later buses"}
        body = urlencode(fields)
        await self.link.wait(random.uniform(0, 10))  # nobody presses at the same moment
        sealed = {"sealed": seal(body.encode(), self.key)}
        sending: Mapping[str, str] = fields
        while not self.receipt:
            self.tries += 1
            reply = await self._try(port, sending)
            sending = sealed | ({"seal": self.seal} if self.seal else {})
            if "ask" in reply and not self.receipt:
                continue  # once more at once, with the seal that was asked for
            wait = WAITS[min(self.tries, len(WAITS)) - 1]
            if not self.receipt:
                await self.link.wait(wait * random.uniform(1, 1.2))

    async def _try(self, port: int, fields: Mapping[str, str]) -> str:
        """What the header `Answer-Kept` says; empty where no whole reply came."""
        try:
            # However much in a hurry: a busy machine needs its time.
            async with asyncio.timeout(max(PATIENCE / self.link.hurry, 3)):
                head, page = await self._exchange(port, urlencode(fields))
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return ""
        said = _header(head, "Answer-Kept")
        self.seal = _header(head, "Loopkeeper-Seal") or self.seal
        if said == "yes":
            self.receipt = " ".join(re.findall(r"<li>(\w+)</li>", page))
        return said

    async def _exchange(self, port: int, body: str) -> tuple[str, str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(_request(self.code, port, body))
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = int(_header(head, "Content-Length"))
            return head, (await reader.readexactly(length)).decode()
        finally:
            writer.transport.abort()


def _request(code: str, port: int, body: str) -> bytes:
    head = (
        f"POST /s/{code}?sent= HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


def _header(head: str, name: str) -> str:
    found = re.search(rf"^{name}: *(.*?)\r?$", head, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""


async def send_all(phones: list[Phone], link: Link, port: int) -> None:
    """All phones at once, through the link to the server at `port`."""
    async with proxied(link, port) as door:
        await asyncio.gather(*(phone.send(door) for phone in phones))


async def browse(browsers: int, codes: list[str], link: Link, port: int) -> int:
    """Real Chromiums, each a phone of its own; how many were shown their four words."""
    async with proxied(link, port, seed=2) as door, async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*QUIET, "--no-sandbox"]
        )
        shown = await asyncio.gather(
            *(_browse(chromium, door, codes[n % len(codes)]) for n in range(browsers))
        )
        await chromium.close()
    return sum(shown)


async def _browse(chromium: Browser, port: int, code: str) -> bool:
    context = await chromium.new_context(base_url=f"http://127.0.0.1:{port}")
    context.set_default_timeout(600_000)
    page = await context.new_page()
    while True:  # a child presses "reload" until the form is there
        try:
            await page.goto(f"/s/{code}", timeout=30_000)
            if await page.evaluate("document.documentElement.dataset.at") == "start":
                await page.get_by_role("link", name="Start").click()
                await page.evaluate(_READY)
                break
        except Error:
            continue
    await page.evaluate(FILL_IN, {"q1": 0, "q2": "From a real browser"})
    await asyncio.sleep(READING_TIME)
    await page.get_by_role("button", name="Send", exact=True).click(no_wait_after=True)
    await page.wait_for_selector(".receipt", timeout=600_000)
    words = await page.locator(".receipt li").count()
    await context.close()
    return words == 4


# The worker is at work, and the page about what waits is kept; a child who waits too long reloads.
_READY = """() => new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error("reload")), 60000);
  const look = async () => {
    const found = await navigator.serviceWorker.getRegistration();
    const isKept = await caches.match("/saved", { ignoreVary: true });
    if (found && found.active && isKept) resolve();
    else setTimeout(look, 200);
  };
  look();
})"""


def make_codes(place: Site, surveys: int) -> list[str]:
    with place.app.app_context():
        session = current_session()
        make.make_organisation(session)
        consultation = make.make_open_consultation(session)
        made = [make.make_survey(session, consultation) for _ in range(surveys)]
        for survey in made:
            make.make_question(session, survey, kind="yes_no", text="Would you?")
            make.make_question(session, survey, text="What could be better?")
        session.commit()
        return [survey.code for survey in made]


def wrong_with(place: Site, phones: list[Phone], others: int) -> list[str]:
    """What isn't as it should be: rows, and receipts that don't open their own answer."""
    key = place.settings.derived_key("receipts")
    with place.app.app_context():
        session = current_session()
        stored = Counter(session.scalars(select(SurveyResponse.submission_id)))
        mine = {phone.submission_id for phone in phones}
        wrong = [
            f"{phone.submission_id} is missing"
            for phone in phones
            if phone.submission_id not in stored
        ]
        for phone in phones:
            found = response_by_receipt(session, phone.receipt, key)
            if found is None or found.submission_id != phone.submission_id:
                wrong.append(f"{phone.submission_id} was given “{phone.receipt}”")
        beside = sum(stored.values()) - len(mine)
        if beside != others:
            wrong.append(f"{beside} rows of {others} browsers")
        print(f"  rows: {sum(stored.values())} of {len(phones)} phones and {others} browsers")
    return wrong


def prove(database: str, folder: Path, phones: int, browsers: int, link: Link) -> bool:
    """Print what happened; whether every answer is kept exactly once."""
    began = time.perf_counter()
    with site(folder, database) as place:
        codes = make_codes(place, -(-(phones + browsers) // PHONES_FOR_ONE_SURVEY))
        key = public_key(place.settings)
        sent = [Phone(codes[n % len(codes)], key, link) for n in range(phones)]
        with served(place):
            asyncio.run(send_all(sent, link, place.port))
            shown = asyncio.run(browse(browsers, codes, link, place.port))
        wrong = wrong_with(place, sent, browsers)
    if shown != browsers:
        wrong.append(f"{browsers - shown} browsers weren't shown their four words")
    for what, number in sorted(link.counts.items()):
        print(f"  {what:20} {number:6}")
    tries = Counter(phone.tries for phone in sent)
    print("  tries: " + ", ".join(f"{n} by {tries[n]}" for n in sorted(tries)))
    for line in wrong[:20]:
        print(f"  WRONG  {line}")
    took = time.perf_counter() - began
    print(f"{database}: {phones - len(wrong)} of {phones} kept exactly once, in {took:.0f} s")
    return not wrong


def main() -> None:
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--phones", type=int, default=1_000)
    read.add_argument("--browsers", type=int, default=5)
    read.add_argument("--bits", type=int, default=200_000)
    read.add_argument("--round-trip", type=float, default=2.0)
    read.add_argument("--loss", type=float, default=0.1)
    read.add_argument("--hurry", type=float, default=1.0, help="divides all times")
    read.add_argument("--database", choices=DATABASES, action="append")
    read.add_argument("--folder", type=Path)
    asked = read.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="bad-link-"))
    results = []
    for database in asked.database or DATABASES:
        link = Link(asked.round_trip, asked.bits, asked.loss, asked.hurry)
        results.append(prove(database, folder / database, asked.phones, asked.browsers, link))
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
