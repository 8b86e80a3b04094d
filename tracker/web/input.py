"""What a request may contain at all: numbers a database key can hold, text without NUL."""

from typing import Any

from flask import Flask, Request, abort, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import IntegerConverter
from werkzeug.utils import cached_property

_BIGGEST_KEY = 2**31 - 1


class RowKeyConverter(IntegerConverter):
    """`<int:…>` in an address: a number beyond what a key can be is no page, not an error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max": _BIGGEST_KEY} | kwargs)


class CleanRequest(Request):
    """A request whose text holds no NUL: PostgreSQL can't store one and nobody means to type one."""

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        super()._load_form_data()
        self.__dict__["form"] = _without_nul(self.__dict__["form"])

    @cached_property
    def args(self) -> ImmutableMultiDict[str, str]:
        return _without_nul(super().args)


def _without_nul(typed: Any) -> ImmutableMultiDict[str, str]:
    pairs = [(key.replace("\0", ""), text.replace("\0", "")) for key, text in typed.items(True)]
    return ImmutableMultiDict(pairs)


def init_input(app: Flask) -> None:
    """Call before routes are added."""
    app.request_class = CleanRequest
    app.url_map.converters["int"] = RowKeyConverter
    app.before_request(_refuse_nul_in_address)


def _refuse_nul_in_address() -> None:
    if "\0" in request.path:
        abort(404)
