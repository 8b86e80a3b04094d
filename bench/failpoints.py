"""Killed at every failpoint: before and after each commit, around each word to a mail server.

Whatever is being done is done by a process of its own, which dies by SIGKILL at the failpoint; then it
is done once more, as the person, the next worker or the mail provider would. Afterwards everything has
to be there once: each response, verdict, answer by link, bounce and reminder; each mail at the server,
and a copy of it only where no software can know that it had arrived, with the same bytes.

    python -m bench.failpoints                          both databases, 20 kills at each
    python -m bench.failpoints --times 3 --only smtp. --database sqlite
"""

import argparse
import sys
import tempfile
from pathlib import Path

from bench.serving import DATABASES
from tests.chaos.killing import executioner
from tracker.clock import seconds_running
from tracker.failpoints import FAILPOINTS

TIMES = 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=TIMES, help="kills at each failpoint")
    parser.add_argument("--only", default="", help="failpoints with these letters in their name")
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    asked = parser.parse_args()
    chosen = [point for point in FAILPOINTS if asked.only in point]
    failed = 0
    for database in DATABASES if asked.database == "both" else (asked.database,):
        began, kills = seconds_running(), 0
        print(f"\n{database}\n{'failpoint':36} {'kills':>5} {'problems':>8}")
        with (
            tempfile.TemporaryDirectory() as folder,
            executioner(Path(folder) / "site", database) as found,
        ):
            for point in chosen:
                tried = found.kill_at(point, asked.times)
                kills += tried.kills
                failed += bool(tried.problems)
                print(f"{point:36} {tried.kills:5} {len(tried.problems):8}", flush=True)
                for problem in tried.problems[:5]:
                    print(f"    FAILED: {problem}")
        took = seconds_running() - began
        print(f"{len(chosen)} failpoints, {kills} kills, {took:.0f} s")
    print("failed" if failed else "passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
