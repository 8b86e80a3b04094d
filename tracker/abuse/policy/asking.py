"""Whether an answer is taken as it came, or sent once more first."""

from datetime import datetime, timedelta
from enum import StrEnum

from tracker.abuse.policy.seals import Kind, Seal

# Nobody reads a page, answers it and sends it in less.
QUICKEST = timedelta(seconds=2)
# A page that a phone kept for longer asks for one press more.
OLDEST = timedelta(days=60)


class Ask(StrEnum):
    """What an answer still needs."""

    NOTHING = "nothing"
    PRESS = "press"
    PROOF = "proof"


def what_to_ask(
    seal: Seal | None, now: datetime, *, trap: str, is_crowded: bool, is_proven: bool
) -> Ask:
    """What to ask of somebody before their answer is taken.

    Whoever has pressed once more is let in, trap or no trap: a browser that fills in every box must
    not keep a child out. `is_crowded` asks for a proof, of machines and people alike.
    """
    if is_crowded and not is_proven and not _has_waited(seal, now):
        return Ask.PROOF
    if seal is None or not _is_recent(seal, now):
        return Ask.PRESS
    if seal.kind is not Kind.FORM:
        return Ask.NOTHING
    return Ask.PRESS if trap or now - seal.moment < QUICKEST else Ask.NOTHING


def _has_waited(seal: Seal | None, now: datetime) -> bool:
    return seal is not None and seal.kind is Kind.WAIT and now >= seal.moment


def _is_recent(seal: Seal, now: datetime) -> bool:
    return now - seal.moment < OLDEST
