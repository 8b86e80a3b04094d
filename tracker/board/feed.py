"""The board as an Atom feed (RFC 4287): what happened in public, for a feed reader.

The same facts as the pages and no others: no number, no name, nothing of an answer. An entry keeps
its id, so a reader shows it once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as Xml

_ATOM = "http://www.w3.org/2005/Atom"
# What XML can't hold (XML 1.0 §2.2), whatever somebody typed.
_UNKEEPABLE = dict.fromkeys(
    (*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF)
)


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `id` names it for good; `address` is where it can be read."""

    id: str
    title: str
    text: str
    address: str
    at: datetime


def atom_feed(
    title: str, author: str, address: str, page: str, entries: Sequence[Entry], language: str
) -> bytes:
    """The feed at `address` of the page at `page`, newest entry first. UTF-8."""
    Xml.register_namespace("", _ATOM)
    feed = Xml.Element(_named("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": language})
    _add(feed, "id", address)
    _add(feed, "title", title)
    _add(feed, "updated", _moment(max((entry.at for entry in entries), default=_NEVER)))
    _add(_add(feed, "author"), "name", author)
    _add(feed, "link", rel="self", type="application/atom+xml", href=address)
    _add(feed, "link", rel="alternate", type="text/html", href=page)
    for entry in sorted(entries, key=lambda entry: (entry.at, entry.id), reverse=True):
        one = _add(feed, "entry")
        _add(one, "id", entry.id)
        _add(one, "title", entry.title)
        _add(one, "updated", _moment(entry.at))
        _add(one, "link", rel="alternate", type="text/html", href=entry.address)
        _add(one, "content", entry.text, type="text")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{Xml.tostring(feed, "unicode")}'.encode()


_NEVER = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def _named(name: str) -> str:
    return f"{{{_ATOM}}}{name}"


def _add(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> Xml.Element:
    child = Xml.SubElement(parent, _named(name), attributes)
    child.text = text.translate(_UNKEEPABLE) or None
    return child


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
