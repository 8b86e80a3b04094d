"""Short codes: the last part of a survey's address, easy to read aloud and to type from a poster."""

import secrets
from collections.abc import Callable

# No vowels, so that no words come about; no letter or digit that is mistaken for another.
ALPHABET = "cdfghjkmnpqrtvwx234678"
LENGTH = 6


def new_code() -> str:
    """A code drawn at random; see `free_code` for one that is new."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def free_code(is_taken: Callable[[str], bool], draw: Callable[[], str] = new_code) -> str:
    """A code that is not taken."""
    code = draw()
    while is_taken(code):
        code = draw()
    return code
