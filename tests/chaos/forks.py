"""Something done in a process of its own, which is let live, or killed at a failpoint."""

import os
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable

from flask import Flask

from tracker import failpoints
from tracker.db import db

Deed = Callable[[], None]


def do_in_peace(app: Flask, do: Deed) -> None:
    """Do it. Raises `RuntimeError` if it failed."""
    if _end_of(_split_off(app, do)) != 0:
        raise RuntimeError("it failed, though nobody disturbed it")


def is_killed_at(app: Flask, setting: str, do: Deed) -> bool:
    """Do it with the trap set; whether it got there, and so was killed."""

    def trapped() -> None:
        trap, passed = failpoints.trap(setting), Counter[str]()

        def spring(name: str) -> None:
            passed[name] += 1
            trap.spring(name)

        failpoints.at_each(spring)
        do()
        came_past = ", ".join(f"{name} {times}" for name, times in passed.items())
        print(f"{setting} was never reached; it came past {came_past}", file=sys.stderr, flush=True)

    return _end_of(_split_off(app, trapped)) == -signal.SIGKILL


def _split_off(app: Flask, do: Deed) -> int:
    with app.app_context():
        db.engine.dispose()  # no connection is shared
    pid = os.fork()
    if pid:
        return pid
    try:
        do()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def _end_of(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
