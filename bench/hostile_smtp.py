"""A mail server that misbehaves in every way we know, a hundred mails for each.

Afterwards each mail is accounted for: sent, waiting for its next try, or given up with the reason;
what arrived twice has a fault in the server's log, one Message-ID and the same bytes; nobody's
address is blamed wrongly; and once the server has mended, every mail arrives. Then each behaviour
once more with the time-outs that Loopkeeper is shipped with: no mail may be held longer than 60 s.

    python -m bench.hostile_smtp                        both databases, 100 mails each
    python -m bench.hostile_smtp --mails 10 --database sqlite --no-real-time
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from sqlalchemy.orm import Session

from bench.serving import DATABASES, site
from tests import factories as make
from tests.chaos.behaviours import BEHAVIOURS
from tests.chaos.certificates import Certificates, make_certificates
from tests.chaos.hostile_smtp import Behaviour, hostile_server
from tests.chaos.siege import Siege, besiege, transport_to
from tracker.clock import seconds_running
from tracker.db import db
from tracker.mail.errors import MailError

MAILS = 100
ROUNDS = 4
LONGEST = 60.0  # seconds for which a server may hold one mail
MESSAGE = b"Subject: Hello\r\n\r\n" + b"A line of words\r\n" * 200


def held(behaviour: Behaviour, certificates: Certificates) -> float:
    """For how long this server holds a worker with two mails, patience as shipped; per mail."""
    longest = 0.0
    with hostile_server(certificates) as server:
        server.behaviour, server.beat = behaviour, 1.0
        with transport_to(server, behaviour) as line:
            for number in range(2):
                with suppress(MailError):
                    line.send(
                        MESSAGE, sender="loop@example.org", recipient=f"r{number}@example.org"
                    )
            goodbye = seconds_running()
            longest = line.longest
        return max(longest, seconds_running() - goodbye)


def sieges(database: str, folder: Path, mails: int, chosen: Sequence[Behaviour]) -> list[Siege]:
    certificates = make_certificates(folder)
    found = []
    with site(folder / "site", database) as place, place.app.app_context():
        with Session(db.engine) as session:
            make.make_organisation(session)
            session.commit()
            for behaviour in chosen:
                with hostile_server(certificates) as server:
                    siege = besiege(
                        session, place.settings, server, behaviour, mails=mails, rounds=ROUNDS
                    )
                found.append(siege)
                _print_siege(behaviour, siege)
        db.engine.dispose()
    return found


def _print_siege(behaviour: Behaviour, siege: Siege) -> None:
    during, afterwards = siege.during, siege.afterwards
    print(
        f"{behaviour.name:42} {behaviour.verb or 'TLS':9} {behaviour.outcome:8} "
        f"{during.sent:5} {during.waiting:7} {during.given_up:8} {afterwards.copies:6} "
        f"{afterwards.sent:9} {siege.longest:7.2f}"
    )
    for problem in siege.problems:
        print(f"    FAILED: {problem}")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=MAILS)
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    parser.add_argument("--only", default="", help="behaviours with these words in their name")
    parser.add_argument("--no-real-time", action="store_true", help="leave out the last part")
    asked = parser.parse_args()
    chosen = [each for each in BEHAVIOURS if asked.only in each.name]
    failed = 0
    for database in DATABASES if asked.database == "both" else (asked.database,):
        print(
            f"\n{database}: {len(chosen)} behaviours, {asked.mails} mails each\n"
            f"{'behaviour':42} {'at':9} {'allowed':8} {'sent':>5} {'waiting':>7} {'given up':>8} "
            f"{'copies':>6} {'in the end':>9} {'longest':>7}"
        )
        with tempfile.TemporaryDirectory() as folder:
            found = sieges(database, Path(folder), asked.mails, chosen)
        lost = sum(asked.mails - siege.afterwards.sent for siege in found)
        copies = sum(siege.afterwards.copies for siege in found)
        wrong = sum(bool(siege.problems) for siege in found)
        print(
            f"{len(found) * asked.mails} mails, {lost} lost, {copies} copies, each with its fault; "
            f"{wrong} behaviours with problems"
        )
        failed += lost + wrong
    if not asked.no_real_time:
        failed += _in_real_time(chosen)
    print("failed" if failed else "passed")
    return 1 if failed else 0


def _in_real_time(chosen: Sequence[Behaviour]) -> int:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(len(chosen)) as pool:
        certificates = make_certificates(Path(folder))
        times = list(pool.map(lambda each: held(each, certificates), chosen))
    print("\nWith the time-outs as shipped, seconds for which one mail was held:")
    for seconds, behaviour in sorted(zip(times, chosen, strict=True), key=lambda pair: -pair[0]):
        if seconds > 1:
            print(f"{behaviour.name:42} {seconds:6.1f}")
    print(f"at most {max(times):.1f} s; the target is {LONGEST:.0f} s")
    return sum(seconds > LONGEST for seconds in times)


if __name__ == "__main__":
    sys.exit(main())
