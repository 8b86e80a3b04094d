"""What everybody did and when: files to which lines are only ever added, by any number of processes.

A line is in the file before the deed that follows it begins, so that a killed process leaves no gap.
Who is killed while writing leaves half a line: the deed didn't begin, so that line tells of nothing. The
moments are those of one clock that all processes of a machine share and that never goes back.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker.clock import seconds_running


@dataclass(frozen=True)
class Entry:
    """One line: when, what, and what belongs to it."""

    at: float
    what: str
    facts: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.facts[name]


class Ledger:
    """A file that lines are added to. Two processes at once don't mix their lines."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(self, what: str, *, is_durable: bool = False, **facts: Any) -> None:
        """Add a line; `is_durable`: come back only when the disk has it."""
        # The first line feed is for whoever was killed in the middle of the line before.
        line = "\n" + json.dumps([seconds_running(), what, facts]) + "\n"
        os.write(self._file, line.encode())
        if is_durable:
            os.fsync(self._file)


def read(path: Path) -> list[Entry]:
    """All lines so far, in the order of time."""
    return entries_from(path, 0)


def entries_from(path: Path, place: int) -> list[Entry]:
    """The lines that begin at this byte or later, without those that aren't whole."""
    return sorted(_entries(path, place), key=lambda entry: entry.at)


def _entries(path: Path, place: int) -> Iterator[Entry]:
    if not path.exists():
        return
    with path.open("rb") as file:
        file.seek(place)
        for line in file:
            if line.endswith(b"}]\n"):
                yield Entry(*json.loads(line))
