"""What a request may contain at all: numbers a database key can hold, text that can be stored.

Two things can't be kept: NUL (PostgreSQL has no place for it) and half a sign (bytes that aren't
UTF-8, a lone surrogate). Nobody types either; a broken program may send them.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any, TypeVar
from urllib.parse import parse_qsl

from flask import Flask, Request, abort, current_app, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.routing import IntegerConverter
from werkzeug.utils import cached_property

View = TypeVar("View", bound=Callable[..., Any])

_BIGGEST_KEY = 2**31 - 1
_MOST_FIELDS = 10_000

_HALF_SIGNS = re.compile("[\ud800-\udfff]+")
_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")


class RowKeyConverter(IntegerConverter):
    """`<int:…>` in an address: a number beyond what a key can be is no page, not an error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max": _BIGGEST_KEY} | kwargs)


class WholeFormParser(FormDataParser):
    """Reads a form whatever its bytes are: one bad byte must not cost a child all they wrote."""

    def _parse_urlencoded(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str],
    ) -> tuple[IO[bytes], MultiDict[str, Any], MultiDict[str, Any]]:
        text = stream.read().decode("utf-8", "surrogateescape")
        if text.count("&") >= _MOST_FIELDS:
            raise RequestEntityTooLarge
        pairs = parse_qsl(text, keep_blank_values=True, errors="surrogateescape")
        return stream, self.cls(pairs), self.cls()


class CleanRequest(Request):
    """A request whose text can be stored: without NUL, and with a � for each half sign."""

    form_data_parser_class = WholeFormParser

    @property
    def is_altered(self) -> bool:
        """Whether the form held something that can't be stored, and so isn't quite what was sent."""
        self._load_form_data()
        return bool(self.__dict__["is_altered"])

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        super()._load_form_data()
        sent = self.__dict__["form"]
        self.__dict__["form"] = _clean(sent)
        self.__dict__["is_altered"] = any(
            _UNKEEPABLE.search(text) for _name, text in sent.items(True)
        )

    @cached_property
    def args(self) -> ImmutableMultiDict[str, str]:
        return _clean(super().args)


def form_from(body: bytes) -> ImmutableMultiDict[str, str]:
    """A form from the bytes that a browser would send, cleaned like any other."""
    if body.count(b"&") >= _MOST_FIELDS:
        raise RequestEntityTooLarge
    text = body.decode("utf-8", "surrogateescape")
    return _clean(MultiDict(parse_qsl(text, keep_blank_values=True, errors="surrogateescape")))


def _clean(typed: Any) -> ImmutableMultiDict[str, str]:
    return ImmutableMultiDict(
        [(_keepable(key), _keepable(text)) for key, text in typed.items(True)]
    )


def _keepable(text: str) -> str:
    return _HALF_SIGNS.sub("\N{REPLACEMENT CHARACTER}", text.replace("\0", ""))


def takes_up_to(size: int) -> Callable[[View], View]:
    """Mark a view that takes an upload: its request may be `size` bytes long."""

    def marked(view: View) -> View:
        view.largest_request = size  # type: ignore[attr-defined]
        return view

    return marked


def init_input(app: Flask) -> None:
    """Call before routes are added."""
    app.request_class = CleanRequest
    app.url_map.converters["int"] = RowKeyConverter
    app.before_request(_refuse_nul_in_address)
    app.before_request(_allow_larger_request)
    app.before_request(_read_whole_request)


def _refuse_nul_in_address() -> None:
    if "\0" in request.path:
        abort(404)


def _read_whole_request() -> None:
    """Before anything asks the database: a form that dribbles in over a bad link must not hold
    SQLite's one write lock meanwhile.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    with suppress(RequestEntityTooLarge, ClientDisconnected):  # the view will meet them again
        request.get_data()


def _allow_larger_request() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if size := getattr(view, "largest_request", 0):
        request.max_content_length = size
