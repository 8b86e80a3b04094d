"""Public addresses made from titles, pure: a title in, the words of an address out."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from itertools import count

SLUG_LENGTH = 80
_ROOM_FOR_NUMBER = 8

# Latin letters that Unicode doesn't take apart into a letter and a mark.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})


def slug_base(title: str) -> str:
    """The public address made from a title: a-z, 0-9 and dashes; "consultation" if none remain."""
    plain = unicodedata.normalize("NFKD", title.lower().translate(_LETTERS))
    marks_off = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", marks_off))
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word
        if len(longer) > SLUG_LENGTH - _ROOM_FOR_NUMBER:
            break
        slug = longer
    return slug or (words[0][: SLUG_LENGTH - _ROOM_FOR_NUMBER] if words else "consultation")


def free_slugs(base: str, taken: Collection[str]) -> Iterator[str]:
    """Addresses that nobody has taken: the base itself, then with a number from 2 up. Endless."""
    numbered = (base if number == 1 else f"{base}-{number}" for number in count(1))
    return (slug for slug in numbered if slug not in taken)
