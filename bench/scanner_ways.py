"""Ways in which mail scanners, previews and browsers treat the links of a mail before a person does.

Each takes the links as they stand in mails and does its worst; none presses a button. What is
returned is how often it was answered with which status (0: not at all).
"""

import json
import re
import socket
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote, urlencode
from uuid import uuid4

from playwright.sync_api import Browser, Page

from tests.browser import CHROMIUM, QUIET

PATIENCE = 60.0
AGENT = "Mozilla/5.0 (compatible; MailScanner/1.0; +https://scanner.example)"


@dataclass(frozen=True)
class Mailed:
    """What the mails about one consultation link to: the paths, and the same after their expiry."""

    door: str
    paths: tuple[str, ...]
    expired: tuple[str, ...]


@dataclass(frozen=True)
class Reply:
    status: int
    head: str
    text: str


@dataclass(frozen=True)
class Place:
    """Where the site answers, and what a way may use besides sockets."""

    port: int
    browser: Browser

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: str | None = None,
        *,
        version: str = "1.1",
        host: str | None = "",
        source: str = "127.0.0.1",
        **headers: str,
    ) -> Reply:
        """Send one request exactly as given. `host` None leaves the header out."""
        lines = [f"{method} {path} HTTP/{version}", "Connection: close"]
        if host is not None:
            lines.append(f"Host: {host or self.host}")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            named.setdefault("Content-Type", "application/x-www-form-urlencoded")
            named["Content-Length"] = str(len(body.encode()))
        lines += [f"{name}: {value}" for name, value in ({"User-Agent": AGENT} | named).items()]
        sent = ("\r\n".join(lines) + "\r\n\r\n" + (body or "")).encode()
        with socket.create_connection(
            ("127.0.0.1", self.port), PATIENCE, source_address=(source, 0)
        ) as connection:
            connection.sendall(sent)
            got = b"".join(iter(lambda: connection.recv(65536), b""))
        head, _, text = got.partition(b"\r\n\r\n")
        found = re.match(rb"HTTP/\S+ (\d+)", head)
        status = int(found[1]) if found else 0
        return Reply(status, head.decode("latin-1"), text.decode("utf-8", "replace"))


Links = list[Mailed]
Way = Callable[[Place, Links], Counter[int]]
WAYS: dict[str, Way] = {}


def way(name: str) -> Callable[[Way], Way]:
    def named(function: Way) -> Way:
        WAYS[name] = function
        return function

    return named


def everywhere(links: Links) -> Iterator[str]:
    return (path for link in links for path in link.paths)


def at_once(asks: Iterable[Callable[[], Reply]], threads: int = 8) -> Counter[int]:
    with ThreadPoolExecutor(threads) as pool:
        return Counter(reply.status for reply in pool.map(lambda ask: ask(), asks))


def each(place: Place, paths: Iterable[str], method: str = "GET", **more: str) -> Counter[int]:
    return at_once([partial(place.ask, path, method, **more) for path in paths])


@way("HEAD")
def head(place: Place, links: Links) -> Counter[int]:
    sound = urlencode({"press": "yes", "form_id": str(uuid4()), "to": "else", "who-words": "Pat"})
    with_body = [partial(place.ask, path, "HEAD", sound) for path in everywhere(links)]
    return each(place, everywhere(links), "HEAD") + at_once(with_body)


@way("one GET")
def one_get(place: Place, links: Links) -> Counter[int]:
    return each(place, everywhere(links))


@way("fifty GETs at one moment")
def fifty_gets(place: Place, links: Links) -> Counter[int]:
    counted: Counter[int] = Counter()
    for link in links:
        counted += at_once([partial(place.ask, link.door)] * 50, 50)
    return counted


@way("every address on the page, two deep")
def two_deep(place: Place, links: Links) -> Counter[int]:
    """The targets of forms too, as scanners do who look for addresses by their shape."""

    def walk(link: Mailed) -> Counter[int]:
        counted, seen, edge = Counter[int](), set[str](), {link.door}
        for _ in range(3):
            found: set[str] = set()
            for path in sorted(edge - seen):
                reply = place.ask(path)
                counted[reply.status] += 1
                found |= {
                    unescape(each)
                    for each in re.findall(r'(?:href|action)="(/do/[^"#]*)', reply.text)
                }
            seen |= edge
            edge = found
        return counted

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(walk, links), Counter[int]())


@way("a browser: scripts, scrolling, hovering")
def browser_that_looks(place: Place, links: Links) -> Counter[int]:
    counted: Counter[int] = Counter()
    context = place.browser.new_context()
    page = context.new_page()
    for link in links:
        reply = page.goto(place.origin + link.door)
        counted[reply.status if reply else 0] += 1
        _look_around(page)
    context.close()
    return counted


def _look_around(page: Page) -> None:
    page.mouse.wheel(0, 4000)
    for target in page.query_selector_all("button, a, summary, label")[:12]:
        if target.is_visible():
            target.scroll_into_view_if_needed()
            if box := target.bounding_box():
                page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            target.focus()
    page.evaluate("window.dispatchEvent(new Event('beforeunload'))")
    page.wait_for_timeout(50)


@way("prefetch")
def prefetch(place: Place, links: Links) -> Counter[int]:
    said = {"Purpose": "prefetch", "Sec_Purpose": "prefetch", "X_Moz": "prefetch"}
    return each(place, everywhere(links), **said) + each(
        place, everywhere(links), Sec_Purpose="prefetch;prerender"
    )


@way("prerender in Chromium")
def prerender(place: Place, links: Links) -> Counter[int]:
    """Speculation rules on a page of the same site. Chromium prerenders ten pages at a time, and
    none while a debugger looks on: so it runs by itself, and what it asks for is relayed.
    """
    counted: Counter[int] = Counter()
    for start in range(0, len(links), 10):
        few = [link.door for link in links[start : start + 10]]
        with mail_program(place, few) as (port, answers), _chromium_at(port):
            until = time.monotonic() + PATIENCE
            while len(answers) < len(few) and time.monotonic() < until:
                time.sleep(0.1)
            time.sleep(0.5)  # for the scripts and styles of the pages
        counted += Counter(answers.values()) + Counter({0: len(few) - len(answers)})
    return counted


@contextmanager
def _chromium_at(port: int) -> Iterator[None]:
    """A Chromium of its own, shown a mail, until it is no longer needed."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        shown = [CHROMIUM or "chromium", "--headless=new", "--no-sandbox", *QUIET]
        shown += ["--remote-debugging-port=0", f"--user-data-dir={profile}"]
        running = subprocess.Popen(
            [*shown, f"http://127.0.0.1:{port}/a-mail"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            running.terminate()
            running.wait()


@contextmanager
def mail_program(place: Place, doors: list[str]) -> Iterator[tuple[int, dict[str, int]]]:
    """A site of one origin that shows a mail with these links and relays all else: its port, and
    what was answered to each link that was asked for as a prerendering.
    """
    answers: dict[str, int] = {}
    rule = {"source": "list", "urls": doors, "eagerness": "immediate"}
    rules = json.dumps({"prerender": [rule]})
    shown = f'<!doctype html><script type="speculationrules">{rules}</script>A mail'

    class Program(_Quiet):
        def do_GET(self) -> None:
            if self.path == "/a-mail":
                self.reply(200, "text/html", shown)
                return
            purpose = self.headers.get("Sec-Purpose", "")
            got = place.ask(self.path, Sec_Purpose=purpose)
            if "prerender" in purpose and self.path in doors:
                answers[self.path] = got.status
            kind = re.search(r"^content-type: (\S+?);?$", got.head, re.MULTILINE | re.IGNORECASE)
            self.reply(got.status, kind[1] if kind else "text/html", got.text)

    with _serving(Program) as port:
        yield port, answers


class _Quiet(BaseHTTPRequestHandler):
    def reply(self, status: int, kind: str, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@way("through a redirecting service, with more parameters")
def redirected(place: Place, links: Links) -> Counter[int]:
    more = "utm_source=mail&utm_medium=email&fbclid=x%2Fy&press=yes&choice=done"
    with redirecting(place.origin) as service:
        rewriter = Place(service, place.browser)

        def follow(path: str) -> Reply:
            wrapped = "/?" + urlencode({"url": f"{path}?{more}", "data": "05|02|"})
            sent_on = re.search(r"Location: (\S+)", rewriter.ask(wrapped).head)
            assert sent_on is not None
            return place.ask(sent_on[1].removeprefix(place.origin), Referer="https://safe.example")

        return at_once([partial(follow, path) for path in everywhere(links)])


@contextmanager
def redirecting(origin: str) -> Iterator[int]:
    """A service that sends every visitor on to the address it wrapped; its port."""

    class Service(_Quiet):
        def do_GET(self) -> None:
            wrapped = re.search(r"url=([^&]+)", self.path)
            self.send_response(302)
            self.send_header("Location", origin + unquote(wrapped[1] if wrapped else "/"))
            self.end_headers()

    with _serving(Service) as port:
        yield port


@way("percent-encoded, in other shapes of the host")
def encoded(place: Place, links: Links) -> Counter[int]:
    dotted = "".join(f"%{ord(sign):02X}" for sign in ".")
    paths = [path.replace(".", dotted).replace("/do/", "/%64%6F/") for path in everywhere(links)]
    return (
        each(place, paths)
        + each(place, (link.door for link in links), host="LOCALHOST")
        + each(place, (link.door for link in links), host=f"localhost.:{place.port}")
    )


@way("with what stood behind it, and escaped twice")
def with_stray_signs(place: Place, links: Links) -> Counter[int]:
    strays = (".", ")", "%3E", "],", "?a=1&amp;b=2", "?a=1%26amp%3Bb=2", "%22")
    return each(place, (link.door + stray for link in links for stray in strays))


@way("from another address, as another agent")
def from_elsewhere(place: Place, links: Links) -> Counter[int]:
    agents = ("curl/8.5", "", "Googlebot/2.1", "Microsoft Office/16.0 (Outlook)")
    asks = [
        partial(
            place.ask,
            path,
            source=f"127.0.0.{number}",
            User_Agent=agent,
            X_Forwarded_For=f"203.0.113.{number}",
        )
        for number, agent in enumerate(agents, 2)
        for path in everywhere(links)
    ]
    return at_once(asks)


@way("OPTIONS, TRACE, PUT, DELETE, PATCH")
def other_methods(place: Place, links: Links) -> Counter[int]:
    counted: Counter[int] = Counter()
    for method in ("OPTIONS", "TRACE", "PUT", "DELETE", "PATCH"):
        counted += each(place, everywhere(links), method)
    return counted


def _targets(links: Links) -> list[str]:
    """Everything behind the links that takes a POST, also what has no page of its own."""
    more = [f"{link.door}/fresh-link" for link in links]
    for path in everywhere(links):
        if "/pending/" in path and not path.endswith("/change"):
            more += [f"{path}/stop", f"{path}/put-back"]
        if "/done/" in path:
            more.append(f"{path}/take-back")
    return [*everywhere(links), *more]


@way("POST without a body")
def post_nothing(place: Place, links: Links) -> Counter[int]:
    return each(place, _targets(links), "POST") + each(place, _targets(links), "POST", body="")


@way("POST of a form with nothing in it")
def post_empty(place: Place, links: Links) -> Counter[int]:
    bodies = ("=", "a=b", "form_id=", "%00=%ff")
    counted: Counter[int] = Counter()
    for body in bodies:
        counted += each(place, _targets(links), "POST", body=body)
    return counted


@way("POST of each form as it stands, by a script")
def post_as_it_stands(place: Place, links: Links) -> Counter[int]:
    """What `form.submit()` sends: every field with what it holds, but no button."""
    counted: Counter[int] = Counter()
    context = place.browser.new_context()
    page = context.new_page()
    for link in links:
        for path in link.paths:
            page.goto(place.origin + path)
            for action, body in page.evaluate(_FORMS):
                counted[place.ask(action, "POST", body, Origin=place.origin).status] += 1
    context.close()
    return counted


_FORMS = """() => [...document.querySelectorAll("form[method=post]")].map((form) => [
  new URL(form.action).pathname, new URLSearchParams(new FormData(form)).toString()])"""


@way("POST from another site, with everything in it")
def post_from_elsewhere(place: Place, links: Links) -> Counter[int]:
    """A sound form, pressed; but the browser says that it came from another site."""
    counted: Counter[int] = Counter()
    for link in links:
        for path in _targets([link]):
            body = urlencode({"press": "yes", "form_id": "0" * 32, "to": "1", "pick": "1"})
            counted[place.ask(path, "POST", body, Origin="https://evil.example").status] += 1
    return counted


@way("GET with a fragment")
def fragment(place: Place, links: Links) -> Counter[int]:
    return each(place, (f"{path}#:~:text={quote('Stop it')}" for path in everywhere(links)))


@way("previews that unfold a link")
def unfolded(place: Place, links: Links) -> Counter[int]:
    counted: Counter[int] = Counter()
    for agent in ("Slackbot-LinkExpanding 1.0", "facebookexternalhit/1.1", "WhatsApp/2.23"):
        said = {"User_Agent": agent, "Accept": "application/json+oembed,*/*;q=0.1"}
        counted += each(place, (f"{path}?format=json" for path in everywhere(links)), **said)
    return counted


@way("GET of a range")
def ranged(place: Place, links: Links) -> Counter[int]:
    said = {"Range": "bytes=0-99", "If_None_Match": "*"}
    return each(place, everywhere(links), **said)


@way("HTTP/1.0 without a host")
def old_protocol(place: Place, links: Links) -> Counter[int]:
    asks = [partial(place.ask, path, version="1.0", host=None) for path in everywhere(links)]
    return at_once(asks)


@way("days later, after its expiry")
def after_expiry(place: Place, links: Links) -> Counter[int]:
    old = [path for link in links for path in link.expired]
    return each(place, old) + each(place, old, "POST") + each(place, old, "HEAD")
