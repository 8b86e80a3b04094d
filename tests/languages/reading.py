"""A page as it is heard: each piece of text with the language it is said to be in."""

from collections.abc import Iterator
from html.parser import HTMLParser

_VOID = {"meta", "link", "input", "br", "img", "hr", "path", "circle"}
_SPOKEN_ATTRIBUTES = ("aria-label", "alt", "title", "placeholder")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.pieces: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        language = given.get("lang") or (self.open[-1][1] if self.open else "")
        spoken = () if tag == "link" else _SPOKEN_ATTRIBUTES  # that title is for programs
        self.pieces += [(language, given[name] or "") for name in spoken if name in given]
        self.pieces += [(language, text or "") for name, text in attrs if _is_words(name, text)]
        if tag not in _VOID:
            self.open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        # A title holds names beside our words, and nothing in it can be marked.
        if data.strip() and self.open and self.open[-1][0] not in ("title", "style"):
            self.pieces.append((self.open[-1][1], " ".join(data.split())))


def _is_words(name: str, text: str | None) -> bool:
    """Whether a `data-` attribute holds words for a script, and not a key or an address."""
    is_text = " " in (text or "") and not (text or "").startswith("/")
    return name.startswith("data-") and is_text and name != "data-on"


def pieces_of(page: str) -> Iterator[tuple[str, str]]:
    """(language, text) of every piece of text of a page, spoken attributes included."""
    reader = _Reader()
    reader.feed(page)
    yield from reader.pieces
