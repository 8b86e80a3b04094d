"""Fills an empty database with the demo by living through it, day by day, with the reminders on.

Every deed goes through the operation that its page uses, so the demo can't show what the product
can't do.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from tracker.clock import local_date, local_moment
from tracker.demo.story import BEGINS, story
from tracker.demo.world import ZONE, World, read_data

PASSWORD = "keep-the-loop-closed"  # noqa: S105  (of the demo alone, which prints it)
# In the order of a day: what people do, then what the clock does.
_DEEDS_AT, _REMINDERS_AT = time(8, 30), time(10, 30)


def load_demo(
    session: Session,
    *,
    now: datetime,
    password: str,
    receipts_key: str,
    remind: Callable[[datetime], None],
) -> Iterator[date]:
    """Live through the story up to `now`, yielding each day when it is over and committed.

    `password` is a hash; `remind` does what a scheduler would do at the moment it is given.
    """
    world = World(session, receipts_key)
    today = local_date(now, ZONE)
    first = today - timedelta(days=BEGINS)
    world.found(read_data("made-up"), password, goes_live_on=first)
    session.commit()
    beats = story(world)
    for days_ago in range(BEGINS, -1, -1):
        day = today - timedelta(days=days_ago)
        for beat in beats:
            if beat.days_ago == days_ago:
                beat.deed(local_moment(day, _DEEDS_AT, ZONE))
        session.commit()
        if (moment := local_moment(day, _REMINDERS_AT, ZONE)) <= now:
            remind(moment)
        yield day
