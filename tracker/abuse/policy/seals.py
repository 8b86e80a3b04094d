"""Seals: a mark on a page that says when it was made, for one submission id, which nobody can forge.

A seal is never stored, and neither is the moment in it.
"""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

_SHAPE = re.compile(r"([fpw])([0-9a-f]{1,10})\.([0-9a-f]{16})")


class Kind(StrEnum):
    """What the page that carries the seal is."""

    FORM = "f"  # the form; `moment` is when it was made
    PRESSED = "p"  # it asked for one more press; `moment` is when it was made
    WAIT = "w"  # it asked for a proof; from `moment` on, having waited is proof enough


@dataclass(frozen=True)
class Seal:
    kind: Kind
    moment: datetime


def make_seal(submission_id: UUID, seal: Seal, key: str) -> str:
    """The seal as the page carries it; whole seconds are enough."""
    return _signed(submission_id, f"{seal.kind}{int(seal.moment.timestamp()):x}", key)


def read_seal(typed: str, submission_id: UUID, keys: Sequence[str]) -> Seal | None:
    """The seal, if it was made for this submission id with one of the keys; else None."""
    found = _SHAPE.fullmatch(typed)
    if found is None:
        return None
    said = found[1] + found[2]
    if not any(hmac.compare_digest(_signed(submission_id, said, key), typed) for key in keys):
        return None
    return Seal(Kind(found[1]), datetime.fromtimestamp(int(found[2], 16), UTC))


def _signed(submission_id: UUID, said: str, key: str) -> str:
    digest = hmac.digest(key.encode(), f"{submission_id.hex}:{said}".encode(), "sha256")
    return f"{said}.{digest.hex()[:16]}"
