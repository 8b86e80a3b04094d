"""Backups made, checked and put back. A backup that was put back sends nothing (domain, rule 9)."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from tracker.backup.archive import (
    DATABASE,
    LANGUAGES,
    BrokenBackup,
    Manifest,
    digest_of,
    pack,
    unpack,
)
from tracker.backup.databases import (
    copy_in,
    copy_out,
    is_empty,
    revision_of,
    rows_in,
    scratch,
    what_is_wrong,
)
from tracker.errors import Conflict


def create(engine: Engine, languages: Path, folder: Path, *, now: datetime) -> Path:
    """Make a backup in the folder and check it; the file. Nobody has to stop working meanwhile."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"loopkeeper-{now.astimezone(UTC):%Y%m%d-%H%M%S}.tar"
    if path.exists():
        raise Conflict(f"{path} is there already. Wait a second and try again.")
    with tempfile.TemporaryDirectory(dir=folder) as name:
        copy = Path(name) / DATABASE
        rows = copy_out(engine, copy)
        with engine.connect() as connection:
            revision = revision_of(connection)
        made_at = now.astimezone(UTC).isoformat()
        manifest = Manifest(made_at, engine.dialect.name, revision, rows, digest_of(copy))
        pack(path, manifest, copy, languages)
    return path


def verify(engine: Engine, path: Path) -> Manifest:
    """Put a backup into a scratch database and compare; what it says of itself.

    Raises `BrokenBackup` with what is wrong.
    """
    with tempfile.TemporaryDirectory() as name, scratch(engine, Path(name)) as own:
        manifest = _of_this_kind(engine, path, Path(name))
        copy_in(Path(name) / DATABASE, own)
        _compare(own, manifest)
    return manifest


def restore(engine: Engine, languages: Path, path: Path) -> Manifest:
    """Fill an empty database from a backup, with sending switched off; what the backup said.

    Raises `Conflict` where there is a database already, and `BrokenBackup`.
    """
    if not is_empty(engine):
        raise Conflict(
            "There is a database here already, and it was left as it is. Move it away, or point "
            "LOOPKEEPER_DATABASE_URL or LOOPKEEPER_DATA at an empty place, and try again."
        )
    with tempfile.TemporaryDirectory() as name:
        manifest = _of_this_kind(engine, path, Path(name))
        copy_in(Path(name) / DATABASE, engine)
        _compare(engine, manifest)
        for each in sorted((Path(name) / LANGUAGES).glob("*")):
            languages.mkdir(parents=True, exist_ok=True)
            (languages / each.name).write_bytes(each.read_bytes())
    return manifest


def _of_this_kind(engine: Engine, path: Path, folder: Path) -> Manifest:
    manifest = unpack(path, folder)
    if manifest.kind != engine.dialect.name:
        raise BrokenBackup(
            f"This is a backup of {manifest.kind}, and the database here is {engine.dialect.name}."
        )
    return manifest


def _compare(engine: Engine, manifest: Manifest) -> None:
    with engine.connect() as connection:
        found, revision = rows_in(connection), revision_of(connection)
        problems = what_is_wrong(connection)
    problems += [
        f"{name}: {manifest.rows.get(name, 0)} rows were put in, {found.get(name, 0)} came out"
        for name in sorted(found.keys() | manifest.rows.keys())
        if found.get(name, 0) != manifest.rows.get(name, 0)
    ]
    if revision != manifest.revision:
        problems.append(f"it is at migration {revision or 'none'}, not {manifest.revision}")
    if problems:
        raise BrokenBackup("The backup is not whole: " + "; ".join(problems))
