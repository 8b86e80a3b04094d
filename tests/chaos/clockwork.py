"""A clock that runs as fast as it is told and jumps when it is told, the same in every process."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from tracker.clock import seconds_running


class Clockwork:
    """The time by a file that says how late it was when it was last set, and how fast it runs."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def set(self, now: datetime, speed: float) -> None:
        """From this moment on it is `now`, and `speed` seconds pass in each real one."""
        draft = self._path.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps([seconds_running(), now.timestamp(), speed]))
        draft.replace(self._path)

    def now(self) -> datetime:
        since, then, speed = json.loads(self._path.read_text())
        return datetime.fromtimestamp(then + (seconds_running() - since) * speed, UTC)
