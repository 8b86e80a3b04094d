"""Why a mail arrived again: what befell the worker that had handed it over before.

Three things may: the line was lost after the server took the mail; the worker was killed, or lost its
connection to the database, before it had committed that; or its lease ran out while it was at it. Each
has to stand in the ledgers, in its window, or the copy counts as unexplained.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.chaos.ledger import Entry

# The commits by which a worker says what became of a mail.
_OUTCOMES = tuple(f"{each}.committed" for each in ("sent", "later", "untried", "refused"))
# What it complains of when it comes too late for that.
_TAKEN_OVER = "was taken over by another worker"


@dataclass(frozen=True)
class Acceptance:
    """The server took a message: when, from which port, its bytes, and what it did wrong then."""

    at: float
    peer: int
    digest: str
    fault: str = ""


class Witness:
    """What is known about the workers. `lease` is in seconds of the clock that they go by."""

    def __init__(self, workers: Sequence[Entry], acts: Sequence[Entry], lease: float) -> None:
        self._lease = lease
        self._of_worker: dict[int, list[Entry]] = defaultdict(list)
        self._lines: dict[int, list[tuple[float, int]]] = defaultdict(list)  # by port
        for entry in workers:
            self._of_worker[entry["pid"]].append(entry)
            if entry.what == "connected":
                self._lines[entry["peer"]].append((entry.at, entry["pid"]))
        self._killed = {a["pid"]: a.at for a in acts if a.what == "kill" and "pid" in a.facts}
        self._cut = {a["whom"] for a in acts if a.what == "cut"}

    def why_again(self, one: Acceptance, next_one: Acceptance) -> str:
        """The fault between these two copies of a mail, in words; "" if there was none."""
        if one.fault:
            return "the line was lost after the server had taken it"
        first, second = self._worker_of(one), self._worker_of(next_one)
        if first is None or second is None:
            return ""
        return self._befell(first, one, second, next_one) or self._slept(
            first, one, second, next_one
        )

    def _slept(self, first: int, one: Acceptance, second: int, next_one: Acceptance) -> str:
        """Whether the second had claimed it long before, and handed it over after a long sleep."""
        recorded = self._outcome_after(second, next_one.at)
        return self._lease_ran_out(second, next_one, first, one, recorded)

    def _befell(self, first: int, one: Acceptance, second: int, next_one: Acceptance) -> str:
        """What befell the first worker between its copy and the second's."""
        recorded = self._outcome_after(first, one.at)
        if recorded is None and first in self._killed:
            return "killed between acceptance and commit"
        until = next_one.at if recorded is None else recorded.at
        is_cut = f"worker {first}" in self._cut
        if is_cut and self._complained(first, one.at, until):
            return "lost its database between acceptance and commit"
        return self._lease_ran_out(first, one, second, next_one, recorded)

    def _lease_ran_out(
        self, first: int, one: Acceptance, second: int, next_one: Acceptance, recorded: Entry | None
    ) -> str:
        """Whether the second claimed the mail when the first's lease was over, and before it had
        said what became of it, or though it had: somebody between the two had taken it over, so what
        it said was void. The first's claim is as old as what it did before: between the two lies the
        wait for the database."""
        held, taken = self._claim_of(first, one.at), self._claim_of(second, next_one.at)
        if held is None or taken is None:
            return ""
        is_unsaid = recorded is None or recorded.at > taken[0].at or self._was_void(first, recorded)
        is_over = taken[1]["now"] - held[0]["now"] >= self._lease
        return "its lease ran out in flight" if is_unsaid and is_over else ""

    def _worker_of(self, one: Acceptance) -> int | None:
        """Whose line it was: whoever dialled last from that port."""
        before = [pid for at, pid in self._lines[one.peer] if at <= one.at]
        return before[-1] if before else None

    def _outcome_after(self, pid: int, at: float) -> Entry | None:
        """The commit of what became of the mail that the worker was handing over then."""
        for entry in self._from(pid, at):
            if entry.what == "reached" and entry["point"] in _OUTCOMES:
                return entry
        return None

    def _was_void(self, pid: int, outcome: Entry) -> bool:
        """Whether the worker found that the mail wasn't its own any more."""
        after = [entry for entry in self._from(pid, outcome.at) if entry is not outcome]
        return bool(after) and after[0].what == "complaint" and _TAKEN_OVER in after[0]["words"]

    def _complained(self, pid: int, at: float, until: float) -> bool:
        return any(entry.what == "complaint" and entry.at <= until for entry in self._from(pid, at))

    def _claim_of(self, pid: int, at: float) -> tuple[Entry, Entry] | None:
        """The claim that the worker was working on then, and before it what it had passed last."""
        passed = [entry for entry in self._until(pid, at) if entry.what == "reached"]
        for before, entry in reversed(list(pairwise(passed))):
            if entry["point"] == "claim.done":
                return before, entry
        return None

    def _until(self, pid: int, at: float) -> Sequence[Entry]:
        own = self._of_worker[pid]
        return own[: bisect_left(own, at, key=lambda entry: entry.at)]

    def _from(self, pid: int, at: float) -> Sequence[Entry]:
        own = self._of_worker[pid]
        return own[bisect_left(own, at, key=lambda entry: entry.at) :]
