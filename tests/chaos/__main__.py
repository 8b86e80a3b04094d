"""The chaos, in full: `make chaos KILLS=1000`, or `python -m tests.chaos --kills 50 --database sqlite`.

Real web processes, workers and a mail server; kills of all of them and of their database connections,
pauses past the lease, a mail server that misbehaves. Then every submission, every reminder and every
mail is accounted for. Prints a table; exits with 1 if anything is lost or unexplained.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from bench.serving import DATABASES, site
from tests.chaos.checker import Verdict, check
from tests.chaos.conductor import ENVIRON, Plan, conducted
from tracker.clock import seconds_running
from tracker.db import db
from tracker.reminders.worker.delivering import LEASE

KILLS = 1000
MOST = 20_000  # reminders, and submissions
PER_KILL = 20
WORKERS = {"sqlite": 2, "postgresql": 3}


def plan_for(kills: int, database: str, *, least: int = 0, seed: int = 1) -> Plan:
    """20,000 reminders and 20,000 submissions, or fewer if there are few kills."""
    count = max(least, min(MOST, kills * PER_KILL))
    return Plan(kills, count, count, WORKERS[database], seed)


def run(folder: Path, database: str, plan: Plan) -> Verdict:
    """Do it and account for it."""
    with (
        site(folder, database, ENVIRON) as place,
        conducted(place, database, plan) as stage,
        place.app.app_context(),
        Session(db.engine) as session,
    ):
        return check(
            session,
            folder,
            owed=stage.owed,
            codes=stage.codes,
            lease=LEASE.total_seconds(),
        )


def table(found: dict[str, Verdict]) -> Iterator[str]:
    """The whole account, one column for each database, in Markdown."""
    yield f"| | {' | '.join(found)} |"
    yield f"|---|{'---:|' * len(found)}"
    for title, part in (
        ("Harm", "harm"),
        ("Submissions", "submissions"),
        ("Reminders", "reminders"),
        ("Mails", "mails"),
        ("Copies, by their fault", "copies"),
    ):
        counts: list[Counter[str]] = [getattr(verdict, part) for verdict in found.values()]
        yield f"| **{title}** |{' |' * len(found)}"
        for name in sorted(set().union(*counts)):
            yield f"| {name} | {' | '.join(f'{each[name]:,}' for each in counts)} |"
    problems = " | ".join(str(len(verdict.problems)) for verdict in found.values())
    yield f"| **Lost or unexplained** | {problems} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="keep the ledgers and logs here")
    asked = parser.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="chaos-"))
    found = {}
    for database in DATABASES if asked.database == "both" else (asked.database,):
        began = seconds_running()
        plan = plan_for(asked.kills, database, seed=asked.seed)
        found[database] = run(folder / database, database, plan)
        took = seconds_running() - began
        print(f"{database}: {len(found[database].problems)} problems, {took:.0f} s", flush=True)
        for problem in found[database].problems[:50]:
            print(f"    {problem}")
    print("\n".join(table(found)))
    return 1 if any(verdict.problems for verdict in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
