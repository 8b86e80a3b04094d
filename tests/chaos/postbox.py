"""The mail server in a process of its own: `python -m tests.chaos.postbox FOLDER`.

It says its port, then does what it is told on its standard input, and says so: "behave NAME" (as
`behaviours` has it), "behave" alone for decency. Every act of its own goes into the ledger `server`.
"""

import sys
from dataclasses import asdict
from pathlib import Path

from tests.chaos.behaviours import BEHAVIOURS
from tests.chaos.certificates import Certificates
from tests.chaos.hostile_smtp import Deed, HostileServer, hostile_server
from tests.chaos.ledger import Ledger

NAMED = {each.name: each for each in BEHAVIOURS}


class WrittenDown(list[Deed]):
    """A log that is kept in a file."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def append(self, deed: Deed) -> None:
        facts = asdict(deed)
        facts.pop("at")
        self._ledger.note("deed", **facts)


def obey(server: HostileServer, order: str) -> None:
    verb, _, name = order.strip().partition(" ")
    if verb == "behave":
        server.behaviour = NAMED[name] if name else None


def main() -> None:
    folder = Path(sys.argv[1])
    with hostile_server(Certificates(folder)) as server:
        server.security = "starttls"
        server.log = WrittenDown(Ledger(folder / "server"))
        print(server.port, flush=True)
        for order in sys.stdin:
            obey(server, order)
            print("done", flush=True)


if __name__ == "__main__":
    main()
