"""Somebody is killed at a failpoint, again and again; what they were doing comes to be done once."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from bench.serving import site
from tests import factories as make
from tests.bounces.server import Box, imap_server
from tests.chaos.certificates import make_certificates
from tests.chaos.deeds import Bed, Bouncing, Deed, Once, Ticking
from tests.chaos.forks import do_in_peace, is_killed_at
from tests.chaos.posts import ENVIRON, PREPARED
from tests.chaos.processes import talking
from tracker.db import db
from tracker.failpoints import at_each

_FAULTS = {
    "later": "puts the recipient off",
    "smtp.RSET": "puts the recipient off",
    "untried": "greets with 421 too busy",
    "refused": "relays for nobody",
    "smtp.HELO": "knows HELO alone",
}


@dataclass
class Tried:
    """What came of one failpoint. `problems` is empty if all was accounted for each time."""

    point: str
    kills: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass
class Executioner:
    """Kills at one failpoint after the other, on one database."""

    bed: Bed
    _deeds: dict[str, Deed] = field(default_factory=dict)
    _passed: dict[str, Counter[str]] = field(default_factory=dict)  # each failpoint, by deed

    def kill_at(self, point: str, times: int) -> Tried:
        """Be killed there so often, each time at another of the occasions there are."""
        tried = Tried(point)
        name = _name_of_deed(point)
        deed = self._deed(name)
        if name not in self._passed:
            self._passed[name] = self._in_peace(deed, tried)
        occasions = self._passed[name][point]
        for number in range(times):
            self._begin(deed)
            setting = f"{point}@{1 + number % max(1, occasions)}"
            if is_killed_at(self.bed.app, setting, deed.do):
                tried.kills += 1
            else:
                tried.problems.append(f"{setting} was never reached")
            self._finish(deed, point, tried)
        return tried

    def _in_peace(self, deed: Deed, tried: Tried) -> Counter[str]:
        """How often the deed comes past each failpoint when nobody is killed.

        Done in this very process, so that what it makes ready once, those split off needn't.
        """
        passed: Counter[str] = Counter()
        self._begin(deed)
        at_each(lambda name: passed.update([name]))
        try:
            deed.do()
        finally:
            at_each(None)
        self._finish(deed, "", tried)
        return passed

    def _begin(self, deed: Deed) -> None:
        deed.begin()
        self.bed.session.rollback()  # no lock is held

    def _finish(self, deed: Deed, point: str, tried: Tried) -> None:
        self.bed.postbox.ask("behave")
        do_in_peace(self.bed.app, deed.do_again)
        self.bed.session.rollback()
        self.bed.session.expire_all()
        tried.problems += deed.problems(point)

    def _deed(self, name: str) -> Deed:
        if name not in self._deeds:
            self._deeds[name] = _make_deed(self.bed, name)
        return self._deeds[name]


def _name_of_deed(point: str) -> str:
    """The deed that comes past this failpoint: one of `PREPARED`, a fault, "bounces" or "tick"."""
    place = point.rpartition(".")[0]
    if place in PREPARED or place in _FAULTS:
        return place
    return "bounces" if place.startswith("bounces.") else "tick"


def _make_deed(bed: Bed, name: str) -> Deed:
    if name in PREPARED:
        return Once(bed, PREPARED[name])
    if name == "bounces":
        return Bouncing(bed)
    security = "none" if name == "smtp.HELO" else "starttls"
    return Ticking(bed, _FAULTS.get(name, ""), security)


@contextmanager
def executioner(folder: Path, database: str) -> Iterator[Executioner]:
    """A site with an organisation, a mail server and a mailbox for bounces, to kill on."""
    with site(folder, database, ENVIRON) as place:
        make_certificates(folder)
        command = ("tests.chaos.postbox", str(folder))
        with (
            talking(folder / "logs" / "postbox.log", place.environ, *command) as postbox,
            imap_server(Box()) as box,
            _session(place.app) as session,
        ):
            make.make_organisation(session)
            session.commit()
            yield Executioner(Bed(place.app, place.settings, session, postbox, box, folder))


@contextmanager
def _session(app: Flask) -> Iterator[Session]:
    with app.app_context():
        engine = db.engine
    with Session(engine) as session:
        yield session
    engine.dispose()
