"""What the phone form weighs: `python -m bench.page_weight`.

A real Chromium visits a survey of ten questions for the first time and a second time, through the
server as it is deployed. Printed is every request and its bytes over the wire, with the headers of
the answer; then the same ten questions as a bare Bootstrap page. Exits with 1 over the budget.
"""

import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser
from sqlalchemy.orm import Session

from bench import bootstrap, serving
from bench.phone import Seen, phone
from bench.phone_form import rival
from bench.ten_questions import CODE, make_ten_questions
from tests.browser import chromium
from tracker.db import db

BUDGET = 14_600  # bytes: what a server may send before it has to wait for the first reply
MOST_REQUESTS = 3


def visits(browser: Browser, port: int) -> tuple[Seen, Seen]:
    """What a phone gets on its first visit and on the next."""
    address = f"http://127.0.0.1:{port}/s/{CODE}"
    with phone(browser) as held:
        first = held.begin()
        held.page.goto(address, wait_until="networkidle")
        later = held.begin()
        held.page.goto("about:blank")
        held.page.goto(address, wait_until="networkidle")
        assert held.page.context.cookies() == [], "a cookie was set"
        return first, later


def problems(first: Seen, later: Seen, port: int) -> list[str]:
    """What is over the budget."""
    found = []
    if first.total > BUDGET:
        found.append(f"the first visit weighs {first.total} bytes, {BUDGET} are allowed")
    if len(first.bytes_by_url) > MOST_REQUESTS:
        found.append(f"the first visit makes {len(first.bytes_by_url)} requests")
    if len(later.bytes_by_url) != 1:
        found.append(f"a later visit makes {len(later.bytes_by_url)} requests")
    others = {urlsplit(url).netloc for url in first.bytes_by_url} - {f"127.0.0.1:{port}"}
    return found + [f"{other} was asked" for other in others]


def _print_visit(title: str, seen: Seen) -> None:
    print(f"\n{title}")
    for url, size in seen.bytes_by_url.items():
        print(f"  {size:7} bytes  {urlsplit(url).path}")
    print(f"  {seen.total:7} bytes in {len(seen.bytes_by_url)} requests")


def _print_beside_bootstrap(first: Seen, folder: Path) -> None:
    weights = bootstrap.weights(folder)
    heads = 300 * len(weights)  # about what the headers of our own answers take
    print(f"\nThe same ten questions       {'requests':>9} {'bytes':>8}")
    print(f"  Loopkeeper                 {len(first.bytes_by_url):9} {first.total:8}")
    name = f"bare Bootstrap {bootstrap.VERSION}"
    print(f"  {name:<26} {len(weights):9} {sum(weights.values()) + heads:8}")
    for part, size in weights.items():
        print(f"    {part:<34} {size:8}")


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        with serving.site(Path(scratch) / "site", "sqlite") as place:
            with place.app.app_context(), Session(db.engine) as session:
                make_ten_questions(session)
            with rival("wsgi:app", place, "sqlite") as port, chromium() as browser:
                first, later = visits(browser, port)
                found = problems(first, later, port)
        _print_visit("First visit", first)
        _print_visit("Later visit", later)
        _print_beside_bootstrap(first, Path(scratch))
    print("\n" + ("Over the budget: " + "; ".join(found) if found else "Within the budget"))
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
