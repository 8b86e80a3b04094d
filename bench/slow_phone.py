"""How long a phone with a bad connection waits: `python -m bench.slow_phone [--visits N]`.

A real Chromium at 400 kbit/s and 400 ms a round trip visits a survey it has never seen, with script
and without, reads, answers and sends it. Two moments are measured: when the survey can first be read
(the browser's own first contentful paint, from the moment the address was pressed), and how long
"Send" takes until "thank you" stands there.

The browser's emulation delays each request by one round trip and leaves out the one that opens the
connection; it is added here, so what is printed is what plain HTTP costs. TLS adds one more. Exits
with 1 over a target.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser
from sqlalchemy.orm import Session

from bench import serving
from bench.phone import SLOW, Phone, phone
from bench.phone_form import rival
from bench.ten_questions import CODE, make_ten_questions
from tests.browser import chromium, fill_in
from tracker.db import db

READABLE = 1.0  # seconds, cold over plain HTTP
ROUND_TRIP = float(SLOW["latency"]) / 1000
ANSWERS: dict[str, str | int] = {"q1": 0, "q5": 0, "q9": "A red door."}

_PAINTED = "performance.getEntriesByName('first-contentful-paint').map(each => each.startTime)"


def visit(browser: Browser, port: int, *, script: bool) -> tuple[float, float]:
    """Seconds until the survey can be read, and from "Send" to "thank you"."""
    with phone(browser, script=script, slow=True) as held:
        held.page.goto(f"http://127.0.0.1:{port}/s/{CODE}", wait_until="load")
        painted = _painted(held) / 1000 + ROUND_TRIP
        fill_in(held.page, ANSWERS)
        return painted, _thanked(held)


def _painted(held: Phone) -> float:
    """Milliseconds from pressing the address until the browser painted words."""
    for _ in range(100):
        if found := held.page.evaluate(_PAINTED):
            return float(found[0])
        time.sleep(0.05)
    raise RuntimeError("the page never painted anything")


def _thanked(held: Phone) -> float:
    sent = time.perf_counter()
    held.page.get_by_role("button", name="Send", exact=True).click(no_wait_after=True)
    held.page.wait_for_selector("text=Thank you")
    return time.perf_counter() - sent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=5)
    asked = parser.parse_args()
    missed = []
    print(f"{'':<16} readable   of which the target   sent until thanked")
    with (
        tempfile.TemporaryDirectory() as scratch,
        serving.site(Path(scratch) / "site", "sqlite") as place,
    ):
        with place.app.app_context(), Session(db.engine) as session:
            make_ten_questions(session)
        with rival("wsgi:app", place, "sqlite") as port, chromium() as browser:
            for script in (True, False):
                visits = [visit(browser, port, script=script) for _ in range(asked.visits)]
                readable, thanked = (median(each) for each in zip(*visits, strict=True))
                name = "with script" if script else "without script"
                print(
                    f"{name:<16} {readable:6.2f} s   ≤ {READABLE:.2f} s {'':<10} {thanked:6.2f} s"
                )
                if readable > READABLE:
                    missed.append(name)
    print("Missed " + " and ".join(missed) if missed else "Reached")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
