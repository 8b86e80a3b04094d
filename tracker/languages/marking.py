"""Sentences of a page that had to stay English are marked as English, for the ear and for order.

A template can't know whether its sentence lands in text or in an attribute. So what isn't
translated is put between two signs, and when the page is whole they become an element with
`lang="en"` where there may be one, and nothing elsewhere.

The signs are long numbers drawn anew by each process, which never leave it: there is nothing that
somebody could type, or paste, that would be taken for one of them.
"""

import re
from secrets import randbelow

# Figures alone, since filters of templates leave them as they are.
_BEGIN, _END = (f"{randbelow(10**40):040}" for _ in range(2))
_MARKED = re.compile(f"{_BEGIN}(.*?){_END}", re.DOTALL)
_SIGNS = re.compile(f"{_BEGIN}|{_END}")
# Tags, and the elements whose content is text alone: no element may stand in them.
_NO_PLACE = re.compile(r"(<(title|option|textarea|script|style|text)\b.*?</\2>|<[^>]*>)", re.DOTALL)


def as_english(sentence: str) -> str:
    """Mark a sentence that stays English."""
    return f"{_BEGIN}{sentence}{_END}"


def settled(page: str, *, is_html: bool) -> str:
    """The page with every mark turned into an element, or taken away where none may stand."""
    if _BEGIN not in page:
        return page
    if not is_html:
        return _SIGNS.sub("", page)
    parts: list[str] = []
    at = 0
    for tag in _NO_PLACE.finditer(page):
        parts += (_in_text(page[at : tag.start()]), _SIGNS.sub("", tag.group()))
        at = tag.end()
    return "".join([*parts, _in_text(page[at:])])


def _in_text(text: str) -> str:
    # A sentence that holds elements of its own is cut by them: its signs just go.
    return _SIGNS.sub("", _MARKED.sub(r'<span lang="en" dir="ltr">\1</span>', text))
