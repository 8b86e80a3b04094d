"""An owner with a phone and a mail: taps, typed letters and time of each verb: `python -m bench.owner_phone`.

A real Chromium of 360 × 640 does what a thumb does: it taps what is visible and types what has to be
typed. From taps and letters follows how long a person takes, by the rates named here; each verb has
to be done within a minute, with everything on the way, and so has taking it back.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page

from bench.mail_scanners import SAID, make_links
from bench.scanner_ways import Mailed
from bench.serving import served, site
from tests.browser import chromium, press
from tracker.clock import utc_now
from tracker.db import current_session

# Seconds to look for a thing and tap it, and letters a second: 36 words a minute, the mean of 37,000
# people on phones (Palin and others, MobileHCI 2019).
A_TAP, LETTERS = 2.0, 3.0
# Seconds to read a page before anything is done on it.
A_LOOK = 6.0
AT_MOST = 60.0


@dataclass
class Thumb:
    """What was done on the phone, counted."""

    page: Page
    taps: int = 0
    letters: int = 0
    pages: int = 0
    waited: float = 0.0

    def open(self, address: str) -> None:
        """Tap a link in a mail."""
        began = time.perf_counter()
        self.page.goto(address)
        self._came(began)

    def tap(self, what: Locator) -> None:
        what.tap()
        self.taps += 1

    def write(self, what: Locator, words: str) -> None:
        self.tap(what)
        what.fill(words)
        self.letters += len(words)

    def day(self, what: Locator, day: date) -> None:
        """Choose a day in the phone's own calendar: open it, tap the day, and "Set"."""
        what.fill(day.isoformat())
        self.taps += 3

    def choose(self, what: Locator, value: str) -> None:
        """Choose from the phone's own list: open it and tap."""
        what.select_option(value)
        self.taps += 2

    def send(self, button: str) -> None:
        began = time.perf_counter()
        press(self.page.get_by_role("button", name=button, exact=True).first)
        self._came(began)

    def _came(self, began: float) -> None:
        self.taps, self.pages = self.taps + 1, self.pages + 1
        self.waited += time.perf_counter() - began

    @property
    def seconds(self) -> float:
        by_hand = self.taps * A_TAP + self.letters / LETTERS
        return by_hand + self.pages * A_LOOK + self.waited


@dataclass(frozen=True)
class Errand:
    """One verb: what is done, and the heading that says that it was."""

    name: str
    do: Callable[[Thumb, Mailed, str], None] = field(repr=False)
    heading: str


REASON = "The panel that decides meets on 12 March."
WILL = "We will ask the bus company for a bus at 9.30 pm."
CANNOT = "A night bus costs £90,000 a year, and the youth budget is £60,000."


def record(thumb: Thumb, link: Mailed, site: str) -> None:
    page = thumb.page
    thumb.open(site + link.door)
    thumb.tap(page.locator(".card label", has_text="We did it").first)
    thumb.write(page.locator("textarea:visible").first, SAID)
    thumb.send("Save")


def cannot(thumb: Thumb, link: Mailed, site: str) -> None:
    page = thumb.page
    thumb.open(f"{site}{link.door}/cannot")
    thumb.choose(page.locator("select").first, "money")
    thumb.write(page.locator("textarea:visible").first, CANNOT)
    thumb.send("Save")


def until(thumb: Thumb, link: Mailed, site: str) -> None:
    page = thumb.page
    thumb.open(f"{site}{link.door}/until")
    thumb.write(page.locator("textarea:visible").first, WILL)
    thumb.day(page.locator("input[type=date]:visible").first, utc_now().date() + timedelta(days=40))
    thumb.send("Save")


def snooze(thumb: Thumb, link: Mailed, site: str) -> None:
    page = thumb.page
    thumb.open(f"{site}{link.door}/snooze")
    thumb.day(page.locator("input[type=date]"), utc_now().date() + timedelta(days=14))
    thumb.write(page.locator("input[type=text]"), REASON)
    thumb.send("Put it off")


def hand_over(thumb: Thumb, link: Mailed, site: str) -> None:
    thumb.open(f"{site}{link.door}/hand-over")
    thumb.tap(thumb.page.locator("fieldset label").first)
    thumb.send("Send")


def stop(thumb: Thumb, link: Mailed, site: str) -> None:
    thumb.open(site + link.paths[-1])
    thumb.send("Stop it")


def change(thumb: Thumb, link: Mailed, site: str) -> None:
    thumb.open(site + link.paths[-2])
    box = thumb.page.locator("textarea:visible").first
    thumb.write(box, "There is a quiet room upstairs, open every Tuesday.")
    thumb.send("Save the change")


def then_back(do: Callable[[Thumb, Mailed, str], None], button: str) -> Callable[..., None]:
    """The verb, and then the button on the page that says what was done."""

    def done(thumb: Thumb, link: Mailed, site: str) -> None:
        do(thumb, link, site)
        thumb.taps = thumb.letters = thumb.pages = 0
        thumb.waited = 0.0
        thumb.send(button)
        thumb.pages += 1  # the page it stands on has to be read first

    return done


ERRANDS = (
    Errand("record", record, "Saved"),
    Errand("cannot", cannot, "Saved"),
    Errand("until", until, "Saved"),
    Errand("snooze", snooze, "Saved"),
    Errand("hand over", hand_over, "Saved"),
    Errand("stop", stop, "Stopped"),
    Errand("change", change, "Saved"),
    Errand("take a snooze back", then_back(snooze, "Take it back"), "Taken back"),
    Errand("take a hand-over back", then_back(hand_over, "Take it back"), "Taken back"),
    Errand("put a stopped answer back", then_back(stop, "Put it back"), "Going on the board"),
    Errand("stop what was just recorded", then_back(record, "Stop it"), "Stopped"),
)


def run(browser: Browser, origin: str, errand: Errand, link: Mailed) -> Thumb:
    """Do one errand on a phone of its own; raises if its end isn't reached."""
    context = browser.new_context(
        viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True
    )
    thumb = Thumb(context.new_page())
    errand.do(thumb, link, origin)
    heading = (thumb.page.text_content("h1") or "").strip()
    context.close()
    if heading != errand.heading:
        raise AssertionError(f"{errand.name}: the page says “{heading}”")
    return thumb


def main() -> None:
    slow = []
    print(f"{'':30} taps  letters  pages  seconds")
    with tempfile.TemporaryDirectory() as folder, site(Path(folder), "sqlite") as there:
        with there.app.app_context():
            links = make_links(current_session(), there.settings, len(ERRANDS))
        with served(there), chromium() as browser:
            for errand, link in zip(ERRANDS, links, strict=True):
                thumb = run(browser, f"http://127.0.0.1:{there.port}", errand, link)
                line = f"{thumb.taps:5} {thumb.letters:8} {thumb.pages:6} {thumb.seconds:8.0f}"
                print(f"{errand.name:30}{line}", flush=True)
                slow += [errand.name] if thumb.seconds > AT_MOST else []
    for name in slow:
        print(f"TOO SLOW  {name}")
    sys.exit(1 if slow else 0)


if __name__ == "__main__":
    main()
