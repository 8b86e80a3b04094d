"""A young person's phone: a real Chromium of 360 × 640 whose every byte and moment is counted.

The network counts come from the browser itself (its debugging protocol): bytes as they came over the
wire, response headers included.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

# 400 kbit/s each way and 400 ms for a round trip.
SLOW = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}


@dataclass
class Seen:
    """What went over the wire since `Phone.begin`."""

    bytes_by_url: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.bytes_by_url.values())


@dataclass
class Phone:
    page: Page
    wire: CDPSession
    seen: Seen = field(default_factory=Seen)
    _urls: dict[str, str] = field(default_factory=dict)

    def begin(self) -> Seen:
        """Count anew."""
        self.seen = Seen()
        return self.seen

    def listen(self) -> None:
        self.wire.on("Network.requestWillBeSent", self._asked)
        self.wire.on("Network.loadingFinished", self._finished)
        self.wire.send("Network.enable")

    def _asked(self, event: dict[str, Any]) -> None:
        self._urls[event["requestId"]] = event["request"]["url"]

    def _finished(self, event: dict[str, Any]) -> None:
        url = self._urls[event["requestId"]]
        size = int(event["encodedDataLength"])
        # What came from the phone's own cache, or stands in the page itself, crossed no wire.
        if size and not url.startswith("data:"):
            self.seen.bytes_by_url[url] = self.seen.bytes_by_url.get(url, 0) + size


@contextmanager
def phone(browser: Browser, *, script: bool = True, slow: bool = False) -> Iterator[Phone]:
    """A phone that has never been here."""
    context = browser.new_context(
        viewport={"width": 360, "height": 640}, java_script_enabled=script, locale="en-GB"
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    wire = context.new_cdp_session(page)
    held = Phone(page, wire)
    held.listen()
    if slow:
        wire.send("Network.emulateNetworkConditions", SLOW)
    yield held
    context.close()
