"""How much comes in, counted in the memory of this process alone.

Nothing here is stored or logged, and what is counted under is a digest that tells nobody who it was
(`tracker/web/limits.py`). A restart forgets everything; several processes each count their share.
"""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from threading import Lock

from tracker.abuse.policy import rates

# An attack is over when it has been quiet for this long.
QUIET = timedelta(minutes=30)
_SLOTS_IN_A_DAY = 24 * rates.SLOTS_IN_AN_HOUR


class Watch:
    """Counts answers by survey, and by survey and connection. Safe for many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._slot = 0
        self._by_survey: defaultdict[int, Counter[int]] = defaultdict(Counter)
        self._by_connection: Counter[tuple[int, str, int]] = Counter()
        self._attacked_until: dict[int, datetime] = {}
        self._turns: dict[str, datetime] = {}

    def arrived(self, survey_id: int, connection: str, now: datetime) -> bool:
        """Count one answer. Whether it is one of too many: from this connection, or for the survey."""
        slot = _slot_of(now)
        with self._lock:
            self._forget_before(slot, now)
            counts = self._by_survey[survey_id]
            counts[slot] += 1
            self._by_connection[survey_id, connection, slot] += 1
            earlier = [count for when, count in counts.items() if when < slot]
            if rates.is_attack(counts[slot], earlier):
                self._attacked_until[survey_id] = now + QUIET
            return self._is_attacked(survey_id, now) or self._is_over_budget(
                survey_id, connection, slot
            )

    def is_attacked(self, survey_id: int, now: datetime) -> bool:
        """Whether the survey gets, or has got within the half hour, far more than is usual for it."""
        with self._lock:
            return self._is_attacked(survey_id, now)

    def turn(self, connection: str, now: datetime) -> datetime:
        """The next free turn of a connection, for somebody whose browser can't do the sum."""
        with self._lock:
            turn = rates.next_turn(now, self._turns.get(connection))
            self._turns[connection] = turn
            return turn

    def forget(self) -> None:
        """Begin anew, as after a restart."""
        self.__init__()  # type: ignore[misc]

    def _is_attacked(self, survey_id: int, now: datetime) -> bool:
        until = self._attacked_until.get(survey_id)
        return until is not None and now < until

    def _is_over_budget(self, survey_id: int, connection: str, slot: int) -> bool:
        hour = range(slot - rates.SLOTS_IN_AN_HOUR + 1, slot + 1)
        counts = [self._by_connection[survey_id, connection, when] for when in hour]
        return rates.is_over_budget(counts[-1], sum(counts))

    def _forget_before(self, slot: int, now: datetime) -> None:
        """Once in each slot: drop what is older than an hour (connections) or a day (surveys)."""
        if slot == self._slot:
            return
        self._slot = slot
        oldest = slot - rates.SLOTS_IN_AN_HOUR
        self._by_connection = Counter(
            {key: count for key, count in self._by_connection.items() if key[2] > oldest}
        )
        self._turns = {who: turn for who, turn in self._turns.items() if turn > now}
        for counts in self._by_survey.values():
            for when in [when for when in counts if when <= slot - _SLOTS_IN_A_DAY]:
                del counts[when]


def _slot_of(now: datetime) -> int:
    return int(now.timestamp() // rates.SLOT.total_seconds())
