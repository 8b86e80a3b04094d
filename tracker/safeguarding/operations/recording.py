"""The record of a flag: who acknowledged it, opened it, wrote what was done, closed it.

Lines are added and never changed. Doesn't touch the response: what a decision means for it is for
`worries`, which stands above both.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.errors import Conflict, LoopkeeperError
from tracker.safeguarding.models import EntryKind, Flag, FlagEntry, FlagOutcome


class FlagClosed(Conflict):
    """The flag has been closed meanwhile."""

    def __init__(self) -> None:
        super().__init__("This one is closed. Open it again first if there is more to do.")


class NothingWritten(LoopkeeperError):
    """A line of the record needs words."""

    def __init__(self) -> None:
        super().__init__("Write what was done. A line or two is enough.")


def acknowledge(session: Session, flags: Iterable[Flag], *, person_id: int, now: datetime) -> int:
    """Stop the clock of these flags; how many it stopped. The first to acknowledge is kept."""
    waiting = [flag for flag in flags if flag.acknowledged_at is None and flag.closed_at is None]
    for flag in waiting:
        _stop_clock(flag, person_id, now)
        _add(session, flag, EntryKind.ACKNOWLEDGED, person_id, now)
    session.flush()
    return len(waiting)


def note_opened(session: Session, flag: Flag, *, person_id: int, now: datetime) -> None:
    """Write down that this person read the words."""
    _add(session, flag, EntryKind.OPENED, person_id, now)
    session.flush()


def note(session: Session, flag: Flag, what: str, *, person_id: int, now: datetime) -> None:
    """Add what was done. Raises `NothingWritten` and `FlagClosed`."""
    _require_open(flag)
    if not what.strip():
        raise NothingWritten
    _add(session, flag, EntryKind.NOTE, person_id, now, what)
    session.flush()


def close_flag(
    session: Session,
    flag: Flag,
    outcome: FlagOutcome,
    what: str = "",
    *,
    person_id: int,
    now: datetime,
) -> None:
    """Close it with a decision. A worry needs words for what was done; no worry doesn't."""
    _require_open(flag)
    if outcome is FlagOutcome.WORRY and not what.strip():
        raise NothingWritten
    if flag.acknowledged_at is None:
        _stop_clock(flag, person_id, now)
    flag.outcome, flag.closed_at = outcome, now
    _add(session, flag, EntryKind(outcome.value), person_id, now, what)
    session.flush()


def reopen_flag(session: Session, flag: Flag, *, person_id: int, now: datetime) -> None:
    """Take a decision back. Nobody is told anew: whoever does this has it in hand."""
    if flag.closed_at is None:
        return
    flag.outcome, flag.closed_at = None, None
    _add(session, flag, EntryKind.REOPENED, person_id, now)
    session.flush()


def _stop_clock(flag: Flag, person_id: int, now: datetime) -> None:
    flag.acknowledged_at, flag.acknowledged_by, flag.look_at = now, person_id, None
    for call in flag.calls:
        call.notice_key = ""


def _require_open(flag: Flag) -> None:
    if flag.closed_at is not None:
        raise FlagClosed


def _add(
    session: Session, flag: Flag, kind: EntryKind, person_id: int, now: datetime, what: str = ""
) -> None:
    session.add(
        FlagEntry(flag_id=flag.id, at=now, person_id=person_id, kind=kind, what=what.strip())
    )
