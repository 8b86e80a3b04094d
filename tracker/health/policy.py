"""Whether the clock still ticks, and how long it has been silent. Pure: moments in, answers out."""

from datetime import datetime, timedelta

SILENT_FOR = timedelta(minutes=30)


def is_stalled(last_tick_at: datetime | None, *, is_anything_due: bool, now: datetime) -> bool:
    """Whether no tick has run for 30 minutes although something is due.

    A last tick in the future was noted by a clock that ran ahead: nothing has ticked since.
    """
    if not is_anything_due:
        return False
    return last_tick_at is None or not timedelta(0) <= now - last_tick_at < SILENT_FOR


def silence_in_words(last_tick_at: datetime | None, now: datetime) -> str:
    """How long ago the last tick was: "2 minutes ago", "never"."""
    if last_tick_at is None:
        return "never"
    seconds = (now - last_tick_at).total_seconds()
    if seconds < 0:
        return "in the future, by a clock that was wrong"
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if number := int(seconds // size):
            return f"{number} {name}{'' if number == 1 else 's'} ago"
    return "less than a minute ago"
