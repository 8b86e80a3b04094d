"""Backups: made while the site runs, checked, and put back into an empty place."""

import json
import os
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select
from sqlalchemy.orm import Session

import config
from tests import factories as make
from tests import postgres
from tests.factories import NOW
from tracker.app import create_app
from tracker.backup.archive import BrokenBackup, digest_of, unpack
from tracker.backup.operations import create, restore, verify
from tracker.clock import utc_now
from tracker.db import db
from tracker.errors import Conflict
from tracker.mail.transport import MemoryTransport
from tracker.reminders.worker import tick
from tracker.responses.models import Answer, SurveyResponse
from tracker.services.models import Organisation

CODE = "abc234"


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's own programs, as they would be on the machine."""
    monkeypatch.setenv("PATH", f"{postgres.PROGRAMS}{os.pathsep}{os.environ['PATH']}")


def an_app(url: str, data: Path) -> Flask:
    environ = {
        "LOOPKEEPER_SECRET_KEY": "a secret for the tests, long enough to be accepted",
        "LOOPKEEPER_DATA": str(data),
        "LOOPKEEPER_DATABASE_URL": url,
    }
    return create_app(config.from_environ(environ))


@pytest.fixture
def places(database: str, tmp_path: Path) -> Iterator[tuple[Flask, Flask]]:
    """A site in use, and one on an empty database of the same kind."""
    if database == "sqlite":
        yield an_app("", tmp_path / "used"), an_app("", tmp_path / "empty")
        return
    with postgres.fresh_database() as one, postgres.fresh_database() as other:
        apps = an_app(one, tmp_path / "used"), an_app(other, tmp_path / "empty")
        yield apps
        for app in apps:
            with app.app_context():
                db.engine.dispose()


@pytest.fixture
def used(places: tuple[Flask, Flask]) -> Flask:
    """With a consultation that closed, an answer, and a mail that is due."""
    app = places[0]
    with app.app_context():
        upgrade()
        with Session(db.engine) as session:
            make.make_organisation(session)
            survey = make.make_survey(session, make.make_closed_consultation(session), code=CODE)
            question = make.make_question(session, survey)
            make.make_response(session, survey, answers={question: "Später ☂"})
            session.commit()
    own = app.config["LOOPKEEPER"].data / "languages"
    own.mkdir()
    (own / "fr.po").write_text("# own")
    return app


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["backup", *words])


def made(app: Flask, folder: Path) -> Path:
    with app.app_context():
        languages = app.config["LOOPKEEPER"].data / "languages"
        return create(db.engine, languages, folder, now=NOW)


def test_backup_goes_out_and_in_again_and_then_sends_nothing(
    used: Flask, places: tuple[Flask, Flask], tmp_path: Path
) -> None:
    first = run(used, "create", str(tmp_path / "backups"))
    assert first.exit_code == 0, first.output
    assert "restored to a scratch database and compared" in first.output
    (path,) = (tmp_path / "backups").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    again = run(places[1], "restore", str(path))

    assert again.exit_code == 0, again.output
    assert "Sending is off" in again.output
    app, transport = places[1], MemoryTransport()
    settings = app.config["LOOPKEEPER"]
    assert (settings.data / "languages" / "fr.po").read_text() == "# own"
    with app.app_context(), Session(db.engine) as session:
        assert session.scalars(select(Answer.value)).all() == ["Später ☂"]
        assert tick(session, transport, settings, clock=utc_now).sent == 0
        assert transport.sent == []
        session.get_one(Organisation, 1).is_sending = True
        session.commit()
    with used.app_context(), Session(db.engine) as session:
        assert session.get_one(Organisation, 1).is_sending  # the site in use goes on


def test_backup_tells_nobody_who_made_it(used: Flask, tmp_path: Path) -> None:
    with tarfile.open(made(used, tmp_path / "b")) as tar:
        names = {each.name: (each.uid, each.uname) for each in tar.getmembers()}

    assert set(names) == {"manifest.json", "database", "languages/fr.po"}
    assert set(names.values()) == {(0, "")}


def test_backup_counts_what_it_holds(used: Flask, tmp_path: Path) -> None:
    path = made(used, tmp_path / "b")

    with used.app_context():
        manifest = verify(db.engine, path)

    assert (manifest.rows["responses"], manifest.rows["answers"]) == (1, 1)
    assert manifest.made_at == NOW.isoformat()


def test_create_leaves_an_older_backup_alone(used: Flask, tmp_path: Path) -> None:
    path = made(used, tmp_path / "b")
    before = digest_of(path)

    with pytest.raises(Conflict, match="there already"):
        made(used, tmp_path / "b")

    assert digest_of(path) == before
    assert list((tmp_path / "b").iterdir()) == [path]


def test_restore_leaves_a_database_that_is_there_alone(used: Flask, tmp_path: Path) -> None:
    path = made(used, tmp_path / "b")

    result = run(used, "restore", str(path))

    assert result.exit_code == 1
    assert "There is a database here already" in result.output
    with used.app_context(), Session(db.engine) as session:
        assert len(session.scalars(select(SurveyResponse)).all()) == 1


def altered(path: Path, tmp_path: Path, **values: object) -> Path:
    """The same backup with something else in its manifest; or, for `cut`, only half of it."""
    folder = tmp_path / "altered"
    folder.mkdir()
    unpack(path, folder)
    manifest = json.loads((folder / "manifest.json").read_text()) | values
    (folder / "manifest.json").write_text(json.dumps(manifest))
    other = tmp_path / "other.tar"
    with tarfile.open(other, "w") as tar:
        for name in ("manifest.json", "database"):
            tar.add(folder / name, arcname=name)
    return other


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"rows": {"responses": 2}}, "responses: 2 rows were put in, 1 came out"),
        ({"revision": "0000"}, "not 0000"),
        ({"sha256": "0" * 64}, "was altered"),
        ({"kind": "oracle"}, "a backup of oracle"),
        ({"more": 1}, "no backup"),
    ],
)
def test_verify_says_what_is_wrong(
    used: Flask, tmp_path: Path, values: dict[str, object], says: str
) -> None:
    path = altered(made(used, tmp_path / "b"), tmp_path, **values)

    result = run(used, "verify", str(path))

    assert result.exit_code == 1
    assert says in result.output


@pytest.mark.parametrize("content", [b"", b"hello", b"\0" * 4096])
def test_verify_refuses_what_is_no_backup(used: Flask, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(content)

    with used.app_context(), pytest.raises(BrokenBackup, match="is no backup"):
        verify(db.engine, path)


def test_verify_finds_a_database_cut_short(used: Flask, tmp_path: Path) -> None:
    path = made(used, tmp_path / "b")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    with used.app_context(), pytest.raises(BrokenBackup):
        verify(db.engine, path)


def test_restore_refuses_a_broken_backup_and_leaves_the_place_empty(
    used: Flask, places: tuple[Flask, Flask], tmp_path: Path
) -> None:
    path = altered(made(used, tmp_path / "b"), tmp_path, sha256="0" * 64)
    app = places[1]

    with app.app_context(), pytest.raises(BrokenBackup):
        restore(db.engine, app.config["LOOPKEEPER"].data / "languages", path)

    assert run(app, "restore", str(made(used, tmp_path / "c"))).exit_code == 0


def test_create_says_which_program_is_missing(
    used: Flask, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    result = run(used, "create", str(tmp_path / "b"))

    if database == "postgresql":
        assert result.exit_code == 1
        assert "pg_dump isn't there" in result.output
        assert not any((tmp_path / "b").iterdir())
    else:
        assert result.exit_code == 0
