"""An end to every wait: libraries time each read, so a server that trickles would hold us for ever."""

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar

Outcome = TypeVar("Outcome")


def within(seconds: float, do: Callable[[], Outcome]) -> Outcome:
    """What `do` gives or raises. Raises `TimeoutError` if it takes longer: what became of it is unknown."""
    found: SimpleQueue[tuple[Outcome] | None] = SimpleQueue()
    failures: list[BaseException] = []

    def run() -> None:
        try:
            outcome = do()
        except BaseException as error:
            failures.append(error)
            found.put(None)
        else:
            found.put((outcome,))

    threading.Thread(target=run, name="hand over a message", daemon=True).start()
    try:
        settled = found.get(timeout=seconds)
    except Empty:
        raise TimeoutError("it took too long") from None
    if settled is None:
        raise failures[0]
    return settled[0]
