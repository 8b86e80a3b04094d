"""Invitation codes: twelve letters and digits, of which four check the other eight.

The check tells a code of ours that has been used from one that never was, without a list of either.
"""

import hmac
import secrets
from collections.abc import Callable, Sequence

# No vowels, so that no words come about; no letter or digit that is mistaken for another.
_ALPHABET = "cdfghjkmnpqrtvwx234678"
_DRAWN = 8
_CHECKED = 4
_GROUP = 4


def new_code(key: str, draw: Callable[[str], str] = secrets.choice) -> str:
    """A code drawn at random from fifty thousand million, beside the check."""
    drawn = "".join(draw(_ALPHABET) for _ in range(_DRAWN))
    return drawn + _check(drawn, key)


def read_code(typed: str) -> str | None:
    """The code meant by what a person typed: capitals, spaces and dashes don't matter."""
    code = "".join(sign for sign in typed[:100].lower() if sign.isalnum())
    is_one = len(code) == _DRAWN + _CHECKED and set(code) <= set(_ALPHABET)
    return code if is_one else None


def is_ours(code: str, keys: Sequence[str]) -> bool:
    """Whether we made this code, used or not."""
    drawn, check = code[:_DRAWN], code[_DRAWN:]
    return any(hmac.compare_digest(_check(drawn, key), check) for key in keys)


def code_hash(code: str, key: str) -> str:
    """What is stored of an invitation: a keyed hash, from which the code can't be had back."""
    return hmac.digest(key.encode(), f"invitation:{code}".encode(), "sha256").hex()


def shown(code: str) -> str:
    """The code as it stands on a slip: three groups of four."""
    return "-".join(code[i : i + _GROUP] for i in range(0, len(code), _GROUP)).upper()


def _check(drawn: str, key: str) -> str:
    digest = hmac.digest(key.encode(), f"check:{drawn}".encode(), "sha256")
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:_CHECKED])
