"""When the clock counts as silent, at each boundary."""

from datetime import datetime, timedelta

import pytest

from tests.factories import NOW
from tracker.health.policy import is_stalled, silence_in_words


@pytest.mark.parametrize(
    ("ago", "is_due", "expected"),
    [
        (timedelta(minutes=30), True, True),
        (timedelta(minutes=30, seconds=-1), True, False),
        (timedelta(days=300), True, True),
        (timedelta(days=300), False, False),  # nothing to do: nothing is late
        (timedelta(0), True, False),
        (timedelta(seconds=-1), True, True),  # noted by a clock that ran ahead
        (None, True, True),
        (None, False, False),
    ],
    ids=range(8),
)
def test_is_stalled_after_30_minutes_with_something_due(
    ago: timedelta | None, is_due: bool, expected: bool
) -> None:
    last = None if ago is None else NOW - ago

    assert is_stalled(last, is_anything_due=is_due, now=NOW) is expected


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (None, "never"),
        (NOW, "less than a minute ago"),
        (NOW - timedelta(seconds=59), "less than a minute ago"),
        (NOW - timedelta(seconds=60), "1 minute ago"),
        (NOW - timedelta(minutes=59), "59 minutes ago"),
        (NOW - timedelta(hours=1), "1 hour ago"),
        (NOW - timedelta(hours=25), "1 day ago"),
        (NOW + timedelta(seconds=1), "in the future, by a clock that was wrong"),
    ],
    ids=range(8),
)
def test_silence_in_words_says_it_in_the_largest_whole_unit(
    last: datetime | None, words: str
) -> None:
    assert silence_in_words(last, NOW) == words
