"""Nobody can tell who answered: `python -m bench.canary`.

A thousand made-up children answer a real server, started as docs/deploy.md says. Each has an address,
an agent, a receipt and a secret sentence of their own; some have an invitation, some write what raises
an alert, some send nonsense. Reminders and alerts go out over real SMTP. Afterwards every byte of every
file is searched: the data folder, the logs, the mails, and PostgreSQL's whole cluster. No address, no
agent, no receipt and no invitation may be found anywhere, and the sentences only where answers are.
"""

import argparse
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

from sqlalchemy import MetaData, inspect, select, text
from sqlalchemy.orm import Session

from bench.child import Child, Page
from bench.serving import DATABASES, Site, served, site
from tests import factories as make
from tests.mail.server import Inbox, smtp_server
from tracker.abuse.operations import make_invitations
from tracker.accounts.policy import RoleName
from tracker.clock import utc_now
from tracker.db import current_session, db
from tracker.mail.transport import transport_of
from tracker.reminders.worker import tick
from tracker.surveys.models import Survey

WORKERS = 12
READING_TIME = 2.2
SURVEYS = 5
INVITED = 10  # one child in so many has an invitation
WORRIED = 10  # one in so many writes what raises an alert
WORRY = "I want to hurt myself and nobody knows"
RECEIPT_WORDS = 4


@dataclass
class Canary:
    """One child, and everything that could give them away."""

    child: Child
    code: str
    proxied: str
    agent: str
    secret: str
    worry: bool
    invitation: str = ""
    page: Page | None = None
    receipts: set[str] = field(default_factory=set)

    @property
    def traces(self) -> list[str]:
        """What may be found nowhere."""
        link = self.invitation and "-".join(
            self.invitation[i : i + 4].upper() for i in range(0, 12, 4)
        )
        return [self.child.address, self.proxied, self.agent, self.invitation, link]


def make_world(place: Site, children: int) -> tuple[list[str], list[str], str]:
    """Codes of open surveys, links to one by invitation, and its code."""
    with place.app.app_context():
        session = current_session()
        make.make_organisation(session)
        make.make_person(session, "Lea Lead", RoleName.PARTICIPATION_LEAD)
        make.make_person(session, "Sam Safe", RoleName.SAFEGUARDING_LEAD)
        closes = (utc_now() + timedelta(days=2)).date()
        opened = {"opened_at": utc_now() - timedelta(days=7), "closes_on": closes}
        surveys = []
        for _ in range(SURVEYS + 1):
            survey = make.make_survey(session, make.make_consultation(session, **opened))
            make.make_question(session, survey, text="What could be better?")
            make.make_question(session, survey, kind="number", text="How many?")
            surveys.append(survey)
        links = invite(session, place, surveys[-1], children // INVITED + 1)
        session.commit()
        return [survey.code for survey in surveys[:-1]], links, surveys[-1].code


def invite(session: Session, place: Site, survey: Survey, number: int) -> list[str]:
    survey.by_invitation = True
    return make_invitations(
        session,
        survey,
        number,
        form_id=uuid4(),
        key=place.settings.derived_key("invitations"),
        person_id=survey.consultation.owner_id or 0,
        now=utc_now(),
    )


def make_children(place: Site, number: int) -> list[Canary]:
    codes, links, invited_code = make_world(place, number)
    made = []
    for n in range(number):
        address = f"127.{100 + n // 10_000}.{100 + n // 100 % 100}.{100 + n % 100}"
        proxied = f"2001:db8:{random.randrange(4096, 65536):x}:{n + 4096:x}::{n + 4096:x}"
        agent = f"CanaryPhone/{uuid4().hex}"
        headers = {"User-Agent": agent, "X-Forwarded-For": proxied, "X-Real-IP": proxied}
        link = links.pop() if n % INVITED == 0 else ""
        made.append(
            Canary(
                Child(place.port, address, headers),
                invited_code if link else codes[n % len(codes)],
                proxied,
                agent,
                secret=f"kestrel{uuid4().hex}",
                worry=n % WORRIED == 1,
                invitation=link,
            )
        )
    return made


def read(canary: Canary) -> None:
    path = f"/i/{canary.invitation}" if canary.invitation else f"/s/{canary.code}"
    canary.page = canary.child.get(path)


def answer(canary: Canary) -> None:
    """Answer, and do what children do besides: mistakes, nonsense, going back, looking again."""
    assert canary.page is not None
    child, path = canary.child, f"/s/{canary.code}?sent="
    words = f"My secret is {canary.secret}. {WORRY if canary.worry else ''}"
    fields = canary.page.hidden | {"q1": words, "q2": "3"}
    if (kind := int(canary.secret[-1], 16)) < 4:
        child.post(path, fields | {"q2": f"{canary.secret} many"})
    if kind == 4:
        child.post(path, fields | {"website": canary.secret})
    if kind == 5:
        child.post(path, b"q1=%ED%A0%80\xff\0" + canary.secret.encode())
    if kind == 6:
        child.post(path, b"{}" + canary.secret.encode(), **{"Content-Type": "application/json"})
    if kind == 7:
        child.get(f"/nowhere/{canary.secret}?q={canary.secret}")
        child.post("/answer", {"words": canary.secret})
    page = child.post(path, fields)
    canary.receipts.add(page.receipt)
    child.post(path, fields)
    look_again(canary)


def look_again(canary: Canary) -> None:
    """Open "Where is my answer now?" with the four words, as its form sends them."""
    page = canary.child.get("/answer")
    name = re.search(r'<main.*?<input(?! type="hidden")[^>]* name="(\w+)"', page.text, re.DOTALL)
    assert name, page.text
    canary.child.post("/answer", page.hidden | {name[1]: " ".join(canary.receipts)})


def remind(place: Site, days: int) -> None:
    """Let the consultations close and weeks go by, so that every kind of mail goes out."""
    transport = transport_of(place.settings)
    with place.app.test_request_context():
        for day in range(days):
            moment = (utc_now() + timedelta(days=day)).replace(hour=11)
            tick(current_session(), transport, place.settings, clock=partial(_same, moment))


def _same(moment: datetime) -> datetime:
    return moment


# --- Afterwards: what is found. ---


@dataclass
class Found:
    """Traces by the file they were found in, and files with a sentence in them."""

    traces: list[str]
    sentences: Counter[str]
    files: int = 0
    size: int = 0


def search(folder: Path, canaries: list[Canary]) -> Found:
    """Every byte of every file under `folder`."""
    traces = {trace.lower().encode() for canary in canaries for trace in canary.traces if trace}
    receipts = {tuple(words.encode().split()) for canary in canaries for words in canary.receipts}
    secrets = {canary.secret.encode() for canary in canaries}
    found = Found([], Counter())
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue  # the database is running and has just removed it
        found.files, found.size = found.files + 1, found.size + len(data)
        name = str(path.relative_to(folder))
        for reading, said in readings(data):
            found.traces += [f"{name}{reading}: {hit}" for hit in hits(said, traces, receipts)]
            found.sentences[name] += sum(1 for each in SECRET.findall(said) if each in secrets)
    found.sentences = +found.sentences
    return found


SECRET = re.compile(rb"kestrel[0-9a-f]{32}")
TRACE = re.compile(
    rb"canaryphone/[0-9a-f]{32}|127\.1\d\d\.1\d\d\.1\d\d|2001:db8:[0-9a-f:]+"
    rb"|[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}|[a-z2-9]{12}"
)
WORD = re.compile(rb"[a-z]{3,}")


def readings(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The bytes as they are, and every second of them, which is how UTF-16 is read."""
    yield "", data.lower()
    yield " (UTF-16)", data[::2].lower()
    yield " (UTF-16)", data[1::2].lower()


def hits(said: bytes, traces: set[bytes], receipts: set[tuple[bytes, ...]]) -> set[str]:
    found = {each for each in TRACE.findall(said) if each in traces}
    words = WORD.findall(said)
    fours = zip(*(words[i:] for i in range(RECEIPT_WORDS)), strict=False)
    found |= {b" ".join(four) for four in fours if four in receipts}
    return {each.decode() for each in found}


def search_tables(place: Site, canaries: list[Canary]) -> Counter[str]:
    """In how many rows of which table a sentence stands, as the database itself tells it."""
    secrets = {canary.secret.encode() for canary in canaries}
    counted: Counter[str] = Counter()
    with place.app.app_context():
        tables = MetaData()
        tables.reflect(db.engine)
        for table in tables.sorted_tables:
            for row in current_session().execute(select(table)):
                counted[table.name] += (
                    len(set(SECRET.findall(str(tuple(row)).encode())) & secrets) > 0
                )
    return +counted


def answers_files(place: Site, database: str) -> set[str]:
    """The files that may hold sentences: those of the answers, and the database's own journal."""
    if database == "sqlite":
        return {"data/loopkeeper.db", "data/loopkeeper.db-wal"}
    with place.app.app_context():
        session = current_session()
        tables = [name for name in inspect(db.engine).get_table_names() if name == "answers"]
        toast = session.scalar(
            text("SELECT reltoastrelid::regclass::text FROM pg_class WHERE relname = 'answers'")
        )
        paths = [
            session.scalar(text("SELECT pg_relation_filepath(:name)"), {"name": name})
            for name in [*tables, toast]
            if name
        ]
        return {f"postgres/{path}" for path in paths}


def is_allowed(name: str, allowed: set[str]) -> bool:
    """PostgreSQL's write-ahead log repeats what is written to a table; that is what it is for."""
    return name in allowed or name.startswith("postgres/pg_wal/")


def write_out(place: Site, database: str) -> None:
    """Let PostgreSQL write to its tables' files what is in its log alone until now."""
    if database == "postgresql":
        with place.app.app_context(), db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("CHECKPOINT"))


def save_mails(place: Site, inbox: Inbox) -> None:
    folder = place.folder / "mails"
    folder.mkdir()
    for number, mail in enumerate(inbox.received):
        (folder / f"{number:05}.eml").write_bytes(mail.content)
        # As read, too: a body may be encoded.
        said = [part.get_content() for part in mail.message.walk() if not part.is_multipart()]
        (folder / f"{number:05}.txt").write_text("\n".join(str(part) for part in said))


def prove(database: str, folder: Path, children: int, days: int = 130, pause: float = 5) -> bool:
    """Print what was found; whether it is nothing."""
    random.seed(11)
    with smtp_server() as inbox:
        mail = {
            "LOOPKEEPER_SMTP_HOST": inbox.host,
            "LOOPKEEPER_SMTP_PORT": str(inbox.port),
            "LOOPKEEPER_SMTP_SECURITY": "none",
            "LOOPKEEPER_PROXIES": "1",
            "LOOPKEEPER_TICK_SECONDS": "2",
        }
        with site(folder, database, mail) as place:
            canaries = make_children(place, children)
            with served(place, {"LOOPKEEPER_SCHEDULER": "1"}):
                with ThreadPoolExecutor(WORKERS) as pool:
                    list(pool.map(read, canaries))
                    time.sleep(READING_TIME)
                    list(pool.map(answer, canaries))
                time.sleep(pause)  # the alerts go out
                live = search(place.folder, canaries)
            remind(place, days)
            save_mails(place, inbox)
            write_out(place, database)
            after = search(place.folder, canaries)
            rows = search_tables(place, canaries)
            allowed = answers_files(place, database)
    return report(database, canaries, (live, after), rows, allowed, len(inbox.received))


def report(
    database: str,
    canaries: list[Canary],
    searched: tuple[Found, Found],
    rows: Counter[str],
    allowed: set[str],
    mails: int,
) -> bool:
    taken = sum(1 for canary in canaries if canary.receipts - {""})
    wrong = []
    for found in searched:
        astray = {n: c for n, c in found.sentences.items() if not is_allowed(n, allowed)}
        wrong += found.traces + [f"{name}: {count} sentences" for name, count in astray.items()]
        print(f"  {found.files} files, {found.size / 1e6:.1f} MB searched", end="")
        print(f"; sentences in {', '.join(sorted(found.sentences)) or 'no file'}")
    if taken != len(canaries):
        wrong.append(f"only {taken} of {len(canaries)} answers were taken")
    if rows != Counter({"answers": len(canaries)}):
        wrong.append(f"sentences stand in these tables: {dict(rows)}")
    if not any(found.sentences for found in searched):
        wrong.append("not one sentence was found: the search itself is broken")
    print(f"  {taken} answers taken, {mails} mails received, sentences in rows of {dict(rows)}")
    for line in wrong[:20]:
        print(f"  FOUND  {line}")
    print(f"{database}: {len(wrong)} things found that must not be")
    return not wrong


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--children", type=int, default=1_000)
    asked.add_argument("--database", choices=DATABASES, action="append")
    asked.add_argument("--folder", type=Path)
    options = asked.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="canary-"))
    results = [
        prove(database, folder / database, options.children)
        for database in options.database or DATABASES
    ]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
