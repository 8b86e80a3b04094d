"""Pages kept in memory and given out in front of the application.

A view that has printed a page offers it (`KeptPages.offer`); for the next second every request that
asks for the same in the same words gets a copy, with its own slots filled, without the application
being asked. Then one request goes through to the view again, which looks at the rows. So a page is a
second behind its rows, and a moment more, in each process by itself.

What is never kept: a page that sets a cookie, an answer to a form, anything a view didn't offer.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flask import Flask, request

from tracker.clock import seconds_running
from tracker.web.printing import PrintedPage, printed

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# What goes into the slots of one copy, by name: made anew for each.
Fill = Callable[[], Mapping[str, str]]

_OFFER = "loopkeeper.offer"
_MOMENT = 0.25
_LONGEST_WORDS = 300
_MOST_PAGES = 256
_MOST_WORDS = 2048
_OF_ONE_COPY = frozenset({"content-length", "content-encoding", "date"})

Thing = TypeVar("Thing")


class Shelf(Generic[Thing]):
    """Things by name, each for a while, and no more than `most`: the one put there first goes.

    When a thing's time is over, one asker is told that there is none, and makes it anew; whoever
    asks meanwhile gets the old one for another moment.
    """

    def __init__(self, seconds: float, most: int) -> None:
        self.seconds, self.most = seconds, most
        self._things: dict[Hashable, tuple[float, Thing]] = {}
        self._lock = Lock()

    def get(self, name: Hashable) -> Thing | None:
        found = self._things.get(name)
        if found is None:
            return None
        until, thing = found
        now = seconds_running()
        if now < until:
            return thing
        with self._lock:
            if self._things.get(name) is found:
                self._things[name] = now + min(self.seconds, _MOMENT), thing
                return None
        return thing if self.seconds else None

    def put(self, name: Hashable, thing: Thing) -> None:
        with self._lock:
            self._things.pop(name, None)
            self._things[name] = seconds_running() + self.seconds, thing
            while len(self._things) > self.most:
                del self._things[next(iter(self._things))]

    def drop(self, name: Hashable) -> None:
        self._things.pop(name, None)


@dataclass(frozen=True)
class _Kept:
    """A page with the headers that the application gave it."""

    page: PrintedPage
    fill: Fill
    headers: Sequence[tuple[str, str]]

    def answer(self, start: "StartResponse", *, compressed: bool) -> Iterable[bytes]:
        headers = list(self.headers)
        if compressed:
            body = self.page.compressed_copy(self.fill())
            headers.append(("Content-Encoding", "gzip"))
        else:
            body = self.page.copy(self.fill())
        headers.append(("Content-Length", str(len(body))))
        start("200 OK", headers)
        return [body]


class KeptPages:
    """WSGI middleware around the application."""

    def __init__(self, app: "WSGIApplication", path: str, seconds: float = 1.0) -> None:
        self.app, self.path = app, path
        self._printed: Shelf[PrintedPage] = Shelf(seconds, _MOST_PAGES)
        self._kept: Shelf[_Kept] = Shelf(seconds, _MOST_WORDS)
        # What views keep for as long as pages, under names of their own.
        self.beside: Shelf[Any] = Shelf(seconds, _MOST_PAGES)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        words = self._words(environ)
        if words is None:
            return self.app(environ, start)
        kept = self._kept.get(words)
        if kept is not None:
            return kept.answer(start, compressed="gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""))
        return self._ask(words, environ, start)

    def keep_for(self, seconds: float) -> None:
        """From now on; nothing is kept for 0 seconds."""
        for shelf in (self._printed, self._kept, self.beside):
            shelf.seconds = seconds

    def page(self, name: Hashable, slots: Sequence[str], render: Callable[[], str]) -> PrintedPage:
        """The page of this name, printed now unless it was within the last second."""
        page = self._printed.get(name)
        if page is None:
            page = printed(render(), slots)
            self._printed.put(name, page)
        return page

    def offer(self, page: PrintedPage, fill: Fill) -> None:
        """From a view: this page may be given to everybody who asks in the words of this request."""
        offers: list[Any] | None = request.environ.get(_OFFER)
        if offers is not None:
            offers.append((page, fill))

    def _words(self, environ: "WSGIEnvironment") -> Hashable | None:
        """Everything of a request that such a page depends on; None if it can't be one."""
        if environ["REQUEST_METHOD"] != "GET" or not environ["PATH_INFO"].startswith(self.path):
            return None
        wish = environ.get("HTTP_ACCEPT_LANGUAGE", "")
        words = (environ["PATH_INFO"], environ.get("QUERY_STRING", ""), wish)
        return words if sum(map(len, words)) <= _LONGEST_WORDS else None

    def _ask(
        self, words: Hashable, environ: "WSGIEnvironment", start: "StartResponse"
    ) -> Iterable[bytes]:
        offers: list[tuple[PrintedPage, Fill]] = []
        environ[_OFFER] = offers

        def started(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            names = {name.lower() for name, _ in headers}
            if offers and status.startswith("200") and "set-cookie" not in names:
                lasting = [each for each in headers if each[0].lower() not in _OF_ONE_COPY]
                self._kept.put(words, _Kept(*offers[0], lasting))
            else:
                self._kept.drop(words)
            return start(status, headers, *error)

        return self.app(environ, started)


def init_kept_pages(app: Flask, path: str) -> None:
    """Keep pages whose address begins with `path`. Call last: it stands in front of all else."""
    pages = KeptPages(app.wsgi_app, path)
    app.wsgi_app = pages  # type: ignore[method-assign, assignment]
    app.extensions["loopkeeper.kept_pages"] = pages
