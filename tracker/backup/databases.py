"""Copying a database out and in again: SQLite by its own backup, PostgreSQL by its own programs.

A copy is one moment of the whole database, taken while others write.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    create_engine,
    func,
    inspect,
    make_url,
    select,
    table,
    text,
)

from tracker.errors import LoopkeeperError

_VERSION = "alembic_version"
_NO_SENDING = text("UPDATE organisations SET is_sending = :off")


class CopyFailed(LoopkeeperError):
    """A program of the database could not do it, or isn't there."""


def copy_out(engine: Engine, to: Path) -> dict[str, int]:
    """Write a copy of the whole database; the number of rows in it, by table."""
    if engine.dialect.name == "sqlite":
        return _copy_sqlite(engine, to)
    return _dump_postgresql(engine, to)


def copy_in(copy: Path, engine: Engine) -> None:
    """Fill an empty database from a copy, and switch sending off in it."""
    if engine.dialect.name == "sqlite":
        engine.dispose()
        target = Path(str(engine.url.database))
        for left in (target, *(target.with_name(target.name + end) for end in ("-wal", "-shm"))):
            left.unlink(missing_ok=True)
        with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(target)) as own:
            source.backup(own)
    else:
        arguments = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
        name = str(engine.url.database)
        _run("pg_restore", [*arguments, f"--dbname={name}", str(copy)], engine.url)
    with engine.begin() as connection:
        connection.execute(_NO_SENDING, {"off": False})


def rows_in(connection: Connection) -> dict[str, int]:
    """How many rows each table holds."""
    names = sorted(set(inspect(connection).get_table_names()) - {_VERSION})
    return {
        name: connection.scalar(select(func.count()).select_from(table(name))) or 0
        for name in names
    }


def revision_of(connection: Connection) -> str:
    """Which migration the database is at; "" for one without any."""
    if not inspect(connection).has_table(_VERSION):
        return ""
    return str(connection.scalar(text(f"SELECT version_num FROM {_VERSION}")) or "")  # noqa: S608


def is_empty(engine: Engine) -> bool:
    """Whether there is no table in the database yet."""
    with engine.connect() as connection:
        return not inspect(connection).get_table_names()


def what_is_wrong(connection: Connection) -> list[str]:
    """What the database itself finds wrong with its file. PostgreSQL has checked while restoring."""
    if connection.dialect.name != "sqlite":
        return []
    found = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check"))]
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    return [each for each in found if each != "ok"] + [
        f"a row of {row[0]} hangs loose" for row in broken
    ]


@contextmanager
def scratch(engine: Engine, folder: Path) -> Iterator[Engine]:
    """An empty database of the same kind beside it, gone afterwards."""
    if engine.dialect.name == "sqlite":
        own = create_engine(f"sqlite:///{folder / 'scratch.db'}")
        yield own
        own.dispose()
        return
    name = f"loopkeeper_scratch_{uuid4().hex}"
    admin = create_engine(engine.url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    own = create_engine(engine.url.set(database=name))
    try:
        yield own
    finally:
        own.dispose()
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def _copy_sqlite(engine: Engine, to: Path) -> dict[str, int]:
    with (
        closing(sqlite3.connect(str(engine.url.database))) as source,
        closing(sqlite3.connect(to)) as own,
    ):
        source.backup(own)
    copied = create_engine(f"sqlite:///{to}")
    with copied.begin() as connection:
        # So that even a copy put into place by hand sends nothing.
        connection.execute(_NO_SENDING, {"off": False})
        rows = rows_in(connection)
    copied.dispose()
    return rows


def _dump_postgresql(engine: Engine, to: Path) -> dict[str, int]:
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        # Counted in the very moment that is dumped.
        moment = str(connection.scalar(text("SELECT pg_export_snapshot()")))
        arguments = ["--format=custom", f"--snapshot={moment}", f"--file={to}"]
        _run("pg_dump", arguments, engine.url)
        return rows_in(connection)


def _run(program: str, arguments: list[str], url: URL) -> None:
    found = shutil.which(program)
    if found is None:
        raise CopyFailed(
            f"The program {program} isn't there. Install PostgreSQL's client programs "
            "(Debian: postgresql-client), as new as the server or newer."
        )
    done = subprocess.run(  # noqa: S603
        [found, *arguments], env=_environ(url), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CopyFailed(f"{program} could not do it: {done.stderr.strip()}")


def _environ(url: URL) -> dict[str, str]:
    """How PostgreSQL's programs are told where to: not on the command line, which others can read."""
    query = {name: str(value) for name, value in make_url(url).query.items()}
    told = {
        "PGHOST": url.host or query.get("host", ""),
        "PGPORT": str(url.port or query.get("port", "")),
        "PGUSER": url.username or "",
        "PGPASSWORD": str(url.password or ""),
        "PGDATABASE": url.database or "",
    }
    return os.environ | {name: value for name, value in told.items() if value}
